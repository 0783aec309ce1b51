import { closing, reserved } from './cursor.ts';
import { SimpleReader } from './simple-reader.ts';
import type { Command, Definition, Group, Loop, Piece, Pipelines, Word, Words } from './syntax.ts';

const opening = {
  brace: reserved('\\{'),
  if: reserved('if'),
  while: reserved('while|until'),
  for: reserved('for|select'),
  case: reserved('case'),
  in: reserved('in'),
  esac: reserved('esac'),
};

function group(body: Pipelines, branch = false): Group {
  return { kind: 'group', body, branch, redirections: [] };
}

function words(pieces: Word): Words {
  return { kind: 'words', pieces, redirections: [] };
}

/** Reads what holds other commands; undefined where a simple command begins. */
export abstract class CompoundReader extends SimpleReader {
  protected abstract command(): Command;

  protected compound(): Exclude<Command, { kind: 'simple' }> | undefined {
    if (this.takes(/\(\(/y)) {
      const pieces = this.arithmetic(this.at - 2);
      if (pieces !== undefined) return words(pieces);
    }
    if (this.takes(/\(/y)) return group(this.until(closing.paren));
    if (this.takes(opening.brace)) return group(this.until(closing.brace));
    if (this.takes(opening.if)) return this.ifElse();
    if (this.takes(opening.while)) {
      const test = this.until(closing.loop);
      return group([...test, ...this.until(closing.done)], true);
    }
    if (this.takes(opening.for)) return this.forLoop();
    if (this.takes(opening.case)) return this.caseOf();
    if (this.takes(/\[\[(?=\s)/y)) return this.test();
    return this.definition();
  }

  private ifElse(): Group {
    const body: (readonly Command[])[] = [];
    for (;;) {
      body.push(...this.list(closing.branch));
      if (this.take(closing.branch)?.[0] === 'fi') return group(body, true);
    }
  }

  private test(): Words {
    const pieces: Piece[] = [];
    for (;;) {
      this.skip(true);
      if (this.takes(/\]\](?=[\s;&|()<>]|$)/y)) return words(pieces);
      if (this.ended) throw new SyntaxError('[[ is not closed');
      if (!this.takes(/[&|()<>;]+/y)) pieces.push(...this.word());
    }
  }

  private definition(): Definition | undefined {
    const named =
      this.take(/function[ \t]+([^\s()]+)[ \t]*(?:\([ \t]*\))?\s*/y) ??
      this.take(/([^\s;&|<>()$`"'\\#=]+)[ \t]*\([ \t]*\)\s*/y);
    if (named === null) return undefined;
    this.skip(true);
    return { kind: 'function', name: named[1] ?? '', body: this.command(), redirections: [] };
  }

  private forLoop(): Loop {
    this.skip(true);
    let name = '';
    let items: readonly Word[] | undefined;
    if (this.takes(/\(\(/y)) {
      if (this.arithmetic(this.at) === undefined) throw new SyntaxError('(( is not closed');
    } else {
      name = this.take(/[A-Za-z_]\w*/y)?.[0] ?? '';
      this.skip(true);
      if (this.takes(opening.in)) items = this.wordsUntil(/[\n;&|]/y, false);
    }
    this.skip(true);
    this.take(/;/y);
    this.skip(true);
    let body: Pipelines;
    if (this.takes(opening.brace)) body = this.until(closing.brace);
    else {
      this.need(closing.loop);
      body = this.until(closing.done);
    }
    return { kind: 'for', name, words: items, body, redirections: [] };
  }

  private caseOf(): Group {
    const body: (readonly Command[])[] = [];
    this.skip(true);
    body.push([words(this.word())]);
    this.skip(true);
    this.need(opening.in);
    for (;;) {
      this.skip(true);
      if (this.takes(opening.esac)) return group(body, true);
      this.take(/\(/y);
      do {
        this.skip(true);
        this.word();
        this.skip(true);
      } while (this.takes(/\|/y));
      this.need(closing.paren);
      body.push(...this.list(closing.case));
      this.take(/;;&?|;&/y);
    }
  }
}
