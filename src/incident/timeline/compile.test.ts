import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Evidence, EvidenceRow, EvidenceSource } from '../evidence.ts';
import { dossierFixture, minutesAfter } from '../report/dossier.fixture.ts';
import { compileTimeline } from './compile.ts';

const start = new Date('2026-11-20T14:00:00Z');
const { dossier } = dossierFixture();
const [sample] = dossier.evidence;

function seen(id: string, source: EvidenceSource, rows: readonly EvidenceRow[], ahead?: number): Evidence {
  if (sample === undefined) throw new Error('the fixture has evidence');
  return { ...sample, id, source, rows, clockOffsetMs: ahead };
}
const row = (minutes: number, text: string, more: Partial<EvidenceRow> = {}): EvidenceRow => ({
  at: minutesAfter(start, minutes),
  precision: 'second',
  about: 'Deployment shop/web',
  text,
  ...more,
});
const rowsOf = (...evidence: readonly Evidence[]) =>
  compileTimeline({ ...dossier, evidence, triage: undefined }).filter(({ source }) => source !== 'record');

describe('a timeline', () => {
  it('is one row where sources agree within a minute, with the evidence of all', () => {
    const rows = rowsOf(
      seen('ev_aaaaaaaa', 'events', [row(0, 'killed')]),
      seen('ev_bbbbbbbb', 'logs', [row(0.5, 'killed', { warning: true })]),
    );
    expect(rows).toMatchObject([
      { text: 'killed', evidence: ['ev_aaaaaaaa', 'ev_bbbbbbbb'], warning: true, disagreementMs: undefined, at: start },
    ]);
  });

  it('says by how much sources disagree', () => {
    const rows = rowsOf(
      seen('ev_aaaaaaaa', 'events', [row(0, 'killed')]),
      seen('ev_bbbbbbbb', 'logs', [row(180, 'killed')]),
    );
    expect(rows).toMatchObject([{ disagreementMs: 180 * 60_000, evidence: ['ev_aaaaaaaa', 'ev_bbbbbbbb'] }]);
  });

  it('is on our clock: a source that is three hours ahead agrees then', () => {
    const rows = rowsOf(
      seen('ev_aaaaaaaa', 'events', [row(0, 'killed')]),
      seen('ev_bbbbbbbb', 'logs', [row(180, 'killed')], 180 * 60_000),
    );
    expect(rows).toMatchObject([{ disagreementMs: undefined, at: start }]);
  });

  it('condenses what one source saw again and again, and tells every change', () => {
    const again = Array.from({ length: 6 }, (_, index) => row(index, `restart ${index}`));
    const changes = [row(20, 'image 1.2', { change: true }), row(21, 'image 1.3', { change: true })];
    const rows = rowsOf(seen('ev_aaaaaaaa', 'events', [...again, ...changes]));
    expect(rows.map(({ text, count }) => [text, count])).toEqual([
      ['restart 0', 6],
      ['image 1.2', 1],
      ['image 1.3', 1],
    ]);
    expect(rows[0]?.until).toEqual(minutesAfter(start, 5));
  });

  it('counts a row once that a source told twice', () => {
    const rows = rowsOf(
      seen('ev_aaaaaaaa', 'events', [row(0, 'killed', { count: 3 })]),
      seen('ev_bbbbbbbb', 'events', [row(0, 'killed', { count: 3 })]),
    );
    expect(rows).toMatchObject([{ count: 3, evidence: ['ev_aaaaaaaa', 'ev_bbbbbbbb'] }]);
  });

  it('tells each thing that somebody said, also what was said at once', () => {
    const said = (minutes: number, quote: string) =>
      row(minutes, 'somebody reported', { about: undefined, precision: 'minute', quote });
    const rows = rowsOf(
      seen('ev_aaaaaaaa', 'note', [said(0, 'three customers cannot pay')]),
      seen('ev_bbbbbbbb', 'note', [said(0, 'the door of the rack was open')]),
      seen('ev_cccccccc', 'note', [said(4, 'five customers cannot pay')]),
    );
    expect(rows.map(({ quote, count }) => [quote, count]).sort()).toEqual([
      ['five customers cannot pay', 1],
      ['the door of the rack was open', 1],
      ['three customers cannot pay', 1],
    ]);
  });

  it('tells failures of one pod apart by what it logged, and counts those that say the same', () => {
    const failure = (minutes: number, quote: string) =>
      row(minutes, 'logged a failure', { about: 'shop/web-0 app', quote, warning: true });
    const rows = rowsOf(
      seen('ev_aaaaaaaa', 'logs', [
        failure(0, 'timed out after 31 ms'),
        failure(0, 'no space left on device'),
        failure(2, 'timed out after 47 ms'),
      ]),
    );
    expect(rows.map(({ quote, count }) => [quote, count]).sort()).toEqual([
      ['no space left on device', 1],
      ['timed out after 31 ms', 2],
    ]);
  });

  it('takes nothing from what failed, and the record’s own moments from the record', () => {
    const failed = { ...seen('ev_aaaaaaaa', 'events', [row(0, 'killed')]), status: 'error' as const };
    expect(rowsOf(failed)).toEqual([]);
    const own = compileTimeline({ ...dossier, evidence: [] }).map(({ text }) => text);
    expect(own).toEqual([
      'the incident began',
      'it was detected, by: user',
      'the incident was opened here',
      'it was mitigated',
      'it was resolved',
    ]);
  });

  it('keeps a mark when its row is merged later', () => {
    const first = seen('ev_bbbbbbbb', 'logs', [row(0.5, 'killed')]);
    const [alone] = rowsOf(first);
    const marks = [
      { row: alone?.key ?? '', note: 'the third pod' },
      { row: alone?.key ?? '', excluded: { reason: 'told above' } },
    ];
    const evidence = [first, seen('ev_aaaaaaaa', 'events', [row(0, 'killed')])];
    const [merged] = compileTimeline({ ...dossier, evidence, triage: undefined, marks }).filter(
      ({ source }) => source !== 'record',
    );
    expect(merged).toMatchObject({ note: 'the third pod', excluded: { reason: 'told above' } });
    expect(merged?.key).not.toBe(alone?.key);
  });

  it('is the same in whatever order evidence and rows came, and runs forward', () => {
    const rowArb = fc.record({
      at: fc.integer({ min: 0, max: 40 }).map((seconds) => new Date(start.getTime() + seconds * 20_000)),
      precision: fc.constantFrom('second', 'minute', 'hour', 'day'),
      about: fc.constantFrom(undefined, 'Deployment shop/web', 'Node node-3'),
      text: fc.constantFrom('killed', 'restart 1', 'restart 2', 'image 1.2 → 1.3'),
      count: fc.constantFrom(undefined, 2, 5),
      warning: fc.constantFrom(undefined, true),
      change: fc.constantFrom(undefined, true),
      quote: fc.constantFrom(undefined, 'a', 'b'),
    });
    const evidenceArb = fc.array(
      fc.record({
        source: fc.constantFrom<EvidenceSource>('events', 'logs', 'kubernetes', 'note'),
        ahead: fc.constantFrom(undefined, 60_000, -120_000),
        rows: fc.array(rowArb, { maxLength: 6 }),
      }),
      { maxLength: 6 },
    );
    const shuffled = evidenceArb.chain((all) =>
      fc.tuple(
        fc.constant(all),
        fc.shuffledSubarray([...all.keys()], { minLength: all.length, maxLength: all.length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([all, order]) => {
        const evidence = all.map(({ source, rows, ahead }, index) =>
          seen(`ev_aaaaaa${'abcdefgh'[index]}a`, source, rows, ahead),
        );
        const other = order
          .flatMap((index) => evidence[index] ?? [])
          .map((one) => ({ ...one, rows: [...one.rows].reverse() }));
        const rows = compileTimeline({ ...dossier, evidence });
        expect(compileTimeline({ ...dossier, evidence: other })).toEqual(rows);
        expect(rows.map(({ at }) => at.getTime())).toEqual(rows.map(({ at }) => at.getTime()).sort((a, b) => a - b));
        expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
      }),
      { numRuns: 200 },
    );
  });
});
