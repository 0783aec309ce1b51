import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { levelOf } from './log-level.ts';
import type { LogEntry } from './log-lines.ts';
import { type Folding, isError, type LogPage, newestThatFit, type PageRequest } from './log-page.ts';

const entryOf = (text: string, time: number, source = 0): LogEntry => ({ source, time, text, level: levelOf(text) });
const entriesOf = (texts: readonly string[]): LogEntry[] => texts.map((text, index) => entryOf(text, index));
const whole: PageRequest = {
  folding: 'alike',
  limit: 200,
  room: 8_000,
  bytesOf: ({ text }) => text.length + 3,
  pinFirstError: true,
};
const toldIn = ({ rows }: LogPage): string[] => rows.map(({ entry, count }) => `${entry.text} ×${count}`);

const texts = fc.constantFrom(
  'GET /a/1 200',
  'GET /a/2 200',
  'ERROR no route',
  'ERROR no disk',
  'up',
  'down',
  'INFO ok 7',
);
const logs = fc
  .array(fc.tuple(texts, fc.integer({ min: 0, max: 2 })), { minLength: 1, maxLength: 120 })
  .map((lines) => lines.map(([text, source], index) => entryOf(text, Math.floor(index / 3), source)));
const folding = fc.constantFrom<Folding>('nothing', 'same', 'alike');
const requests = fc
  .record({ folding, limit: fc.integer({ min: 1, max: 40 }), room: fc.integer({ min: 0, max: 900 }) })
  .map((some): PageRequest => ({ ...whole, ...some }));

describe('a page of lines', () => {
  it('counts every line once: on a row, or as left', () => {
    fc.assert(
      fc.property(logs, requests, (entries, request) => {
        const { rows, left } = newestThatFit(entries, request);
        expect(rows.reduce((sum, { count }) => sum + count, 0) + left).toBe(entries.length);
      }),
    );
  });

  it('keeps the newest line always, and the first error unless one row is all there is', () => {
    fc.assert(
      fc.property(logs, requests, (entries, request) => {
        const page = newestThatFit(entries, request);
        const newest = entries.at(-1);
        expect(page.rows.some(({ entry }) => entry === newest)).toBe(true);
        const firstError = entries.findIndex(isError);
        if (firstError === -1 || request.limit === 1) expect(page.pinned).toBeUndefined();
        else expect(firstError >= page.left || page.pinned === entries[firstError]).toBe(true);
      }),
    );
  });

  it('has no more rows than were asked for, and no more bytes but for the newest line', () => {
    fc.assert(
      fc.property(logs, requests, (entries, request) => {
        const { rows, pinned } = newestThatFit(entries, request);
        expect(rows.length + (pinned === undefined ? 0 : 1)).toBeLessThanOrEqual(request.limit);
        const shown = [...rows.map(({ entry }) => entry), ...(pinned === undefined ? [] : [pinned])];
        const bytes = shown.reduce((sum, entry) => sum + request.bytesOf(entry), 0);
        if (rows.length > 1) expect(bytes).toBeLessThanOrEqual(request.room);
      }),
    );
  });

  it('has its rows in the order of their newest lines', () => {
    fc.assert(
      fc.property(logs, requests, (entries, request) => {
        const places = newestThatFit(entries, request).rows.map(({ entry }) => entries.indexOf(entry));
        expect(places).toEqual(places.toSorted((a, b) => a - b));
      }),
    );
  });

  it('tells all lines in as many pages as it takes, each once', () => {
    fc.assert(
      fc.property(logs, requests, (entries, request) => {
        let told = 0;
        let rest: readonly LogEntry[] = entries;
        while (rest.length > 0) {
          const { rows, left } = newestThatFit(rest, { ...request, pinFirstError: rest === entries });
          told += rows.reduce((sum, { count }) => sum + count, 0);
          expect(left).toBeLessThan(rest.length);
          rest = rest.slice(0, left);
        }
        expect(told).toBe(entries.length);
      }),
    );
  });

  it('tells lines that are alike once, and never an error as if it were none', () => {
    const lines = ['GET /a/1 200', 'GET /a/2 502', 'GET /a/3 200', 'GET /a/4 502', 'GET /a/5 200'];
    const page = newestThatFit(entriesOf(lines), whole);
    expect(toldIn(page)).toEqual(['GET /a/4 502 ×2', 'GET /a/5 200 ×3']);
    expect(page.rows.map(({ since, same }) => [since, same])).toEqual([
      [1, false],
      [0, false],
    ]);
  });

  it('tells lines apart that only say the same in numbers, when only the same are told once', () => {
    const lines = ['GET /a/1 200', 'GET /a/1 200', 'GET /a/2 200'];
    expect(toldIn(newestThatFit(entriesOf(lines), { ...whole, folding: 'same' }))).toEqual([
      'GET /a/1 200 ×2',
      'GET /a/2 200 ×1',
    ]);
    expect(newestThatFit(entriesOf(lines), { ...whole, folding: 'nothing' }).rows).toHaveLength(3);
  });

  it('says of how many containers a row is', () => {
    const lines = [0, 1, 1, 2].map((source) => entryOf('up', 1, source));
    expect(newestThatFit(lines, whole).rows).toMatchObject([{ count: 4, sources: 3, same: true }]);
  });

  it('does not join what lies far apart', () => {
    const between = Array.from(
      { length: 40 },
      (_, index) => `step ${String.fromCodePoint(97 + (index % 26))}${'z'.repeat(index)}`,
    );
    const { rows } = newestThatFit(entriesOf(['start', ...between, 'start']), whole);
    expect(rows.filter(({ entry }) => entry.text === 'start').map(({ count }) => count)).toEqual([1, 1]);
  });

  it('puts the first error on top of the newest lines', () => {
    const lines = ['ERROR no route', ...Array.from({ length: 50 }, (_, index) => `step ${'x'.repeat(index)}`)];
    const { rows, pinned, left } = newestThatFit(entriesOf(lines), { ...whole, limit: 3 });
    expect(pinned?.text).toBe('ERROR no route');
    expect(rows.map(({ entry }) => entry.text)).toEqual(lines.slice(-2));
    expect(left).toBe(49);
  });

  it('takes a time that grows with the log', () => {
    const entries = Array.from({ length: 60_000 }, (_, index) =>
      entryOf(`GET /items/${index} ${'x'.repeat(60)} 200`, index),
    );
    const started = performance.now();
    const { rows } = newestThatFit(entries, whole);
    expect(rows).toHaveLength(1);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
