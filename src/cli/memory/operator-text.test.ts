import { describe, expect, it } from 'vitest';
import { heardContext } from './asked-daemon.fixture.ts';
import { benchLines, doctorLines, hasFailed, reembedLines, statsLines } from './operator-text.ts';

const { terminal } = heardContext().context;

describe('for a person', () => {
  it('stats has names to the left and figures to the right, and makes no line of what somebody wrote', () => {
    const lines = statsLines({
      ...{ entries: 1_234, sensitive: 2, deleted: 0, by_visibility: { private: 1_200, public: 34 } },
      by_category: [
        { name: 'facts', count: 1_000 },
        { name: 'gotchas', count: 234 },
      ],
      by_tag: [{ name: 'a\u001b[2Jb\nentries 9', count: 3 }],
      ...{ links: { supersedes: 4, 'part-of': 0 }, oldest: null, newest: '2026-03-01T00:00:00.000Z' },
      corpora: [{ name: 'runbooks', documents: 3, sections: 40 }],
    });
    expect(lines).toEqual([
      'entries    1,234, 2 of them sealed',
      'deleted    0, which restore brings back',
      'who reads  private 1,200, public 34',
      'links      supersedes 4',
      'oldest     -',
      'newest     2026-03-01T00:00:00.000Z',
      '',
      'categories',
      '  facts    1,000',
      '  gotchas    234',
      '',
      'tags',
      '  a [2Jb entries 9  3',
      '',
      'documents of  files  sections',
      '  runbooks        3        40',
    ]);
  });

  it('doctor tells first what is wrong, and that something is', () => {
    const pass = { check: 'memories', status: 'pass', detail: 'the store is open' };
    const fail = { check: 'embeddings', status: 'fail', detail: 'away', next: 'look at it' };
    const answer = { findings: [pass, fail], entries: 3, sensitive: 0, corpora: [], learning: false, embeddings: {} };
    expect(doctorLines(answer, terminal).slice(0, 4)).toEqual([
      'FAIL     embeddings — away',
      '         → look at it',
      'ok       memories — the store is open',
      '',
    ]);
    expect(hasFailed(answer)).toBe(true);
    expect(hasFailed({ ...answer, findings: [pass] })).toBe(false);
    expect(hasFailed({ ...answer, findings: [{ ...pass, status: 'unknown' }] })).toBe(true);
  });

  it('bench has a line for each way and each kind of question', () => {
    const figures = { questions: 90, 'r@1': 88, 'r@5': 97.25, mrr: 92.1 };
    const none = { questions: 0, 'r@1': 0, 'r@5': 0, mrr: 0 };
    expect(benchLines({ entries: 100, variants: [{ name: 'as it is', keywords: figures, words: none }] })).toEqual([
      '100 of your own, looked for by their words; in per cent: found first, among five, and MRR',
      '',
      '          asked by  questions   R@1   R@5   MRR',
      'as it is  keywords         90  88.0  97.3  92.1',
      'as it is  words             0     -     -     -',
    ]);
    expect(reembedLines({ embedded: 1_000 })).toEqual(['1,000 texts have new vectors']);
  });
});
