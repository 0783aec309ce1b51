import fc from 'fast-check';
import { expect, test } from 'vitest';
import { oneLine } from '../../kit/index.ts';
import type { EvidenceRow } from '../evidence.ts';
import { boundedPayload, keptRows, type RowBounds } from './bounds.ts';

const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 26, 3, minute));
const bounds: RowBounds = {
  from: at(10),
  to: at(20),
  payload: 'web is down\nno route to db',
  limit: 10,
  redact: (text) => text.replaceAll('hunter2', '«redacted»'),
};

function row(minute: number, more: Partial<EvidenceRow> = {}): EvidenceRow {
  return { at: at(minute), precision: 'second', text: 'seen', ...more };
}

test('rows outside the window are left out, and the others come oldest first', () => {
  const { rows, cut } = keptRows([row(15), row(9), row(10), row(21), row(20)], bounds);
  expect(rows.map((one) => one.at)).toEqual([at(10), at(15), at(20)]);
  expect(cut).toBe(false);
});

test('a quote that does not stand in the payload is left out, and its row stays', () => {
  const { rows } = keptRows(
    [row(11, { quote: 'web is down' }), row(12, { quote: 'web is up' }), row(13, { quote: '' })],
    bounds,
  );
  expect(rows.map(({ quote }) => quote)).toEqual(['web is down', undefined, undefined]);
});

test('nothing is cut in the middle of a character', () => {
  const long = `${'x'.repeat(399)}😀 and more`;
  const payload = `03:11 ${oneLine(long)}\n${long}`;
  const { rows } = keptRows([row(11, { text: long, about: long, quote: long.slice(0, 400) })], { ...bounds, payload });
  expect(rows[0]?.quote).toBe('x'.repeat(399));
  expect(JSON.stringify([rows, payload])).not.toMatch(/\\ud[89a-f]/);
});

test('words are redacted, and on one line', () => {
  const { rows } = keptRows([row(11, { text: 'password\nhunter2', about: 'hunter2' })], bounds);
  expect(rows).toMatchObject([{ text: 'password «redacted»', about: '«redacted»' }]);
});

test('of too many rows those stay where something went wrong or was changed', () => {
  const many = [row(11, { warning: true }), row(12), row(13), row(14, { change: true }), row(15)];
  const { rows, cut } = keptRows(many, { ...bounds, limit: 3 });
  expect(rows.map((one) => one.at)).toEqual([at(11), at(14), at(15)]);
  expect(cut).toBe(true);
});

test('a payload is cut between lines, never inside of a character', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme', maxLength: 4_000 }), { minLength: 1, maxLength: 40 }),
      (lines) => {
        const text = lines.join('\n').repeat(3);
        const { payload, truncated } = boundedPayload(text);
        expect(Buffer.byteLength(payload)).toBeLessThanOrEqual(64 * 1024);
        expect(truncated).toBe(payload !== text);
        expect(text.startsWith(payload)).toBe(true);
        if (truncated && payload.includes('\n')) expect(text[payload.length]).toBe('\n');
      },
    ),
    { numRuns: 50 },
  );
  expect(boundedPayload('é'.repeat(40_000)).payload).toMatch(/^é+$/);
});
