import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { IndexView } from '../postings/port.ts';
import { analyse } from '../text/analyse.ts';
import { type FixtureDocument, indexView, viewOf } from './index-view.fixture.ts';
import { rankLexical } from './lexical.ts';
import type { Candidate, LexicalQuery } from './port.ts';
import { referenceScores } from './reference.fixture.ts';

const ask = (query: string, extra: LexicalQuery['extra'] = []): LexicalQuery => ({
  terms: analyse(query).terms,
  extra,
});
const rank = (view: IndexView, query: string, limit = 50): readonly Candidate[] =>
  rankLexical(view, ask(query), { limit });
const items = (candidates: readonly Candidate[]): readonly number[] => candidates.map(({ item }) => item);
const notes = (...contents: readonly string[]): readonly FixtureDocument[] =>
  contents.map((content, index) => ({ item: index + 1, content }));

describe('what is found first', () => {
  test('a rare word before a frequent one', () => {
    const view = viewOf(notes('backup runs', 'backup failed', 'backup started', 'quota exceeded'));
    expect(items(rank(view, 'backup quota'))[0]).toBe(4);
  });

  test('words side by side before the same words apart', () => {
    const view = viewOf(
      notes('volume resize slow here, persistent', 'slow resize, persistent volume here', 'nothing', 'other note'),
    );
    expect(items(rank(view, 'persistent volume'))).toEqual([2, 1]);
  });

  test('what is only a keyword is found too', () => {
    const view = viewOf([
      { item: 1, content: 'the queue is stuck', keywords: 'rabbitmq broker' },
      { item: 2, content: 'another note' },
    ]);
    expect(rank(view, 'rabbitmq')).toMatchObject([{ item: 1, matched: ['rabbitmq'] }]);
  });

  test('nothing, when no word is there', () => {
    expect(rank(viewOf(notes('backup runs')), 'kubernetes')).toEqual([]);
    expect(rank(viewOf(notes('backup runs')), 'of the')).toEqual([]);
    expect(rank(viewOf([]), 'backup')).toEqual([]);
    expect(rank({ shelves: [] }, 'backup')).toEqual([]);
    expect(rank(viewOf(notes('backup runs')), 'backup', 0)).toEqual([]);
  });

  test('a repaired word at its weight, and beside its neighbour', () => {
    const view = viewOf(notes('certificate renewal is planned, somebody said', 'renewal, certificate', 'other'));
    const query = ask('certifcate renewal', [
      { term: analyse('certificate').terms[0]?.text ?? '', weight: 0.7, instead: analyse('certifcate').terms[0]?.text },
    ]);
    expect(items(rankLexical(view, query, { limit: 5 }))).toEqual([1, 2]);
  });

  test('what means the same counts less than the word itself', () => {
    const view = viewOf(notes('postgres is down', 'pg is down', 'other', 'more'));
    const query = ask('pg', [{ term: 'postgr', weight: 0.5, instead: 'pg' }]);
    expect(items(rankLexical(view, query, { limit: 5 }))).toEqual([2, 1]);
  });
});

describe('identifiers', () => {
  test.each(['192.0.2.7', 'nas-01', 'OOMKilled', 'E1021', 'nas01.example.net'])(
    '%s, when rare, is told as exact',
    (name) => {
      const view = viewOf(notes(`seen on ${name} today`, 'seen today', 'another'));
      const [first] = rank(view, `what about ${name}`);
      expect(first?.item).toBe(1);
      expect(first?.exact).toContain(analyse(name).terms[0]?.text);
    },
  );

  test.each(['today', '2026', '7'])('%s is none', (word) => {
    expect(rank(viewOf(notes(`seen ${word}`, 'another')), word)[0]?.exact).toEqual([]);
  });

  test('one that stands in four living documents tells nothing; the dead do not count', () => {
    const four = notes('nas-01 up', 'nas-01 down', 'nas-01 slow', 'nas-01 old');
    expect(rank(viewOf(four), 'nas-01').every(({ exact }) => exact.length === 0)).toBe(true);
    const three = four.map((document) => (document.item === 4 ? { ...document, dead: true } : document));
    expect(rank(viewOf(three), 'nas-01').map(({ exact }) => exact)).toEqual([['nas-01'], ['nas-01'], ['nas-01']]);
  });
});

