import { inspect } from 'node:util';

/**
 * Text somebody else wrote: log lines, event messages, annotations, tickets, memories. It is wrapped where it enters (the
 * port) and opened only by the renderer, which fences it, so that no tool can mix it into its own sentences by accident.
 */
export class Untrusted {
  static readonly #open = (untrusted: Untrusted): string => untrusted.#text;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** Asks a yes-or-no question of the text, so that a tool can filter without holding it. */
  test(predicate: (text: string) => boolean): boolean {
    return predicate(this.#text);
  }

  /** Several texts as one, a line each: one fence for all of them. */
  static lines(texts: readonly Untrusted[]): Untrusted {
    return new Untrusted(texts.map((text) => text.#text).join('\n'));
  }

  /** Of UTF-8: a tool that shares out the room of an answer needs the size, not the text. */
  get bytes(): number {
    return Buffer.byteLength(this.#text, 'utf8');
  }

  /** Same text seen through a function (shortened, normalised): it stays untrusted. */
  map(change: (text: string) => string): Untrusted {
    return new Untrusted(change(this.#text));
  }

  toJSON(): never {
    throw new TypeError('Untrusted text is serialised by the renderer only');
  }

  [inspect.custom](): string {
    return 'Untrusted(…)';
  }

  [Symbol.toPrimitive](): never {
    throw new TypeError('Untrusted text is opened by the renderer only');
  }

  toString(): never {
    throw new TypeError('Untrusted text is opened by the renderer only');
  }

  /** For the renderer. A law test keeps every other file from calling it. */
  static openForRendering(untrusted: Untrusted): string {
    return Untrusted.#open(untrusted);
  }
}
