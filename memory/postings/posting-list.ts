import type { PostingSink } from './codec.ts';
import type { PostingList } from './port.ts';

/**
 * A posting list that grows at its end. What was handed out shares its arrays and reads no further than its own length, so
 * it stays as it was.
 */
export class GrowingList implements PostingSink {
  #numbers = new Uint32Array(4);
  #inKeywords = new Uint8Array(4);
  #starts = new Uint32Array(5);
  #positions = new Uint16Array(4);
  #length = 0;
  #positionCount = 0;

  get length(): number {
    return this.#length;
  }

  get lastNumber(): number {
    return this.#length === 0 ? -1 : (this.#numbers[this.#length - 1] ?? -1);
  }

  get bytes(): number {
    const { byteLength } = this.#positions;
    return byteLength + this.#numbers.byteLength + this.#inKeywords.byteLength + this.#starts.byteLength;
  }

  begin(number: number, inKeywords: number): void {
    if (this.#length === this.#numbers.length) this.#reserve(this.#length * 2);
    this.#numbers[this.#length] = number;
    this.#inKeywords[this.#length] = inKeywords;
    this.#length += 1;
    this.#starts[this.#length] = this.#positionCount;
  }

  position(position: number): void {
    if (this.#positionCount === this.#positions.length) {
      this.#positions = grown(this.#positions, new Uint16Array(this.#positionCount * 2));
    }
    this.#positions[this.#positionCount] = position;
    this.#positionCount += 1;
    this.#starts[this.#length] = this.#positionCount;
  }

  /** Gives back what was reserved for growing. */
  trim(): void {
    this.#reserve(Math.max(this.#length, 1));
    this.#positions = this.#positions.slice(0, Math.max(this.#positionCount, 1));
  }

  /** The postings of documents whose number is below `size`. */
  upTo(size: number): PostingList {
    let length = this.#length;
    while (length > 0 && (this.#numbers[length - 1] ?? 0) >= size) length -= 1;
    return {
      length,
      numbers: this.#numbers,
      inKeywords: this.#inKeywords,
      starts: this.#starts,
      positions: this.#positions,
    };
  }

  #reserve(capacity: number): void {
    this.#numbers = grown(this.#numbers.subarray(0, this.#length), new Uint32Array(capacity));
    this.#inKeywords = grown(this.#inKeywords.subarray(0, this.#length), new Uint8Array(capacity));
    this.#starts = grown(this.#starts.subarray(0, this.#length + 1), new Uint32Array(capacity + 1));
  }
}

/** What was there, in a larger room. */
export function grown<List extends Float64Array | Uint32Array | Int32Array | Uint16Array | Uint8Array>(
  from: List,
  into: List,
): List {
  into.set(from);
  return into;
}
