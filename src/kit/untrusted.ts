import { inspect } from 'node:util';

/** Others: the homelab, and whoever writes into it. */
type Author = 'others' | 'agent';

interface Part {
  readonly text: string;
  readonly author: Author;
}

/**
 * Text somebody else wrote: log lines, event messages, annotations, tickets, memories. It is wrapped where it enters (the
 * port) and opened only by the renderer, which fences it, so that no tool can mix it into its own sentences by accident.
 */
export class Untrusted {
  static readonly #open = (untrusted: Untrusted): readonly Part[] => untrusted.#parts;
  #parts: readonly Part[];

  constructor(text: string, author: Author = 'others') {
    this.#parts = [{ text, author }];
  }

  /** What an agent wrote earlier and is shown again: reasons, patches, memories. */
  static byAgent(text: string): Untrusted {
    return new Untrusted(text, 'agent');
  }

  /** Whose words they are: an agent's are redacted so that they answer no guess. `agent` where some of them are. */
  get author(): Author {
    return this.#parts.some(({ author }) => author === 'agent') ? 'agent' : 'others';
  }

  /** Asks a yes-or-no question of the text, so that a tool can filter without holding it. */
  test(predicate: (text: string) => boolean): boolean {
    return predicate(joined(this.#parts));
  }

  /** Several texts as one, a line each: one fence for all of them, in which each keeps its author. */
  static lines(texts: readonly Untrusted[]): Untrusted {
    return Untrusted.#of(texts.flatMap((text) => text.#parts));
  }

  /** Of UTF-8: a tool that shares out the room of an answer needs the size, not the text. */
  get bytes(): number {
    return Buffer.byteLength(joined(this.#parts), 'utf8');
  }

  /** Same text seen through a function (shortened, normalised): it stays untrusted. Of lines by several authors, each author's alone. */
  map(change: (text: string) => string): Untrusted {
    return Untrusted.#of(this.#parts.map(({ text, author }) => ({ text: change(text), author })));
  }

  /** Neighbours of one author are one text: a key that is printed line by line is found by all its lines. */
  static #of(parts: readonly Part[]): Untrusted {
    const whole = new Untrusted('');
    const merged: Part[] = [];
    for (const part of parts) {
      const last = merged.at(-1);
      if (last?.author !== part.author) merged.push(part);
      else merged[merged.length - 1] = { text: `${last.text}\n${part.text}`, author: part.author };
    }
    whole.#parts = merged;
    return whole;
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

  /** For the renderer, which redacts each author's part as that author's. A law test keeps every other file from calling it. */
  static openForRendering(untrusted: Untrusted, redacted: (part: Part) => string = ({ text }) => text): string {
    return Untrusted.#open(untrusted).map(redacted).join('\n');
  }
}

function joined(parts: readonly Part[]): string {
  return parts.map(({ text }) => text).join('\n');
}
