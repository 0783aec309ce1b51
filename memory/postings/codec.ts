import { memoryError } from '../errors.ts';

/**
 * How the postings of one term in one block of document numbers stand in the database. Every append is a chunk of its own,
 * and a block is its chunks one after the other: who writes need not have read, and who has read the first bytes reads on
 * from there.
 *
 *   chunk    := length payload check   the payload's length in bytes; CRC-8 of length and payload
 *   payload  := posting+
 *   posting  := step × 2 + 1, position                                 once in the content, not in the keywords: most are
 *             | step × 2, times in keywords, count, position × count
 *   step     the document's number in the block, or what it is above that of the posting before it in its chunk
 *   position the first as it is, each further one as what it is above the one before
 *
 * All numbers are unsigned LEB128: seven bits a byte, the low ones first.
 */
export const blockSize = 1024;

/** Of one document; `positions` ascending, 0 to 65,535. */
export interface Posting {
  readonly number: number;
  readonly inKeywords: number;
  readonly positions: readonly number[];
}

/** Takes what is decoded, posting by posting. */
export interface PostingSink {
  /** Of the last posting it has; −1: none. */
  readonly lastNumber: number;
  begin(number: number, inKeywords: number): void;
  /** Of the posting that was begun last. */
  position(position: number): void;
}

const largestPosition = 0xff_ff;
const mostInKeywords = 0xff;

/** One chunk of postings of the same block, in the order of their numbers. */
export function encodeChunk(postings: Iterable<Posting>): Uint8Array {
  const payload: number[] = [];
  let before = 0;
  for (const { number, inKeywords, positions } of postings) {
    const inBlock = number % blockSize;
    const step = inBlock - before;
    before = inBlock;
    const plain = inKeywords === 0 && positions.length === 1;
    writeNumber(payload, step * 2 + (plain ? 1 : 0));
    if (!plain) {
      writeNumber(payload, Math.min(inKeywords, mostInKeywords));
      writeNumber(payload, positions.length);
    }
    let last = 0;
    for (const position of positions) {
      if (position > largestPosition) throw new RangeError(`a term stands at position ${position}`);
      writeNumber(payload, position - last);
      last = position;
    }
  }
  const head: number[] = [];
  writeNumber(head, payload.length);
  const chunk = new Uint8Array(head.length + payload.length + 1);
  chunk.set(head);
  chunk.set(payload, head.length);
  chunk[chunk.length - 1] = checkOf(chunk, 0, chunk.length - 1);
  return chunk;
}

/**
 * Reads chunks of the block that begins with the number `first`. Errors: `memory-index-damaged`; the sink then holds what
 * came before the damage.
 */
export function decodeChunks(bytes: Uint8Array, first: number, sink: PostingSink): void {
  const reader = new Reader(bytes);
  while (reader.at < bytes.length) {
    const start = reader.at;
    reader.end = bytes.length;
    const length = reader.number();
    const end = reader.at + length;
    if (length === 0 || end >= bytes.length) throw indexDamaged('a chunk does not end where it must');
    if (checkOf(bytes, start, end) !== bytes[end]) throw indexDamaged('a chunk is not what was written');
    reader.end = end;
    decodePayload(reader, first, sink);
    reader.at = end + 1;
  }
}

function decodePayload(reader: Reader, first: number, sink: PostingSink): void {
  let inBlock = 0;
  while (reader.at < reader.end) {
    const head = reader.number();
    inBlock += head >>> 1;
    const number = first + inBlock;
    if (inBlock >= blockSize || number <= sink.lastNumber) throw indexDamaged('numbers of documents are out of order');
    if ((head & 1) === 1) {
      sink.begin(number, 0);
      sink.position(checkedPosition(reader.number()));
    } else {
      const inKeywords = reader.number();
      if (inKeywords > mostInKeywords) throw indexDamaged('a term is in the keywords too often');
      sink.begin(number, inKeywords);
      let position = 0;
      for (let left = reader.number(); left > 0; left -= 1) {
        position = checkedPosition(position + reader.number());
        sink.position(position);
      }
    }
  }
}

function checkedPosition(position: number): number {
  if (position > largestPosition) throw indexDamaged('a position is beyond the longest text');
  return position;
}

function writeNumber(bytes: number[], value: number): void {
  if (value < 0) throw new RangeError('postings are out of order');
  let left = value;
  while (left > 0x7f) {
    bytes.push((left & 0x7f) | 0x80);
    left >>>= 7;
  }
  bytes.push(left);
}

class Reader {
  readonly #bytes: Uint8Array;
  at = 0;
  end = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  number(): number {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.at < this.end ? this.#bytes[this.at] : undefined;
      if (byte === undefined) throw indexDamaged('a number is cut off');
      this.at += 1;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw indexDamaged('a number is too large');
  }
}

/** CRC-8 with the polynomial x⁸ + x² + x + 1: a single damaged byte never passes. */
const checkTable = Uint8Array.from({ length: 256 }, (_, byte) => {
  let check = byte;
  for (let bit = 0; bit < 8; bit += 1) check = (check & 0x80) === 0 ? check << 1 : (check << 1) ^ 0x07;
  return check & 0xff;
});

function checkOf(bytes: Uint8Array, start: number, end: number): number {
  let check = 0;
  for (let at = start; at < end; at += 1) check = checkTable[check ^ (bytes[at] ?? 0)] ?? 0;
  return check;
}

export function indexDamaged(what: string): Error {
  return memoryError('memory-index-damaged', {
    message: `the index of memory is damaged: ${what}`,
    next: 'restore the last backup; `memory-tool export` still reads the entries themselves',
  });
}
