import type { DocumentTable } from './port.ts';
import { grown } from './posting-list.ts';

/** Of a document without one; next to none. */
const noSeq = -(2 ** 31);

/** Documents with consecutive numbers, a column each. */
export interface DocumentColumns {
  readonly items: readonly number[];
  readonly contentLengths: readonly number[];
  readonly keywordLengths: readonly number[];
  readonly sessions: readonly (string | null)[];
  readonly seqs: readonly (number | null)[];
}

/** A document table that grows at its end; what was handed out stays as it was. */
export class GrowingDocuments {
  #size = 0;
  #items = new Float64Array(0);
  #contentLengths = new Uint16Array(0);
  #keywordLengths = new Uint16Array(0);
  #sessions = new Int32Array(0);
  #seqs = new Int32Array(0);
  readonly #sessionNames: string[] = [];
  readonly #sessionNumbers = new Map<string, number>();

  get size(): number {
    return this.#size;
  }

  append(columns: DocumentColumns): void {
    this.#reserve(this.#size + columns.items.length);
    for (const [at, item] of columns.items.entries()) {
      this.#items[this.#size] = item;
      this.#contentLengths[this.#size] = columns.contentLengths[at] ?? 0;
      this.#keywordLengths[this.#size] = columns.keywordLengths[at] ?? 0;
      this.#sessions[this.#size] = this.#sessionNumber(columns.sessions[at] ?? undefined);
      this.#seqs[this.#size] = columns.seqs[at] ?? noSeq;
      this.#size += 1;
    }
  }

  table(): DocumentTable {
    return {
      size: this.#size,
      items: this.#items,
      contentLengths: this.#contentLengths,
      keywordLengths: this.#keywordLengths,
      sessions: this.#sessions,
      seqs: this.#seqs,
      sessionNames: this.#sessionNames,
    };
  }

  #sessionNumber(name: string | undefined): number {
    if (name === undefined) return -1;
    const known = this.#sessionNumbers.get(name);
    if (known !== undefined) return known;
    this.#sessionNumbers.set(name, this.#sessionNames.length);
    return this.#sessionNames.push(name) - 1;
  }

  #reserve(size: number): void {
    if (size <= this.#items.length) return;
    const capacity = Math.max(size, Math.ceil(this.#items.length * 1.5), 64);
    this.#items = grown(this.#items, new Float64Array(capacity));
    this.#contentLengths = grown(this.#contentLengths, new Uint16Array(capacity));
    this.#keywordLengths = grown(this.#keywordLengths, new Uint16Array(capacity));
    this.#sessions = grown(this.#sessions, new Int32Array(capacity));
    this.#seqs = grown(this.#seqs, new Int32Array(capacity));
  }
}
