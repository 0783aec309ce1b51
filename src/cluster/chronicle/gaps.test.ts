import { describe, expect, it } from 'vitest';
import { gapsIn } from './gaps.ts';
import type { Span } from './table.ts';

const at = (minute: number, second = 0): Date => new Date(Date.UTC(2026, 2, 1, 12, minute, second));
const span = (kind: string, from: Date, to: Date, ended?: string): Span => ({ kind, from, to, version: '1', ended });
const all = { since: at(0), until: at(59) };

describe('gaps', () => {
  it('lie between two spans, with the reason the first one left', () => {
    const spans = [span('pods', at(1), at(10), 'Castellan was stopped'), span('pods', at(20), at(59))];
    expect(gapsIn(spans, all)).toEqual([{ from: at(10), to: at(20), kinds: ['pods'], why: 'Castellan was stopped' }]);
  });

  it('of a daemon that was killed have no reason but that', () => {
    expect(gapsIn([span('pods', at(1), at(10)), span('pods', at(20), at(59))], all)).toMatchObject([
      { why: 'Castellan did not run' },
    ]);
  });

  it('of several kinds at once are one', () => {
    const spans = ['pods', 'nodes', 'events'].flatMap((kind, index) => [
      span(kind, at(1, index), at(10, index)),
      span(kind, at(20, index), at(59)),
    ]);
    expect(gapsIn(spans, all)).toEqual([
      { from: at(10), to: at(20, 2), kinds: ['pods', 'nodes', 'events'], why: 'Castellan did not run' },
    ]);
  });

  it('of one kind alone name it', () => {
    const spans = [span('pods', at(1), at(59)), span('nodes', at(1), at(10), 'gone'), span('nodes', at(12), at(59))];
    expect(gapsIn(spans, all)).toMatchObject([{ kinds: ['nodes'], why: 'gone' }]);
  });

  it('last until now where nothing was heard since', () => {
    expect(gapsIn([span('pods', at(1), at(30))], all)).toMatchObject([
      { from: at(30), to: at(59), why: 'not reached since' },
    ]);
    expect(gapsIn([span('pods', at(1), at(58))], all)).toEqual([]);
  });

  it('outside the window are not told, and before the first span there is none', () => {
    const spans = [span('pods', at(1), at(10)), span('pods', at(20), at(59))];
    expect(gapsIn(spans, { since: at(30), until: at(59) })).toEqual([]);
    expect(gapsIn([span('pods', at(30), at(59))], all)).toEqual([]);
  });
});
