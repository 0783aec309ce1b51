import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lengthOf, proveKeywords } from '../entries/fields.ts';
import { longestEntry } from '../entry.ts';
import { planJsonl } from './jsonl.ts';
import { jsonlOf, readRow } from './jsonl-row.ts';
import { portableEntry } from './portable.ts';
import { splitLong } from './split.ts';

const file = 'memories.jsonl';
const lines = (...rows: readonly object[]): string => `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`;
const plan = (...rows: readonly object[]) => planJsonl(lines(...rows), { file });

const row = {
  id: 7,
  user_id: 'default',
  content: 'The backup of the photos runs at 03:00.',
  category: 'facts',
  tags: 'backup, photos',
  expanded_keywords: 'restic schedule',
  importance: 0.8,
  is_sensitive: false,
  vault_path: null,
  created_at: '2025-11-02 08:15:00.123456+00',
  updated_at: '2025-11-03T08:15:00',
  deleted_at: null,
};

describe('a file of claude-memory', () => {
  it('becomes entries with everything it says of them', () => {
    const { planned, refused, notes } = plan(row);
    expect({ refused, notes }).toEqual({ refused: [], notes: [] });
    expect(planned).toEqual([
      {
        draft: {
          formerId: '7',
          content: row.content,
          category: 'facts',
          tags: ['backup', 'photos'],
          keywords: 'restic schedule',
          importance: 0.8,
          sensitive: false,
          recordedAt: new Date('2025-11-02T08:15:00.123Z'),
        },
        line: 1,
        links: [],
      },
    ]);
  });

  it('has nothing in it that is neither planned nor told of', () => {
    const { planned, refused, notes } = planJsonl(
      [
        JSON.stringify(row),
        '{"id": 8, "content": ',
        '',
        '[]',
        JSON.stringify({ ...row, id: 9, content: '  ' }),
        JSON.stringify({ ...row, id: 10, deleted_at: '2026-01-01T00:00:00Z' }),
        JSON.stringify({ ...row, id: 11, content: '[REDACTED]', is_sensitive: true, vault_path: 'secret/x' }),
        JSON.stringify({ ...row, id: 12, importance: 4 }),
        JSON.stringify({ ...row, id: 13, colour: 'blue' }),
        JSON.stringify({ ...row, id: 14, created_at: 'long ago' }),
      ].join('\n'),
      { file },
    );
    expect(planned.map(({ line }) => line)).toEqual([1, 9]);
    expect(refused.map(({ line }) => line)).toEqual([2, 4, 5, 7, 8, 10]);
    expect(refused.find(({ line }) => line === 7)?.text).toContain('sealed');
    expect(notes).toEqual([
      { line: 6, text: expect.stringContaining('deleted') },
      { line: 9, text: expect.stringContaining('`colour`') },
    ]);
  });

  it('keeps links in whatever way they are written, and its own direction only', () => {
    const links = [
      'supersedes:3',
      { type: 'see-also', to: 4 },
      { link_type: 'part-of', src: 7, dst: 5 },
      { link_type: 'part-of', src: 6, dst: 7 },
      { type: 'supersedes', to: 3 },
    ];
    expect(plan({ ...row, links }).planned[0]?.links).toEqual([
      { type: 'supersedes', to: '3' },
      { type: 'see-also', to: '4' },
      { type: 'part-of', to: '5' },
    ]);
    expect(plan({ ...row, links: [{ type: 'blocks', to: 4 }] }).refused).toHaveLength(1);
  });

  it('has its fragments put together, though others stand between them, and links follow', () => {
    const part = (id: number, number: number, content: string, more = '') => ({
      ...row,
      id,
      content,
      tags: `backup,part-${number}-of-2${more}`,
    });
    const { planned, notes } = plan(
      part(20, 1, 'First half of it,'),
      row,
      part(30, 1, 'Another text,', ',other'),
      { ...part(21, 2, 'second half.'), links: ['see-also:30'] },
      part(31, 2, 'continued.', ',other'),
      { ...row, id: 40, content: 'See what was written of it.', links: ['see-also:21'] },
    );
    expect(planned.map(({ draft }) => [draft.formerId, draft.content])).toEqual([
      ['20', 'First half of it, second half.'],
      ['7', row.content],
      ['30', 'Another text, continued.'],
      ['40', 'See what was written of it.'],
    ]);
    expect(planned[0]?.draft.tags).toEqual(['backup']);
    expect(planned[0]?.links).toEqual([{ type: 'see-also', to: '30' }]);
    expect(planned[3]?.links).toEqual([{ type: 'see-also', to: '20' }]);
    expect(notes).toHaveLength(2);
  });

  it('keeps a fragment whose rest is missing as it is, and says so', () => {
    const { planned, notes } = plan({ ...row, tags: 'part-2-of-3' });
    expect(planned[0]?.draft).toMatchObject({ content: row.content, tags: ['part-2-of-3'] });
    expect(notes[0]?.text).toContain('not all of them');
  });

  it('has what is too long split at sentences into a hub and parts that point to it', () => {
    const content = Array.from({ length: 120 }, (_, index) => `Sentence ${index} tells one thing about the rack.`).join(
      ' ',
    );
    const { planned, notes } = plan({ ...row, content, links: ['supersedes:3'] });
    const [hub, ...parts] = planned;
    expect(hub?.draft).toMatchObject({ formerId: '7', session: 'import:7', seq: 0 });
    expect(hub?.links).toEqual([{ type: 'supersedes', to: '3' }]);
    expect(parts.map(({ draft }) => draft.formerId)).toEqual(parts.map((_, index) => `7/${index + 1}`));
    for (const { draft, links } of parts) {
      expect(links).toEqual([{ type: 'part-of', to: '7' }]);
      expect(draft.content).toMatch(/^Sentence 0 tells one thing about the rack \(part \d of 5\): Sentence .*\.$/);
    }
    expect(notes[0]?.text).toContain('a hub and 5 parts');
    for (const { draft } of planned) expect(lengthOf(draft.content)).toBeLessThanOrEqual(longestEntry);
  });

  it('has keywords that are too long shortened between words, and says so', () => {
    const { planned, notes } = plan({ ...row, expanded_keywords: 'borg restic offsite '.repeat(40) });
    const { keywords = '' } = planned[0]?.draft ?? {};
    expect(keywords).toMatch(/^borg restic offsite .* (borg|restic|offsite)$/);
    expect(proveKeywords(keywords)).toBe(keywords);
    expect(notes).toEqual([{ line: 1, text: expect.stringContaining('keywords') }]);
  });

  it('takes 50 KB of one word and a million rows of nothing', () => {
    const { planned } = plan({ ...row, content: 'ж'.repeat(50_000) });
    expect(planned.length).toBeGreaterThan(30);
    expect(planJsonl('\n'.repeat(1_000_000), { file })).toEqual({ planned: [], refused: [], notes: [] });
  });
});

