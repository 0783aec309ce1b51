import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyse } from '../text/analyse.ts';
import { rankGroups } from './groups.ts';
import { type FixtureDocument, indexView, viewOf } from './index-view.fixture.ts';

const ask = (query: string) => ({ terms: analyse(query).terms, extra: [] });

const section = (item: number, session: string, content: string, dead = false): FixtureDocument => ({
  item,
  session,
  content,
  dead,
});

describe('rankGroups', () => {
  test('the document with the fitting section comes first, with its best sections', () => {
    const view = viewOf([
      section(1, 'backup.md', 'how backups are made every night'),
      section(2, 'backup.md', 'restore a backup of the mail database'),
      section(3, 'mail.md', 'the mail queue'),
      section(4, 'mail.md', 'mail certificates'),
      section(5, 'network.md', 'addresses and names'),
    ]);
    const ranked = rankGroups(view, ask('restore mail database'), { limit: 5 });
    expect(ranked.map(({ name }) => name)).toEqual(['backup.md', 'mail.md']);
    expect(ranked[0]?.items).toEqual([2]);
    expect(ranked[1]?.items).toEqual(expect.arrayContaining([3, 4]));
  });

  test('words that stand in several sections count together', () => {
    const view = viewOf([
      section(1, 'all.md', 'quota of the pool'),
      section(2, 'all.md', 'snapshot of the pool'),
      section(3, 'one.md', 'quota of the mail and its users'),
      section(4, 'two.md', 'snapshot of the mail and its users'),
    ]);
    expect(rankGroups(view, ask('quota snapshot'), { limit: 1 })).toMatchObject([{ name: 'all.md', items: [1, 2] }]);
  });

  test('the dead lift nothing, and a group of them is not there', () => {
    const view = viewOf([section(1, 'old.md', 'mail queue', true), section(2, 'new.md', 'mail queue')]);
    expect(rankGroups(view, ask('mail queue'), { limit: 5 }).map(({ name }) => name)).toEqual(['new.md']);
  });

  test('groups of two shelves of the same name are two', () => {
    const view = indexView(
      new Map([
        [1, [section(1, 'notes', 'mail queue')]],
        [2, [section(2, 'notes', 'mail')]],
      ]),
    );
    expect(rankGroups(view, ask('mail queue'), { limit: 5 }).map(({ shelf, items }) => [shelf, items])).toEqual([
      [1, [1]],
      [2, [2]],
    ]);
  });

  test('groups other than sessions, and documents of none', () => {
    const view = viewOf([
      { item: 1, content: 'mail queue' },
      { item: 2, content: 'mail' },
      { item: 3, content: 'mail mail mail' },
    ]);
    const groupingOf = () => ({ of: Int32Array.of(1, 0, -1), names: ['odd', 'even'] });
    expect(rankGroups(view, ask('mail queue'), { limit: 5, groupingOf }).map(({ name }) => name)).toEqual([
      'even',
      'odd',
    ]);
  });

  test('finds nothing in nothing', () => {
    expect(rankGroups(viewOf([]), ask('mail'), { limit: 5 })).toEqual([]);
    expect(rankGroups(viewOf([section(1, 'a', 'mail')]), ask('queue'), { limit: 5 })).toEqual([]);
  });

  test('any: best first, at most three items each, all of the group and with a word of the query', () => {
    const text = fc
      .array(fc.constantFrom('nas', 'mail', 'queue', 'disk'), { maxLength: 6 })
      .map((words) => words.join(' '));
    const documents = fc.array(
      fc.record({ content: text, session: fc.constantFrom('a', 'b', 'c'), dead: fc.boolean() }),
      {
        maxLength: 16,
      },
    );
    fc.assert(
      fc.property(documents, text, (list, query) => {
        const numbered = list.map((one, item) => ({ ...one, item }));
        const ranked = rankGroups(viewOf(numbered), ask(query), { limit: 3 });
        const asked = new Set(query.split(' '));
        for (const [index, { name, items, score }] of ranked.entries()) {
          expect(score).toBeLessThanOrEqual(ranked[index - 1]?.score ?? score);
          expect(items.length).toBeLessThanOrEqual(3);
          for (const item of items) {
            expect(numbered[item]).toMatchObject({ session: name, dead: false });
            expect(numbered[item]?.content.split(' ').some((word) => asked.has(word))).toBe(true);
          }
        }
        const answering = numbered.filter(
          ({ content, dead }) => !dead && content.split(' ').some((word) => word !== '' && asked.has(word)),
        );
        expect(new Set(ranked.map(({ name }) => name))).toEqual(new Set(answering.map(({ session }) => session)));
      }),
    );
  });
});
