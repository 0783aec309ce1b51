import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linkTypes } from '../entry.ts';
import { judgeFile } from './judge-file.ts';
import { fileNameOf, markdownOf, readMarkdown } from './markdown.ts';
import { type PortableEntry, portableEntry } from './portable.ts';

const moment = fc
  .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());
const words = fc.string({ unit: 'binary', maxLength: 60 }).map((text) => text.toWellFormed());
const entries: fc.Arbitrary<PortableEntry> = fc
  .record(
    {
      id: fc.integer({ min: 1, max: 1e9 }),
      revision: fc.integer({ min: 1, max: 99 }),
      owner: words,
      author: words,
      category: words,
      visibility: fc.constantFrom('private' as const, 'shared' as const, 'public' as const),
      readers: fc.array(words, { maxLength: 3 }),
      tags: fc.array(words, { maxLength: 4 }),
      keywords: words,
      importance: fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100),
      source: words,
      session: words,
      seq: fc.nat(),
      valid_from: moment,
      valid_to: moment,
      recorded: moment,
      updated: moment,
      links: fc.array(
        fc.tuple(fc.constantFrom(...linkTypes), fc.integer({ min: 1, max: 1e6 })).map(([type, to]) => `${type}:${to}`),
        { maxLength: 3 },
      ),
    },
    {
      requiredKeys: [
        'id',
        'revision',
        'owner',
        'author',
        'category',
        'visibility',
        'readers',
        'tags',
        'keywords',
        'importance',
        'valid_from',
        'recorded',
        'updated',
        'links',
      ],
    },
  )
  .chain((frame) =>
    fc.oneof(
      fc.oneof(words, fc.string({ unit: fc.constantFrom('-', '\n', '\r', ' ', 'a', ':', '#') })).map((content) => ({
        ...frame,
        content,
      })),
      fc
        .tuple(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.constantFrom('age', 'transit:transit/memories'))
        .map(([bytes, sealedWith]) => ({
          ...frame,
          cipher: Buffer.from(bytes).toString('base64'),
          sealed_with: sealedWith,
        })),
    ),
  );

const sample = portableEntry.parse({
  id: 12,
  revision: 3,
  owner: 'human:robin',
  author: 'agent:claude',
  category: 'facts',
  visibility: 'private',
  readers: [],
  tags: ['dns', 'pi hole'],
  keywords: 'resolver blocklist',
  importance: 0.5,
  valid_from: '2026-03-01T00:00:00.000Z',
  recorded: '2026-03-01T09:30:00.123Z',
  updated: '2026-03-02T09:30:00.000Z',
  links: ['supersedes:7'],
  content: 'The resolver of the house is 192.0.2.53: "no" other answers.\n\n---\nIt is restarted at night.',
});