describe('episodes', () => {
  const talk = (contents: readonly string[], session = 'talk'): readonly FixtureDocument[] =>
    contents.map((content, seq) => ({ item: seq + 1, content, session, seq }));

  test('the reply is found by the words of the question before it', () => {
    const view = viewOf([
      ...talk(['why did the mail queue stall', 'the disk had no room left', 'thanks', 'bye', 'see you']),
      { item: 9, content: 'a room with a view' },
    ]);
    const found = rank(view, 'mail queue stall');
    expect(items(found).slice(0, 2)).toEqual([1, 2]);
    expect(found[0]?.episode).toBe(false);
    expect(found[1]).toMatchObject({ matched: [], episode: true });
    expect(items(found)).not.toContain(5);
  });

  test('an entry that was changed keeps its place in the session', () => {
    const [question, , ...rest] = talk(['mail queue stall', 'old answer', 'x', 'y', 'z']);
    const view = viewOf([
      question as FixtureDocument,
      { item: 2, content: 'old answer', session: 'talk', seq: 1, dead: true },
      ...rest,
      { item: 2, content: 'new answer', session: 'talk', seq: 1 },
    ]);
    expect(items(rank(view, 'mail queue stall')).slice(0, 2)).toEqual([1, 2]);
  });

  test('without a seq, or over a gap, there are no neighbours', () => {
    const gap = viewOf([
      { item: 1, content: 'mail queue stall', session: 'talk', seq: 0 },
      { item: 2, content: 'far behind', session: 'talk', seq: 3 },
      { item: 3, content: 'no place', session: 'talk' },
      { item: 4, content: 'no place either', session: 'talk' },
    ]);
    expect(items(rank(gap, 'mail queue stall'))).toEqual([1]);
  });

  test('a session of one is none: it lifts nothing', () => {
    const alone = rank(
      viewOf([{ item: 1, content: 'mail stall', session: 'talk', seq: 0 }, ...notes('x', 'y')]),
      'mail',
    );
    const without = rank(viewOf([{ item: 1, content: 'mail stall' }, ...notes('x', 'y')]), 'mail');
    expect(alone[0]?.score).toBe(without[0]?.score);
  });

  test("sessions of two shelves are two, whatever they are called: nobody's note is lifted by another's", () => {
    const mine = talk(['mail queue stall', 'the answer']);
    const [, second] = talk(['other', 'gossip']);
    const view = indexView(
      new Map([
        [1, mine],
        [2, [{ ...(second as FixtureDocument), item: 50 }]],
      ]),
    );
    expect(rank(view, 'mail queue stall').map(({ shelf }) => shelf)).toEqual([1, 1]);
  });
});

const words = ['nas', 'mail', 'queue', 'disk', 'stall', 'quota', 'my-app', 'node7', 'to-do'] as const;
const text = fc.array(fc.constantFrom(...words), { maxLength: 8 }).map((chosen) => chosen.join(' '));
const document = fc.record({
  content: text,
  keywords: text,
  session: fc.constantFrom(undefined, 'a', 'b'),
  seq: fc.integer({ min: 0, max: 9 }),
  dead: fc.boolean(),
});
const documents = fc
  .uniqueArray(document, {
    maxLength: 14,
    selector: ({ session, seq }) => (session === undefined ? {} : `${session}${seq}`),
  })
  .map((list) =>
    list.map(
      ({ session, ...rest }, item): FixtureDocument => ({
        ...rest,
        item,
        ...(session === undefined ? {} : { session }),
      }),
    ),
  );

const scoresOf = (candidates: readonly Candidate[]): ReadonlyMap<number, number> =>
  new Map(candidates.map(({ item, score }) => [item, score]));

function expectSame(one: ReadonlyMap<number, number>, other: ReadonlyMap<number, number>): void {
  expect([...one.keys()].sort((a, b) => a - b)).toEqual([...other.keys()].sort((a, b) => a - b));
  for (const [item, score] of one) expect(score).toBeCloseTo(other.get(item) ?? Number.NaN, 4);
}

