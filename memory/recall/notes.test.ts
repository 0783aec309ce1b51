import { describe, expect, it } from 'vitest';
import type { DenseStanding } from '../embed/port.ts';
import { notesOnCorpora, notesOnDense, notesOnLeftOut, notesOnNothing, notesOnQuery } from './notes.ts';
import type { Understood } from './understand.ts';

const understood: Understood = {
  view: { shelves: [] },
  query: { terms: [], extra: [] },
  asked: [{ term: 'lamp', surface: 'lamp', compound: false, rarity: 1, unknown: false }],
  repairs: [],
  aliases: [],
  added: new Set(),
  passedOver: 0,
  rarityOf: () => 1,
};
const standing: DenseStanding = {
  state: 'ready',
  model: undefined,
  next: undefined,
  dimension: undefined,
  embedded: 4,
  total: 9,
  share: 0,
  calibratedOn: 200,
  index: 'none',
  reason: undefined,
};
const textsOf = (notes: readonly { readonly text: string }[]): string => notes.map(({ text }) => text).join('\n');

describe('the notes', () => {
  it('of a plain query are none', () => {
    expect(notesOnQuery(understood)).toEqual([]);
  });

  it('tell of a query without words, of one that is too long, and of what was taken for something else', () => {
    expect(textsOf(notesOnQuery({ ...understood, asked: [] }))).toBe('the query has no words to look for');
    expect(textsOf(notesOnQuery({ ...understood, passedOver: 12 }))).toContain(
      'its 1 rarest words were looked for, 12',
    );
    const repairs = [{ from: 'lmap', instead: 'lmap', to: 'lamp', shown: 'lamp', likeness: 0.95 }];
    // Words of entries are quotes, never part of a sentence of ours.
    expect(notesOnQuery({ ...understood, repairs })).toEqual([
      { text: 'words that stand nowhere here were taken for others', quotes: ['lmap → lamp'] },
    ]);
  });

  it('tell why there is no search by meaning, when there should be one', () => {
    const told = (change: Partial<DenseStanding>): string => textsOf(notesOnDense({ ...standing, ...change }));
    expect(told({ state: 'unconfigured' })).toBe('');
    expect(told({ state: 'filling' })).toContain('4 of 9');
    expect(told({ state: 'away', reason: 'the endpoint answered 500' })).toContain('the endpoint answered 500');
    expect(told({ state: 'unsupported' })).toContain('no vectors');
    expect(told({ calibratedOn: undefined })).toContain('not measured');
    expect(told({ share: 0 })).toContain('did not do better');
    expect(told({ share: 0.4 })).toContain('did not answer');
  });

  it('tell of corpora that are not there, and that filters leave corpora out', () => {
    const searched = [{ name: 'runbooks' }];
    expect(notesOnCorpora({}, true, [])).toEqual([]);
    expect(notesOnCorpora({ corpora: [] }, true, [])).toEqual([]);
    expect(notesOnCorpora({ corpora: 'all' }, false, searched)).toEqual([]);
    expect(textsOf(notesOnCorpora({ corpora: 'all' }, true, []))).toContain('no corpus was searched');
    expect(notesOnCorpora({ corpora: ['runbooks', 'atlas'] }, false, searched)).toEqual([
      { text: 'there is no corpus of this name', quotes: ['atlas'] },
    ]);
  });

  it('count what is not shown, in words that fit one and many', () => {
    const now = new Date('2026-06-01T00:00:00Z');
    const today = { now, asOf: undefined };
    expect(notesOnLeftOut(0, 0, today)).toEqual([]);
    expect(textsOf(notesOnLeftOut(1, 1, today))).toMatch(/^1 entry that fits is not valid as of 2026-06-01.*as_of/);
    expect(textsOf(notesOnLeftOut(1, 1, today))).toContain('\n1 that fits was');
    expect(textsOf(notesOnLeftOut(2, 3, today))).toMatch(/^2 entries that fit are not.*\n3 that fit were/);
    // Who asked with as_of knows how.
    const then = textsOf(notesOnLeftOut(1, 0, { now, asOf: new Date('2025-01-01T00:00:00Z') }));
    expect(then).toMatch(/not valid as of 2025-01-01T00:00:00.000Z$/);
  });

  it('of nothing name the words that stand nowhere, ten at most', () => {
    expect(notesOnNothing({ unknown: [] })).toEqual([{ text: 'nothing here speaks of what was asked' }]);
    const [note] = notesOnNothing({ unknown: Array.from({ length: 40 }, (_, at) => `word${at}`) });
    expect(note?.text).toContain('these words stand nowhere');
    expect(note?.quotes).toHaveLength(10);
  });
});
