import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Asked, findLines, type LogEntry, type Match, mergeLines } from './log-lines.ts';

const at = (second: number): Date => new Date(Date.UTC(2026, 10, 25, 10, 0, second));
const everything: Asked = {
  since: undefined,
  until: undefined,
  grep: undefined,
  exclude: undefined,
  level: undefined,
  around: 0,
};
const match: Match = async (pattern, texts) => texts.map((text) => new RegExp(pattern, 'i').test(text));
const textsOf = (entries: readonly LogEntry[]): string[] => entries.map(({ text }) => text);

describe('merging logs', () => {
  it('puts the lines of all containers in the order of their times', () => {
    const merged = mergeLines([
      [
        { at: at(1), text: 'a1' },
        { at: at(3), text: 'a3' },
      ],
      [
        { at: at(1), text: 'b1' },
        { at: at(2), text: 'b2' },
      ],
    ]);
    expect(merged.map(({ source, text }) => `${source}${text}`)).toEqual(['0a1', '1b1', '1b2', '0a3']);
  });

  it('leaves a line without a time where it was read', () => {
    const lines = [
      { at: undefined, text: 'first' },
      { at: at(5), text: 'timed' },
      { at: undefined, text: 'behind it' },
    ];
    expect(textsOf(mergeLines([lines, [{ at: at(6), text: 'other' }]]))).toEqual([
      'first',
      'timed',
      'behind it',
      'other',
    ]);
  });

  it('counts the lines of a stack trace as what they belong to', () => {
    const lines = ['INFO up', 'ERROR no route', '    at route (a.js:1)', '\tat main (b.js:2)', 'INFO go on'];
    const levels = mergeLines([lines.map((text) => ({ at: at(1), text }))]).map(({ level }) => level);
    expect(levels).toEqual(['info', 'error', 'error', 'error', 'info']);
  });
});

describe('finding lines', () => {
  const lines = ['INFO up', 'GET /health 200', 'ERROR no route', 'GET /health 200', 'WARN slow', 'INFO end'];
  const entries = mergeLines([lines.map((text, index) => ({ at: at(index), text }))]);

  it('takes all lines of the time asked for, its ends too', async () => {
    const { within, hits } = await findLines(entries, { ...everything, since: at(1), until: at(3) }, match);
    expect(textsOf(within)).toEqual(lines.slice(1, 4));
    expect(hits).toEqual(within);
  });

  it('takes what matches, is not excluded and is bad enough', async () => {
    const hitsOf = async (asked: Partial<Asked>): Promise<string[]> =>
      textsOf((await findLines(entries, { ...everything, ...asked }, match)).hits);
    expect(await hitsOf({ grep: 'health|slow' })).toEqual([lines[1], lines[3], lines[4]]);
    expect(await hitsOf({ grep: 'health|slow', exclude: 'get' })).toEqual([lines[4]]);
    expect(await hitsOf({ level: 'warn' })).toEqual([lines[2], lines[4]]);
    expect(await hitsOf({ level: 'warn', grep: 'route' })).toEqual([lines[2]]);
  });

  it('shows the lines around a hit that are not excluded, of the hit’s container', async () => {
    const two = mergeLines([
      lines.map((text, index) => ({ at: at(index), text })),
      lines.map((_, index) => ({ at: at(index), text: `other ${index}` })),
    ]);
    const asked = { ...everything, grep: 'no route', exclude: 'health', around: 1 };
    const { hits, shown } = await findLines(two, asked, match);
    expect(textsOf(hits)).toEqual(['ERROR no route']);
    expect(textsOf(shown)).toEqual(['INFO up', 'ERROR no route', 'WARN slow']);
  });

  it('shows around each hit what grep -C would', async () => {
    const text = fc.array(fc.constantFrom('hit', 'miss'), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 0, max: 5 }), async (texts, around) => {
        const all = mergeLines([texts.map((one, index) => ({ at: at(index), text: one }))]);
        const { shown } = await findLines(all, { ...everything, grep: 'hit', around }, match);
        const expected = all.filter((_, index) =>
          texts.slice(Math.max(0, index - around), index + around + 1).includes('hit'),
        );
        expect(shown).toEqual(expected);
      }),
    );
  });

  it('asks a pattern only about lines of the time asked for', async () => {
    const asked: string[] = [];
    await findLines(entries, { ...everything, since: at(4), grep: 'x', exclude: 'end' }, async (pattern, texts) => {
      asked.push(...texts);
      return match(pattern, texts);
    });
    expect(asked).toEqual(['WARN slow', 'INFO end', 'WARN slow']);
  });
});