describe('any documents and any query', () => {
  test('are scored as the plain formulas say', () => {
    fc.assert(
      fc.property(documents, text, (list, query) => {
        expectSame(scoresOf(rank(viewOf(list), query)), referenceScores(list, query));
      }),
      { numRuns: 400 },
    );
  });

  test('the dead are as if they had never been', () => {
    fc.assert(
      fc.property(documents, text, (list, query) => {
        const living = list.filter(({ dead }) => dead !== true);
        expectSame(scoresOf(rank(viewOf(list), query)), scoresOf(rank(viewOf(living), query)));
      }),
    );
  });

  test('several shelves are one collection', () => {
    fc.assert(
      fc.property(documents, text, fc.integer({ min: 0, max: 14 }), (list, query, cut) => {
        const plain = list.map(({ session: _, ...rest }) => rest);
        const split = indexView(
          new Map([
            [3, plain.slice(0, cut)],
            [5, []],
            [8, plain.slice(cut)],
          ]),
        );
        expectSame(scoresOf(rank(split, query)), scoresOf(rank(viewOf(plain), query)));
        for (const { shelf, item } of rank(split, query)) expect(shelf).toBe(item < cut ? 3 : 8);
      }),
    );
  });

  test('a filter takes out and moves nothing; the best come first, and no more than are wanted', () => {
    fc.assert(
      fc.property(documents, text, fc.integer({ min: 1, max: 5 }), (list, query, limit) => {
        const all = rank(viewOf(list), query);
        const allowed = new Set(list.filter(({ item }) => item % 2 === 0).map(({ item }) => item));
        const options = { limit, allowed: new Map([[1, allowed]]) };
        expect(rankLexical(viewOf(list), ask(query), options)).toEqual(
          all.filter(({ item }) => allowed.has(item)).slice(0, limit),
        );
        expect(rankLexical(viewOf(list), ask(query), { limit, allowed: new Map() })).toEqual([]);
        for (const [index, { score }] of all.entries())
          expect(score).toBeLessThanOrEqual(all[index - 1]?.score ?? score);
      }),
    );
  });

  test('an index that grew since, in the same arrays, is counted anew', () => {
    fc.assert(
      fc.property(documents, text, fc.integer({ min: 0, max: 14 }), (list, query, cut) => {
        const grown = viewOf(list);
        const sized = (size: number): IndexView => ({
          shelves: grown.shelves.map((shelf) => ({ ...shelf, documents: { ...shelf.documents, size } })),
        });
        rank(sized(Math.min(cut, list.length)), query);
        expectSame(scoresOf(rank(sized(list.length), query)), scoresOf(rank(viewOf(list), query)));
        const other = viewOf(list.toReversed());
        const sameDead = {
          shelves: other.shelves.map((shelf) => ({ ...shelf, dead: grown.shelves[0]?.dead ?? shelf.dead })),
        };
        const fresh = { shelves: sameDead.shelves.map((shelf) => ({ ...shelf, dead: new Set(shelf.dead) })) };
        expectSame(scoresOf(rank(sameDead, query)), scoresOf(rank(fresh, query)));
      }),
    );
  });

  test('a list that is newer than the table tells nothing of what is not in it, nor moves the next shelf', () => {
    fc.assert(
      fc.property(documents, text, fc.integer({ min: 0, max: 14 }), (list, query, cut) => {
        const plain = list.map(({ session: _, ...rest }) => rest);
        const next = notes('nas mail queue', 'disk stall', 'quota node7 my-app', 'nas').map(({ item, ...rest }) => ({
          ...rest,
          item: 100 + item,
        }));
        const two = (first: readonly FixtureDocument[]): IndexView =>
          indexView(
            new Map([
              [1, first],
              [2, next],
            ]),
          );
        const newer: IndexView = {
          shelves: two(plain).shelves.map(({ documents: table, ...shelf }) => ({
            ...shelf,
            documents: { ...table, size: shelf.shelf === 1 ? Math.min(cut, table.size) : table.size },
          })),
        };
        expectSame(scoresOf(rank(newer, query)), scoresOf(rank(two(plain.slice(0, cut)), query)));
      }),
    );
  });
});
