import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ImportedDraft } from '../../../../memory/engine.ts';
import type { Changes } from '../../../../memory/entry.ts';
import { jsonlOf } from '../../../../memory/transfer/jsonl-row.ts';
import { type PortableEntry, portableEntry } from '../../../../memory/transfer/portable.ts';
import { Misuse } from '../arguments.ts';
import { type ImportStore, runImport } from './import-run.ts';
import { readSource } from './read-files.ts';
import { writeFolder } from './write-folder.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'castellan-transfer-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A store that keeps what it is given and knows a text again. */
class KeptEntries implements ImportStore {
  readonly entries = new Map<number, PortableEntry>();
  #last: number;
  readonly #recorded: string;

  constructor(first = 1, recorded = '2026-03-01T09:30:00.000Z') {
    this.#last = first - 1;
    this.#recorded = recorded;
  }

  async byIds(ids: readonly number[]) {
    return ids.flatMap((id) => this.entries.get(id) ?? []);
  }

  async storeAll(drafts: readonly ImportedDraft[]) {
    return drafts.map((draft) => {
      if (draft.content.includes('password')) return { outcome: 'refused' as const, message: 'it holds a secret' };
      const same = [...this.entries.values()].find(({ content }) => content === draft.content);
      if (same !== undefined) return { outcome: 'unchanged' as const, id: same.id };
      this.#last += 1;
      this.entries.set(this.#last, this.#entryOf(this.#last, draft));
      return { outcome: 'stored' as const, id: this.#last };
    });
  }

  async change(id: number, changes: Changes, links: readonly string[]) {
    const entry = this.entries.get(id);
    if (entry === undefined) return 'there is no such entry';
    const kept = entry.links.filter((link) => !links.includes(`-${link}`));
    const added = links.filter((link) => !link.startsWith('-'));
    const { content, category, tags } = changes;
    this.entries.set(id, {
      ...entry,
      ...(content === undefined ? {} : { content }),
      ...(category === undefined ? {} : { category }),
      ...(tags === undefined ? {} : { tags: [...tags] }),
      links: [...new Set([...kept, ...added])],
      revision: entry.revision + (Object.keys(changes).length > 0 ? 1 : 0),
    });
    return undefined;
  }

  list(): readonly PortableEntry[] {
    return [...this.entries.values()];
  }

  #entryOf(id: number, draft: ImportedDraft): PortableEntry {
    return portableEntry.parse({
      id,
      revision: 1,
      owner: 'human:robin',
      author: 'agent:claude',
      category: draft.category ?? 'facts',
      visibility: draft.visibility ?? 'private',
      readers: [...(draft.readers ?? [])],
      tags: [...(draft.tags ?? [])],
      keywords: draft.keywords ?? '',
      importance: draft.importance ?? 0.5,
      ...(draft.source === undefined ? {} : { source: draft.source }),
      valid_from: (draft.validFrom ?? new Date(this.#recorded)).toISOString(),
      recorded: draft.recordedAt?.toISOString() ?? this.#recorded,
      updated: this.#recorded,
      links: [],
      content: draft.content,
    });
  }
}

const options = { dryRun: false, progress: () => undefined };
const importFrom = (path: string, store: ImportStore, more: object = {}) =>
  runImport(readSource(path, undefined), store, { ...options, ...more });

async function sample(): Promise<KeptEntries> {
  const store = new KeptEntries();
  await store.storeAll([
    { content: 'DNS ran on the old server.', category: 'facts', tags: ['dns'] },
    { content: 'DNS runs on the router.', category: 'facts', importance: 0.9 },
    { content: 'Backups sleep.\n\nSecond paragraph.', source: 'https://wiki.example.net' },
  ]);
  await store.change(2, {}, ['supersedes:1']);
  return store;
}

describe('a folder of entries', () => {
  it('is written once, and again only where something changed', async () => {
    const store = await sample();
    expect(writeFolder(folder, store.list(), false)).toMatchObject({ written: 3, unchanged: 0 });
    expect(readdirSync(folder)).toEqual([
      '1-dns-ran-on-the-old-server.md',
      '2-dns-runs-on-the-router.md',
      '3-backups-sleep-second-paragraph.md',
    ]);
    expect(writeFolder(folder, store.list(), false)).toMatchObject({ written: 0, unchanged: 3, removed: 0 });
    await store.change(3, { content: 'Something else entirely.' }, []);
    store.entries.delete(1);
    expect(writeFolder(folder, store.list(), false)).toMatchObject({ written: 1, unchanged: 1, removed: 1 });
    expect(readdirSync(folder)).toEqual(['2-dns-runs-on-the-router.md', '3-backups-sleep-second-paragraph.md']);
  });

  it('never loses what a hand wrote: neither into a file of an entry, nor beside them', async () => {
    const store = await sample();
    writeFolder(folder, store.list(), false);
    const file = join(folder, '3-backups-sleep-second-paragraph.md');
    appendFileSync(file, 'A tail.\n');
    writeFileSync(join(folder, 'notes.md'), 'mine');
    writeFileSync(join(folder, '99-mine.md'), 'mine too');
    await store.change(3, { tags: ['changed-meanwhile'] }, []);
    const report = writeFolder(folder, store.list(), false);
    expect(report.kept).toEqual(['3-backups-sleep-second-paragraph.md', '99-mine.md']);
    expect(readFileSync(file, 'utf8')).toContain('A tail.');
    expect(existsSync(join(folder, 'notes.md'))).toBe(true);
    store.entries.delete(3);
    expect(writeFolder(folder, store.list(), false).kept).toContain('3-backups-sleep-second-paragraph.md');
  });

  it('changes nothing when it is read as it was written', async () => {
    const store = await sample();
    writeFolder(folder, store.list(), false);
    const before = JSON.stringify(store.list());
    expect(await importFrom(folder, store)).toMatchObject({ stored: 0, updated: 0, unchanged: 3, refused: [] });
    expect(JSON.stringify(store.list())).toBe(before);
  });

  it('updates entries by what was changed in it, links among it, and stores what is new', async () => {
    const store = await sample();
    writeFolder(folder, store.list(), false);
    const file = join(folder, '2-dns-runs-on-the-router.md');
    writeFileSync(
      file,
      readFileSync(file, 'utf8')
        .replace('the router', 'the router, port 53')
        .replace('  - supersedes:1', '  - see-also:3'),
    );
    writeFileSync(join(folder, 'new.md'), '---\ntags:\n  - nas\nlinks:\n  - part-of:3\n---\n\nA new one.\n');
    const report = await importFrom(folder, store);
    expect(report).toMatchObject({ stored: 1, updated: 1, unchanged: 2, linked: 1, refused: [] });
    expect(store.entries.get(2)).toMatchObject({
      content: 'DNS runs on the router, port 53.',
      links: ['see-also:3'],
      revision: 2,
    });
    expect(store.entries.get(4)).toMatchObject({ content: 'A new one.', links: ['part-of:3'] });
    const again = await importFrom(folder, store);
    expect(again).toMatchObject({
      stored: 0,
      refused: [expect.stringContaining('changed since this file was written')],
    });
  });

  it('is stored anew in another store, with its links, whatever the ids are called there', async () => {
    const store = await sample();
    writeFolder(folder, store.list(), false);
    const other = new KeptEntries(1, '2027-01-01T00:00:00.000Z');
    await other.storeAll([{ content: 'Another homelab’s first.' }, { content: 'Its second.' }]);
    const report = await importFrom(folder, other);
    expect(report).toMatchObject({ stored: 3, updated: 0, linked: 1, refused: [] });
    expect(other.entries.get(1)?.content).toBe('Another homelab’s first.');
    expect(other.entries.get(4)).toMatchObject({ content: 'DNS runs on the router.', links: ['supersedes:3'] });
    expect(await importFrom(folder, other)).toMatchObject({ stored: 0, unchanged: 3 });
  });

  it('takes nothing from behind a link', async () => {
    mkdirSync(join(folder, 'notes'));
    mkdirSync(join(folder, 'outside'));
    writeFileSync(join(folder, 'outside', 'a.md'), '---\n---\n\nNot of this folder.\n');
    symlinkSync(join(folder, 'outside'), join(folder, 'notes', 'linked'));
    symlinkSync(join(folder, 'outside', 'a.md'), join(folder, 'notes', 'linked.md'));
    writeFileSync(join(folder, 'notes', 'b.md'), '---\n---\n\nIts own.\n');
    expect(readSource(join(folder, 'notes'), undefined)).toMatchObject({ files: [{ name: 'b.md' }] });
  });

  it('says of every file that it cannot take why, and takes the others', async () => {
    mkdirSync(join(folder, '.git'));
    writeFileSync(join(folder, '.git', 'x.md'), 'no entry');
    writeFileSync(join(folder, 'a.md'), '# no front matter\n');
    writeFileSync(join(folder, 'b.md'), '---\ncatgory: facts\n---\n\nText.\n');
    writeFileSync(join(folder, 'c.md'), Buffer.from([0x2d, 0xff, 0xfe]));
    writeFileSync(join(folder, 'd.md'), `---\n---\n\n${'x'.repeat(70_000)}\n`);
    writeFileSync(join(folder, 'e.md'), '---\n---\n\nThe password is this.\n');
    writeFileSync(join(folder, 'f.md'), '---\n---\n\nFine.\n');
    const store = new KeptEntries();
    const { stored, refused } = await importFrom(folder, store);
    expect(stored).toBe(1);
    expect(refused.map((line) => line.split(':')[0])).toEqual(['a.md', 'b.md', 'c.md', 'd.md', 'e.md']);
  });
});

describe('a file of JSON lines', () => {
  it('is stored with its links, and once however often it is read', async () => {
    const rows = [
      { id: 70, content: 'The hub.', tags: 'a' },
      { id: 71, content: 'A part.', links: ['part-of:70', 'see-also:999'] },
      { id: 72, content: 'The password is here.' },
    ];
    const file = join(folder, 'memories.jsonl');
    writeFileSync(file, rows.map((row) => JSON.stringify(row)).join('\n'));
    const store = new KeptEntries(5);
    const report = await importFrom(file, store);
    expect(report).toMatchObject({ stored: 2, unchanged: 0, linked: 1, refused: ['line 3: it holds a secret'] });
    expect(report.notes).toEqual([expect.stringContaining('see-also:999')]);
    expect(store.entries.get(6)?.links).toEqual(['part-of:5']);
    expect(await importFrom(file, store)).toMatchObject({ stored: 0, unchanged: 2 });
  });

  it('goes on where it was stopped', async () => {
    const rows = Array.from({ length: 450 }, (_, index) => ({
      id: index,
      content: `Entry ${index}.`,
      links: index === 0 ? [] : [`see-also:${index - 1}`],
    }));
    const file = join(folder, 'memories.jsonl');
    writeFileSync(file, rows.map((row) => JSON.stringify(row)).join('\n'));
    const store = new KeptEntries();
    let parts = 0;
    const stopping: ImportStore = {
      byIds: (ids) => store.byIds(ids),
      change: (id, changes, links) => store.change(id, changes, links),
      storeAll: (drafts) => {
        parts += 1;
        return parts === 3 ? Promise.reject(new Error('power is gone')) : store.storeAll(drafts);
      },
    };
    await expect(importFrom(file, stopping)).rejects.toThrow('power is gone');
    expect(store.entries.size).toBe(200);
    expect(await importFrom(file, store)).toMatchObject({ stored: 250, unchanged: 200, linked: 449, refused: [] });
    expect(store.list().every(({ id, links }) => id === 1 || links.length === 1)).toBe(true);
  });

  it('comes back from our own export', async () => {
    const store = await sample();
    const file = join(folder, 'export.jsonl');
    writeFileSync(
      file,
      store
        .list()
        .map((entry) => `${jsonlOf(entry)}\n`)
        .join(''),
    );
    const other = new KeptEntries(10);
    expect(await importFrom(file, other)).toMatchObject({ stored: 3, linked: 1, refused: [], notes: [] });
    expect(other.entries.get(11)).toMatchObject({ importance: 0.9, links: ['supersedes:10'] });
  });

  it('is only looked at where that is asked for', async () => {
    const file = join(folder, 'memories.jsonl');
    writeFileSync(file, '{"id": 1, "content": "x y z"}\nno json');
    const store = new KeptEntries();
    expect(await importFrom(file, store, { dryRun: true })).toMatchObject({
      stored: 1,
      refused: [expect.stringContaining('line 2')],
    });
    expect(store.entries.size).toBe(0);
  });
});

it('says what it needs to know of a file', () => {
  expect(() => readSource(join(folder, 'missing'), undefined)).toThrow(Misuse);
  const file = join(folder, 'memories.txt');
  writeFileSync(file, '{}');
  expect(() => readSource(file, undefined)).toThrow('--format');
  renameSync(file, join(folder, 'one.md'));
  expect(readSource(join(folder, 'one.md'), undefined)).toMatchObject({
    format: 'markdown',
    files: [{ name: 'one.md' }],
  });
  expect(() => readSource(folder, 'jsonl')).toThrow(Misuse);
});