describe('an entry as a file', () => {
  it('comes back as it was, to the last byte, and is known to be untouched', () => {
    fc.assert(
      fc.property(entries, (entry) => {
        const text = markdownOf(entry);
        const { front, content, cipher, untouched } = readMarkdown(text);
        expect(untouched).toBe(true);
        expect(content).toBe(entry.content);
        expect(cipher && Buffer.from(cipher).toString('base64')).toBe(entry.cipher);
        const { content: _, cipher: __, ...expected } = entry;
        const { text_digest: ___, ...read } = JSON.parse(JSON.stringify(front));
        expect(read).toEqual(JSON.parse(JSON.stringify(expected)));
      }),
      { numRuns: 500 },
    );
  });

  it('is the same bytes for the same entry, whatever the order of its keys', () => {
    const turned = Object.fromEntries(Object.entries(sample).reverse());
    expect(markdownOf(portableEntry.parse(turned))).toBe(markdownOf(sample));
    expect(markdownOf(sample).replace(/digest: sha256-[0-9a-f]{16}$/gm, 'digest: DIGEST')).toBe(
      [
        '---',
        'id: 12',
        'revision: 3',
        'owner: human:robin',
        'author: agent:claude',
        'category: facts',
        'visibility: private',
        'tags:',
        '  - dns',
        '  - "pi hole"',
        'keywords: "resolver blocklist"',
        'importance: 0.5',
        'valid_from: 2026-03-01T00:00:00.000Z',
        'recorded: 2026-03-01T09:30:00.123Z',
        'updated: 2026-03-02T09:30:00.000Z',
        'links:',
        '  - supersedes:7',
        'text_digest: DIGEST',
        'digest: DIGEST',
        '---',
        '',
        'The resolver of the house is 192.0.2.53: "no" other answers.',
        '',
        '---',
        'It is restarted at night.',
        '',
      ].join('\n'),
    );
  });

  it('never holds the text of a sensitive one, and holds what opens it as its tool wants it', () => {
    const { content: _, ...rest } = sample;
    const text = markdownOf({ ...rest, cipher: Buffer.from('sealed bytes').toString('base64'), sealed_with: 'age' });
    expect(text).toContain('-----BEGIN AGE ENCRYPTED FILE-----');
    expect(text).toContain('sealed_with: age');
    expect(fileNameOf(rest)).toBe('12-sealed.md');
  });

  it('of a sealed one is taken into another store sealed, and is unchanged in its own', () => {
    const { content: _, ...frame } = sample;
    const sealed = { ...frame, cipher: Buffer.from('sealed bytes').toString('base64'), sealed_with: 'age' };
    const file = readMarkdown(markdownOf(sealed));
    const verdict = judgeFile(file, undefined);
    expect(verdict).toMatchObject({
      kind: 'new',
      draft: { content: '', keywords: 'resolver blocklist', sealed: { sealedWith: 'age' } },
    });
    const cipher = verdict.kind === 'new' ? verdict.draft.sealed?.cipher : undefined;
    expect(Buffer.from(cipher ?? []).toString()).toBe('sealed bytes');
    expect(judgeFile(file, sealed)).toEqual({ kind: 'unchanged', id: 12 });
    expect(judgeFile(file, sample)).toMatchObject({ kind: 'new', draft: { sealed: { sealedWith: 'age' } } });
  });

  it('is named by its id and by words anybody may read', () => {
    expect(fileNameOf(sample)).toBe('12-the-resolver-of-the-house-is-192-0-2-53.md');
    expect(fileNameOf({ ...sample, content: '../../etc/passwd\u0000' })).toBe('12-etc-passwd.md');
    expect(fileNameOf({ ...sample, content: 'Заметка о сервере' })).toBe('12-facts.md');
    expect(fileNameOf({ ...sample, content: 'Größe für Zoë' })).toBe('12-gro-e-fur-zoe.md');
  });
});

describe('a file that was written or changed by hand', () => {
  it('is read with as little as a text, by Windows line ends and with a byte order mark', () => {
    expect(readMarkdown('---\n---\nJust a text.\n')).toMatchObject({ content: 'Just a text.', untouched: false });
    const converted = `\ufeff${markdownOf(sample).replaceAll('\n', '\r\n')}`;
    expect(readMarkdown(converted)).toMatchObject({ content: sample.content, untouched: true });
  });

  it('is seen to be touched', () => {
    const changed = markdownOf(sample).replace('at night', 'at noon');
    expect(readMarkdown(changed)).toMatchObject({ untouched: false, front: { id: 12, revision: 3 } });
  });

  it.each([
    ['catgory: facts', 'unknown in front matter: catgory'],
    ['tags: dns', 'tags:'],
    ['tags: [2026]', 'tags.0:'],
    ['importance: 7', 'importance:'],
    ['valid_from: yesterday', 'valid_from:'],
    ['links: [blocks:3]', 'links.0:'],
    ['id: 1\nid: 2', 'no YAML'],
    ['a: &a [x]\ntags: *a', 'aliases'],
    ['sealed_with: age', 'no cipher text'],
  ])('is refused for `%s`, and told why', (line, why) => {
    expect(() => readMarkdown(`---\n${line}\n---\n\nplain words!\n`)).toThrow(why);
  });

  it('is refused without front matter, or with one that never ends', () => {
    expect(() => readMarkdown('# Notes\n')).toThrow('front matter');
    expect(() => readMarkdown('---\ntags: []\n')).toThrow('not closed');
  });
});
