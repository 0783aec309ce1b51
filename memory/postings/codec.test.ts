import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blockSize, decodeChunks, encodeChunk, type Posting } from './codec.ts';
import { GrowingList } from './posting-list.ts';

const positionsOfOne = fc
  .array(fc.integer({ min: 0, max: 0xff_ff }), { maxLength: 6 })
  .map((all) => all.sort((a, b) => a - b));
const postingsOf = (block: number): fc.Arbitrary<Posting[]> =>
  fc.uniqueArray(fc.integer({ min: 0, max: blockSize - 1 }), { minLength: 1, maxLength: 30 }).chain((numbers) =>
    fc.tuple(
      ...numbers
        .sort((a, b) => a - b)
        .map((number) =>
          fc.record({
            number: fc.constant(block * blockSize + number),
            inKeywords: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 255 })),
            positions: fc.oneof(
              positionsOfOne,
              fc.integer({ min: 0, max: 300 }).map((position) => [position]),
            ),
          }),
        ),
    ),
  );
/** A block and how its postings were appended: one chunk or several. */
const blocks = fc.nat({ max: 2000 }).chain((block) =>
  fc.record({
    block: fc.constant(block),
    postings: postingsOf(block),
    cuts: fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 4 }),
  }),
);

function written(postings: readonly Posting[], cuts: readonly number[]): Uint8Array {
  const ends = [...cuts.filter((cut) => cut > 0 && cut < postings.length), postings.length].sort((a, b) => a - b);
  let from = 0;
  const chunks = [...new Set(ends)].map((end) => {
    const chunk = encodeChunk(postings.slice(from, end));
    from = end;
    return chunk;
  });
  return Buffer.concat(chunks);
}

function read(bytes: Uint8Array, block: number): Posting[] {
  const list = new GrowingList();
  decodeChunks(bytes, block * blockSize, list);
  return postingsIn(list);
}

function postingsIn(list: GrowingList): Posting[] {
  const { length, numbers, inKeywords, starts, positions } = list.upTo(Number.POSITIVE_INFINITY);
  return Array.from({ length }, (_, at) => ({
    number: numbers[at] ?? -1,
    inKeywords: inKeywords[at] ?? -1,
    positions: [...positions.subarray(starts[at], starts[at + 1])],
  }));
}

/** Undefined when it is refused as damaged; anything else that is thrown is a fault. */
function readIfWhole(bytes: Uint8Array, block: number): Posting[] | undefined {
  try {
    return read(bytes, block);
  } catch (error) {
    expect(error).toMatchObject({ code: 'memory-index-damaged' });
    return undefined;
  }
}

describe('postings in the database', () => {
  it('are read as they were written, however they were appended', () => {
    fc.assert(
      fc.property(blocks, ({ block, postings, cuts }) => {
        expect(read(written(postings, cuts), block)).toEqual(postings);
      }),
    );
  });

  it('are read on from the end of what was read before', () => {
    fc.assert(
      fc.property(blocks, ({ block, postings, cuts }) => {
        const whole = written(postings, cuts);
        const [first] = cuts.filter((cut) => cut > 0 && cut < postings.length).sort((a, b) => a - b);
        const known = first === undefined ? 0 : encodeChunk(postings.slice(0, first)).length;
        const list = new GrowingList();
        decodeChunks(whole.subarray(0, known), block * blockSize, list);
        const before = list.upTo(Number.POSITIVE_INFINITY);
        const copied = structuredClone(before);
        decodeChunks(whole.subarray(known), block * blockSize, list);
        expect(postingsIn(list)).toEqual(postings);
        // What was handed out meanwhile is what it was.
        expect(before.numbers.subarray(0, before.length)).toEqual(copied.numbers.subarray(0, before.length));
        expect(before.starts.subarray(0, before.length + 1)).toEqual(copied.starts.subarray(0, before.length + 1));
      }),
    );
  });

  it('take two or three bytes where a word stands once, as most do', () => {
    const once = (number: number): Posting => ({ number, inKeywords: 0, positions: [number % 100] });
    expect(encodeChunk([once(1000)]).length).toBeLessThanOrEqual(5);
    expect(encodeChunk(Array.from({ length: 300 }, (_, at) => once(at * 3))).length).toBeLessThanOrEqual(603);
  });

  it('that are cut off are refused, or are what was appended before the cut', () => {
    fc.assert(
      fc.property(blocks, fc.nat(), ({ block, postings, cuts }, cut) => {
        const whole = written(postings, cuts);
        const left = readIfWhole(whole.subarray(0, cut % whole.length), block);
        if (left !== undefined) expect(postings.slice(0, left.length)).toEqual(left);
      }),
    );
  });

  it('of which one byte is wrong are refused', () => {
    fc.assert(
      fc.property(blocks, fc.nat(), fc.integer({ min: 1, max: 255 }), ({ block, postings }, where, change) => {
        const bytes = encodeChunk(postings);
        // The length is checked by what stands where it points to, which is right once in 256 times by chance.
        const lengthBytes = bytes.length > 130 ? 2 : 1;
        const at = lengthBytes + (where % (bytes.length - lengthBytes));
        bytes[at] = (bytes[at] ?? 0) ^ change;
        expect(readIfWhole(bytes, block)).toBeUndefined();
      }),
    );
  });

  it('of any bytes are refused, or are in order and in range', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat({ max: 100 }), (bytes, block) => {
        const found = readIfWhole(bytes, block) ?? [];
        let last = block * blockSize - 1;
        for (const { number, positions } of found) {
          expect(number).toBeGreaterThan(last);
          expect(number).toBeLessThan((block + 1) * blockSize);
          expect(positions).toEqual(positions.toSorted((a, b) => a - b));
          last = number;
        }
      }),
    );
  });

  it('appended twice, or to the wrong block, are refused', () => {
    const chunk = encodeChunk([{ number: 3, inKeywords: 0, positions: [1] }]);
    expect(readIfWhole(Buffer.concat([chunk, chunk]), 0)).toBeUndefined();
    const list = new GrowingList();
    decodeChunks(chunk, blockSize, list);
    expect(() => decodeChunks(chunk, 0, list)).toThrow(expect.objectContaining({ code: 'memory-index-damaged' }));
  });

  it('that no text can have are not written', () => {
    expect(() => encodeChunk([{ number: 0, inKeywords: 0, positions: [65_536] }])).toThrow(RangeError);
    expect(() => encodeChunk([{ number: 0, inKeywords: 0, positions: [2, 1] }])).toThrow(RangeError);
    expect(read(encodeChunk([{ number: 0, inKeywords: 1000, positions: [] }]), 0)).toEqual([
      { number: 0, inKeywords: 255, positions: [] },
    ]);
  });
});
