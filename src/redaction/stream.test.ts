import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ordinaryText } from './fixtures/corpus.ts';
import { createRandom } from './fixtures/random.ts';
import { residue } from './fixtures/residue.ts';
import { drawSamples } from './fixtures/samples.ts';
import { createRedactor } from './index.ts';
import { redactionStream } from './stream.ts';

const redactor = createRedactor();

function streamed(text: string, sizes: readonly number[], holdBack: number): string {
  const stream = redactionStream(redactor, { holdBack });
  let shown = '';
  for (let at = 0, turn = 0; at < text.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    shown += stream.push(text.slice(at, at + size));
    at += size;
  }
  return shown + stream.end();
}

describe('a stream', () => {
  it('shows what the text in one piece would show, wherever it was cut', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1_000_000 }),
        fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1, maxLength: 12 }),
        (seed, sizes) => {
          const random = createRandom(seed);
          const samples = drawSamples(random).filter(({ text }) => text.length < 1_000);
          const text = ordinaryText(random, 30_000)
            .split('\n')
            .filter((line) => !line.startsWith('{') && !line.startsWith('['))
            .map((line, at) => (at % 40 === 0 ? `${line}\n\n${random.pick(samples).text}\n` : line))
            .join('\n');
          expect(streamed(text, sizes, 4_096)).toBe(redactor.text(text).text);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('lets a long log through while it comes in, and holds back no more than it must', () => {
    const stream = redactionStream(redactor, { holdBack: 4_096 });
    let shown = 0;
    let sent = 0;
    for (let at = 0; at < 400; at += 1) {
      const line = `2026-03-12T10:00:00Z request ${at} took ${at} ms, and all was well with it\n`;
      sent += line.length;
      shown += stream.push(line).length;
      expect(sent - shown).toBeLessThan(3 * 4_096);
    }
    expect(shown).toBeGreaterThan(0);
  });

  it('withholds what has no end, up to the end of its line', () => {
    const value = randomBytes(40_000).toString('base64');
    const shown = streamed(`a\npassword="${value}"\nbehind it\n`, [777], 1_024);
    expect(residue(shown, value)).toBeUndefined();
    expect(shown).toMatch(/^a.*\nbehind it\n$/s);
  });
});
