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
