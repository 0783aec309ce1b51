import { limits, type Meter } from './limits.ts';

const ends = String.raw`(?=[\s;&|()<>]|$)`;

/** A word of the grammar where it stands alone. */
export function reserved(names: string): RegExp {
  return new RegExp(`(?:${names})${ends}`, 'y');
}

/** What closes something. Sticky, as every pattern a cursor is given. */
export const closing = {
  branch: reserved('then|elif|else|fi'),
  loop: reserved('do'),
  done: reserved('done'),
  brace: reserved('\\}'),
  case: /;;&?|;&|esac(?=[\s;&|()<>]|$)/y,
  paren: /\)/y,
  any: /(?:\)|(?:then|elif|else|fi|do|done|esac|\})(?=[\s;&|()<>]|$))/y,
};

/** A place in a text, and how deep in its brackets. */
export abstract class Cursor {
  protected readonly text: string;
  protected readonly meter: Meter;
  protected at = 0;
  protected depth: number;

  constructor(text: string, meter: Meter, depth: number) {
    this.text = text;
    this.meter = meter;
    this.depth = depth;
  }

  protected take(pattern: RegExp): RegExpExecArray | null {
    this.meter.spend(1);
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found !== null) this.at += found[0].length;
    return found;
  }

  protected takes(pattern: RegExp): boolean {
    return this.take(pattern) !== null;
  }

  protected sees(pattern: RegExp): boolean {
    this.meter.spend(1);
    pattern.lastIndex = this.at;
    return pattern.test(this.text);
  }

  protected need(pattern: RegExp): void {
    if (!this.takes(pattern)) throw new SyntaxError('a bracket or a word that closes is missing');
  }

  protected get next(): string | undefined {
    return this.text[this.at];
  }

  protected get ended(): boolean {
    return this.at >= this.text.length;
  }

  protected nested<T>(read: () => T): T {
    this.depth += 1;
    if (this.depth > limits.nesting) throw new SyntaxError('nested too deep');
    const parsed = read();
    this.depth -= 1;
    return parsed;
  }
}
