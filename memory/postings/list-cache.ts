import { GrowingList } from './posting-list.ts';

/** What is known of one term of one shelf: all of it up to the document `asOf`, and where in the database that ends. */
export interface KnownList {
  readonly list: GrowingList;
  asOf: number;
  block: number;
  /** Bytes of that block. */
  read: number;
}

/** Decoded posting lists, those used last, as many as `mostBytes` hold. */
export class ListCache {
  readonly #lists = new Map<string, KnownList & { bytes: number }>();
  readonly #mostBytes: number;
  #bytes = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): KnownList | undefined {
    const known = this.#lists.get(key);
    if (known === undefined) return undefined;
    this.#lists.delete(key);
    this.#lists.set(key, known);
    return known;
  }

  /** Keeps a list that was read on, or a new one. */
  keep(key: string, known: KnownList): void {
    this.forget(key);
    const bytes = known.list.bytes + bytesBeside;
    this.#lists.set(key, { ...known, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#lists.keys()) {
      if (this.#bytes <= this.#mostBytes) break;
      this.forget(oldest);
    }
  }

  forget(key: string): void {
    this.#bytes -= this.#lists.get(key)?.bytes ?? 0;
    this.#lists.delete(key);
  }
}

/** What the arrays' objects and the entry take, about. */
const bytesBeside = 700;

export function unknownList(): KnownList {
  return { list: new GrowingList(), asOf: 0, block: 0, read: 0 };
}
