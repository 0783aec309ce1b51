import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitLines } from './split-lines.ts';

async function* chunksOf(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let from = 0;
  for (let turn = 0; from < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield bytes.subarray(from, from + size);
    from += size;
  }
}

async function linesIn(chunks: AsyncIterable<Uint8Array>, longest = 1_000): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of splitLines(chunks, longest)) lines.push(line);
  return lines;
}

function linesOf(text: string, sizes: readonly number[], longest?: number): Promise<string[]> {
  return linesIn(chunksOf(Buffer.from(text), sizes), longest);
}

describe('splitting bytes into lines', () => {
  it('gives the same lines however the bytes are cut up, characters cut in half too', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'é', '𝒳', '\n', ' '), maxLength: 200 });
    const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(text, sizes, async (whole, cuts) => {
        const expected = whole.split('\n');
        // What stands behind the last line end is a line only if it is something.
        if (expected.at(-1) === '') expected.pop();
        expect(await linesOf(whole, cuts)).toEqual(expected);
      }),
    );
  });

  it('cuts a line that is too long, says so, and goes on with the next', async () => {
    const lines = await linesOf(`${'x'.repeat(500)}\nshort\n${'y'.repeat(10)}`, [7], 10);
    expect(lines).toEqual([`${'x'.repeat(10)} …[line cut]`, 'short', 'y'.repeat(10)]);
  });

  it('holds no more of an endless line than it will show', async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      const chunk = Buffer.alloc(2 ** 20, 'x');
      for (let turn = 0; turn < 60; turn += 1) yield chunk;
    }
    const before = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
    expect(await linesIn(endless())).toEqual([`${'x'.repeat(1_000)} …[line cut]`]);
    expect(process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed - before).toBeLessThan(40 * 2 ** 20);
  });
});
