import { Cursor, closing } from './cursor.ts';
import { unescaped } from './escapes.ts';
import { limits } from './limits.ts';
import { literal, type Piece, type Pipelines, type TextPiece, type Word } from './syntax.ts';

/** Reads what begins with `$` or a backtick. */
export abstract class Expansions extends Cursor {
  private retries = 0;

  protected abstract list(stop: RegExp | undefined): Pipelines;
  /** Inside double quotes, or a here-document when `end` is undefined. */
  protected abstract quoted(end: '"' | undefined): Word;
  /** A whole text inside of this one. */
  protected abstract scriptOf(text: string): Pipelines;

  protected until(stop: RegExp): Pipelines {
    const body = this.list(stop);
    this.need(stop);
    return body;
  }

  protected dollar(quoted: boolean): Word {
    const ansi = quoted ? null : this.take(/\$'((?:[^'\\]|\\[\s\S])*)'/y);
    if (ansi !== null) return [literal(unescaped(ansi[1] ?? ''))];
    if (!quoted && this.takes(/\$"/y)) return [literal(''), ...this.quoted('"')];
    if (this.takes(/\$\(\(/y)) {
      const pieces = this.arithmetic(this.at - 3);
      if (pieces !== undefined) return [{ kind: 'sum', pieces }];
    }
    if (this.takes(/\$\(/y)) return [{ kind: 'command', body: this.until(closing.paren), quoted }];
    if (this.takes(/\$\{/y)) return [this.parameter(quoted)];
    const name = this.take(/\$([A-Za-z_]\w*|[0-9@*#?$!-])/y)?.[1];
    if (name !== undefined) return [parameter(name, quoted)];
    this.at += 1;
    return [literal('$')];
  }

  private parameter(quoted: boolean): Piece {
    const found = this.take(/(!?)(#?)([A-Za-z_]\w*|\d+|[@*#?$!-])(?:\[([^\]]{0,200})\])?/y);
    const operator = this.take(/:?[-=+?]|##?|%%?|\/[/#%]?|\^\^?|,,?|:|@/y)?.[0] ?? '';
    const argument = this.nested(() => this.argument(quoted));
    if (found === null) return parameter('?', quoted);
    const [, indirect, length, name = '?', index] = found;
    return {
      ...parameter(name, quoted),
      index,
      operator,
      argument,
      length: length === '#',
      indirect: indirect === '!',
    };
  }

  private argument(quoted: boolean): Word {
    const pieces: Piece[] = [];
    for (;;) {
      const run = this.take(quoted ? /[^}\\"$`]+/y : /[^}\\'"$`]+/y);
      if (run !== null) pieces.push(literal(run[0]));
      const { next } = this;
      if (next === undefined) throw new SyntaxError('${ is not closed');
      if (next === "'") pieces.push(this.singleQuoted());
      else if (next === '$') pieces.push(...this.dollar(true));
      else if (next === '`') pieces.push(this.backtick(true));
      else {
        this.at += 1;
        if (next === '}') return pieces;
        if (next === '"') pieces.push(...this.quoted('"'));
        else {
          pieces.push(literal(this.next ?? ''));
          this.at += 1;
        }
      }
    }
  }

  protected singleQuoted(): TextPiece {
    const close = this.text.indexOf("'", this.at + 1);
    if (close === -1) throw new SyntaxError("' is not closed");
    const piece = literal(this.text.slice(this.at + 1, close));
    this.at = close + 1;
    return piece;
  }

  protected backtick(quoted: boolean): Piece {
    let inner = '';
    for (this.at += 1; ; this.at += 1) {
      this.meter.spend(1);
      const { next } = this;
      if (next === undefined) throw new SyntaxError('` is not closed');
      if (next === '`') break;
      if (next === '\\' && '`$\\'.includes(this.text[this.at + 1] ?? ' ')) this.at += 1;
      inner += this.next;
    }
    this.at += 1;
    return { kind: 'command', body: this.scriptOf(inner), quoted };
  }

  /** Behind `((`: the substitutions inside; undefined, and back at `back`, when it is no arithmetic but two brackets. */
  protected arithmetic(back: number): Word | undefined {
    const pieces: Piece[] = [];
    const open = this.depth;
    let brackets = 0;
    try {
      this.depth += 1;
      if (this.depth > limits.nesting) throw new SyntaxError('nested too deep');
      for (;;) {
        this.take(/[^()$`]+/y);
        const { next } = this;
        if (next === undefined) break;
        if (next === '$') pieces.push(...this.dollar(true));
        else if (next === '`') pieces.push(this.backtick(true));
        else {
          this.at += 1;
          if (next === '(') brackets += 1;
          else if (brackets > 0) brackets -= 1;
          else if (this.takes(closing.paren)) return pieces;
          else break;
        }
      }
    } finally {
      this.depth = open;
    }
    this.retries += 1;
    if (this.retries > 20) throw new SyntaxError('brackets that are no arithmetic');
    this.at = back;
    return undefined;
  }
}

function parameter(name: string, quoted: boolean): Piece & { kind: 'parameter' } {
  return {
    kind: 'parameter',
    name,
    index: undefined,
    operator: '',
    argument: [],
    quoted,
    length: false,
    indirect: false,
  };
}
