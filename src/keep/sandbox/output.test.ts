import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collectOutput } from './output.ts';

describe('the output of a run', () => {
  it('is told line by line however it arrives', () => {
    const chunked = fc.tuple(fc.string({ unit: 'grapheme' }), fc.array(fc.integer({ min: 1, max: 9 })));
    fc.assert(
      fc.property(chunked, ([text, sizes]) => {
        const bytes = Buffer.from(text);
        const lines: string[] = [];
        const output = collectOutput({
          mostBytes: 1e6,
          onTooMuch: () => undefined,
          onLine: (_, line) => lines.push(line),
        });
        let at = 0;
        for (const size of [...sizes, bytes.length]) {
          output.take('stdout', bytes.subarray(at, at + size));
          at += size;
        }
        output.finish();
        expect(output.text('stdout')).toBe(bytes.toString('utf8'));
        expect(lines.join('\n')).toBe(bytes.toString('utf8').replace(/\n$/, ''));
      }),
    );
  });

  it('ends at its limit, over both streams', () => {
    let calls = 0;
    const output = collectOutput({ mostBytes: 5, onTooMuch: () => (calls += 1) });
    output.take('stdout', Buffer.from('abc'));
    expect(calls).toBe(0);
    output.take('stderr', Buffer.from('def'));
    output.take('stdout', Buffer.from('g'));
    output.finish();
    expect(calls).toBe(2);
    expect([output.text('stdout'), output.text('stderr')]).toEqual(['abc', 'de']);
  });
});