describe('splitting', () => {
  it('keeps every word once, in order, and no part over the limit', () => {
    const text = fc
      .array(fc.oneof(fc.lorem({ mode: 'sentences', maxCount: 3 }), fc.string({ unit: 'grapheme', maxLength: 90 })), {
        minLength: 4,
        maxLength: 60,
      })
      .map((pieces) => pieces.join('\n'));
    fc.assert(
      fc.property(text, fc.integer({ min: 200, max: 1_400 }), (long, longest) => {
        const { hub, parts } = splitLong(long, Math.max(longest, 500));
        for (const part of [hub, ...parts]) expect(lengthOf(part)).toBeLessThanOrEqual(Math.max(longest, 500));
        const bare = (value: string): string => value.replace(/\s+/gu, '');
        const title = / \(part 1 of \d+\): /.exec(parts[0] ?? '')?.index ?? 0;
        const inner = parts.map((part) => part.slice(title).replace(/^ \(part \d+ of \d+\): /, ''));
        expect(bare(inner.join(''))).toBe(bare(long));
      }),
    );
  });
});

describe('our own lines', () => {
  it('say of an entry what they are read back as', () => {
    const entry = portableEntry.parse({
      id: 12,
      revision: 1,
      owner: 'human:robin',
      author: 'agent:claude',
      category: 'facts',
      visibility: 'shared',
      readers: ['human:sam'],
      tags: ['a', 'b'],
      keywords: 'k',
      importance: 0.3,
      source: 'https://wiki.example.net/backup',
      session: 's1',
      seq: 4,
      valid_from: '2026-03-01T00:00:00.000Z',
      recorded: '2026-03-01T09:30:00.123Z',
      updated: '2026-03-02T09:30:00.000Z',
      links: ['supersedes:7'],
      content: 'A text.',
    });
    const read = readRow(jsonlOf(entry));
    expect(read).toMatchObject({
      unknown: [],
      row: {
        id: '12',
        content: 'A text.',
        tags: ['a', 'b'],
        visibility: 'shared',
        readers: ['human:sam'],
        session: 's1',
        seq: 4,
        links: [{ type: 'supersedes', to: '7' }],
        created_at: new Date(entry.recorded),
      },
    });
    const { content: _, ...rest } = entry;
    const { planned, refused } = planJsonl(jsonlOf({ ...rest, cipher: 'AAEC', sealed_with: 'age' }), { file });
    expect(refused).toEqual([]);
    expect(planned).toMatchObject([
      { draft: { content: '', sensitive: true, tags: ['a', 'b'], sealed: { sealedWith: 'age' } } },
    ]);
    expect(Buffer.from(planned[0]?.draft.sealed?.cipher ?? [])).toEqual(Buffer.from([0, 1, 2]));
  });
});
