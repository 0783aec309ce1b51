import { closing } from './cursor.ts';
import { Expansions } from './expansions.ts';
import { limits } from './limits.ts';
import { literal, type Piece, plain, type Redirection, type Word } from './syntax.ts';

interface HereDocument {
  readonly redirection: Redirection;
  readonly end: string;
  readonly literal: boolean;
  readonly tabs: boolean;
}

/** Reads words, what is between them, and the bodies of here-documents behind a line. */
export abstract class WordReader extends Expansions {
  protected readonly hereDocuments: HereDocument[] = [];
  private words = 0;

  /** The pieces of a here-document's body. */
  protected abstract bodyOf(text: string): Word;

  /** Blanks, continued lines, comments; with `lines` also newlines. */
  protected skip(lines: boolean): void {
    for (;;) {
      this.take(/(?:[ \t\r]|\\\n)+/y);
      if (this.next === '#') this.take(/[^\n]+/y);
      else if (lines && this.next === '\n') {
        this.at += 1;
        this.readHereDocuments();
      } else return;
    }
  }

  private readHereDocuments(): void {
    for (const { redirection, end, literal: isLiteral, tabs } of this.hereDocuments.splice(0)) {
      let body = '';
      while (!this.ended) {
        this.meter.spend(1);
        const newline = this.text.indexOf('\n', this.at);
        const stop = newline === -1 ? this.text.length : newline;
        const line = this.text.slice(this.at, stop);
        this.at = Math.min(stop + 1, this.text.length);
        const shown = tabs ? line.replace(/^\t+/, '') : line;
        if (shown === end) break;
        body += `${shown}\n`;
      }
      redirection.target = isLiteral ? [literal(body)] : this.bodyOf(body);
    }
  }

  protected word(): Word {
    this.words += 1;
    if (this.words > limits.words) throw new RangeError('too many words');
    const pieces: Piece[] = [];
    for (;;) {
      const run = this.take(/[^ \t\r\n;&|<>()\\'"$`]+/y);
      if (run !== null) pieces.push(plain(run[0]));
      const { next } = this;
      const behind = this.text[this.at + 1];
      if (next === '\\') {
        if (behind !== '\n') pieces.push(literal(behind ?? '\\'));
        this.at += 2;
      } else if (next === "'") pieces.push(this.singleQuoted());
      else if (next === '"') {
        this.at += 1;
        pieces.push(literal(''), ...this.quoted('"'));
      } else if (next === '$') pieces.push(...this.dollar(false));
      else if (next === '`') pieces.push(this.backtick(false));
      else if ((next === '<' || next === '>') && behind === '(') {
        this.at += 2;
        pieces.push({ kind: 'process', body: this.until(closing.paren), into: next === '>' });
      } else if (next === '(' && run !== null && /[?*+@!]$/.test(run[0])) {
        pieces.splice(-1, 1, plain(`${run[0].slice(0, -1)}*`));
        this.extendedGlob(pieces);
      } else if (run === null) return pieces;
    }
  }

  /** `@(a|b)`: anything, but for what is run to make it. */
  private extendedGlob(pieces: Piece[]): void {
    this.nested(() => {
      this.at += 1;
      while (!this.takes(closing.paren)) {
        if (this.ended) throw new SyntaxError('a pattern is not closed');
        if (!this.takes(/[ \t\r\n;&|<>(]+/y)) pieces.push(...this.word().filter((piece) => piece.kind !== 'text'));
      }
    });
  }

  /** @throws SyntaxError where no word is. */
  protected someWord(): Word {
    const begun = this.at;
    const word = this.word();
    if (this.at === begun) throw new SyntaxError('a word was expected');
    return word;
  }

  protected wordsUntil(stop: RegExp, lines: boolean): readonly Word[] {
    const found: Word[] = [];
    for (;;) {
      this.skip(lines);
      if (this.ended || this.sees(stop)) return found;
      found.push(this.someWord());
    }
  }

  protected override quoted(end: '"' | undefined): Word {
    return this.nested(() => {
      const pieces: Piece[] = [];
      for (;;) {
        const run = this.take(/[^"\\$`]+/y);
        if (run !== null) pieces.push(literal(run[0]));
        const { next } = this;
        if (next === undefined) {
          if (end === undefined) return pieces;
          throw new SyntaxError('" is not closed');
        }
        if (next === '"') {
          this.at += 1;
          if (end === '"') return pieces;
          pieces.push(literal('"'));
        } else if (next === '\\') {
          const escaped = this.text[this.at + 1] ?? '';
          const means = escaped === '\n' ? '' : '$`"\\'.includes(escaped) ? escaped : `\\${escaped}`;
          pieces.push(literal(means));
          this.at += 2;
        } else if (next === '$') pieces.push(...this.dollar(true));
        else pieces.push(this.backtick(true));
      }
    });
  }
}
