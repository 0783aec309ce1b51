import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FileState, indexFolder } from './folder.ts';
import type { Corpus, CorpusDocument } from './port.ts';

/** Keeps what it is given, as the index would. */
class Shelf implements Corpus {
  readonly name = 'docs';
  readonly documents = new Map<string, CorpusDocument>();
  put(documents: readonly CorpusDocument[]) {
    for (const document of documents) this.documents.set(document.name, document);
    return Promise.resolve({ changed: documents.length, sections: documents.length });
  }
  async keepOnly(names: readonly string[]) {
    const gone = [...this.documents.keys()].filter((name) => !names.includes(name));
    await this.remove(gone);
    return { removed: gone.length };
  }
  remove(names: readonly string[]) {
    for (const name of names) this.documents.delete(name);
    return Promise.resolve();
  }
  search() {
    return Promise.resolve([]);
  }
}

let home: string;
let shelf: Shelf;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'castellan-folder-'));
  mkdirSync(join(home, 'docs'));
  shelf = new Shelf();
});
afterEach(() => rmSync(home, { recursive: true }));

const redact = (text: string) => ({ text: text.replaceAll('hunter2', '[hidden]'), counts: {} });
const write = (path: string, content: string | Uint8Array): void => {
  mkdirSync(dirname(join(home, path)), { recursive: true });
  writeFileSync(join(home, path), content);
};
const index = (options: { readonly glob?: string; readonly known?: Map<string, FileState> } = {}) =>
  indexFolder(shelf, join(home, 'docs'), { redact, ...options });
const names = (): readonly string[] => [...shelf.documents.keys()].sort();

describe('a folder as a corpus', () => {
  it('is its Markdown at any depth, with titles and days, redacted', async () => {
    write('docs/a.md', '# Restore a claim\n\nthe password is hunter2');
    write('docs/deep/er/2026-03-04-outage.markdown', '---\ntitle: "The outage"\n---\ntext');
    write('docs/b.md', '---\ndate: 2025-12-01\n---\nno title');
    write('docs/c.txt', 'no');
    write('docs/.git/d.md', 'no');
    expect(await index()).toEqual({ files: 3, changed: 3, removed: 0, passedOver: [] });
    expect([...shelf.documents.values()]).toEqual([
      { name: 'a.md', title: 'Restore a claim', text: '# Restore a claim\n\nthe password is [hidden]' },
      { name: 'b.md', title: 'b.md', text: expect.any(String), at: new Date('2025-12-01') },
      {
        name: 'deep/er/2026-03-04-outage.markdown',
        title: 'The outage',
        text: expect.any(String),
        at: new Date('2026-03-04'),
      },
    ]);
  });

  it('is what the glob names', async () => {
    write('docs/a.md', 'a');
    write('docs/runbooks/b.md', 'b');
    write('docs/runbooks/c.yaml', 'c: 1');
    await index({ glob: 'runbooks/**' });
    expect(names()).toEqual(['runbooks/b.md', 'runbooks/c.yaml']);
  });

  it('is read again where size or time changed, and what is gone leaves', async () => {
    const known = new Map<string, FileState>();
    write('docs/a.md', 'one');
    write('docs/b.md', 'two');
    await index({ known });
    expect(await index({ known })).toMatchObject({ files: 2, changed: 0 });
    write('docs/a.md', 'three');
    rmSync(join(home, 'docs/b.md'));
    expect(await index({ known })).toEqual({ files: 1, changed: 1, removed: 1, passedOver: [] });
    expect(shelf.documents.get('a.md')?.text).toBe('three');
    const { atime, mtime } = statSync(join(home, 'docs/a.md'));
    utimesSync(join(home, 'docs/a.md'), atime, new Date(mtime.getTime() + 5_000));
    expect(await index({ known })).toMatchObject({ changed: 1 });
  });

  it('is nothing that a link leads to, to a file or to a folder, out of it or within', async () => {
    write('outside/secret.md', 'not of this folder');
    write('docs/a.md', 'a');
    symlinkSync(join(home, 'outside/secret.md'), join(home, 'docs/link.md'));
    symlinkSync(join(home, 'outside'), join(home, 'docs/folder'));
    symlinkSync('/etc/hostname', join(home, 'docs/etc.md'));
    symlinkSync('..', join(home, 'docs/loop'));
    await index({ glob: '**' });
    expect(names()).toEqual(['a.md']);
  });

  it('is nothing that a folder leads to which became a link while it was read', async () => {
    write('outside/secret.md', 'not of this folder');
    write('docs/a.md', 'a');
    write('docs/later/secret.md', 'of this folder');
    const swapping = (text: string) => {
      rmSync(join(home, 'docs/later'), { recursive: true, force: true });
      symlinkSync(join(home, 'outside'), join(home, 'docs/later'));
      return { text, counts: {} };
    };
    const { passedOver } = await indexFolder(shelf, join(home, 'docs'), { redact: swapping });
    expect(names()).toEqual(['a.md']);
    expect(passedOver).toEqual([{ path: 'later/secret.md', why: 'it is a link' }]);
  });

  it('may itself be reached by a link', async () => {
    write('docs/a.md', 'a');
    symlinkSync(join(home, 'docs'), join(home, 'here'));
    await indexFolder(shelf, join(home, 'here'), { redact });
    expect(names()).toEqual(['a.md']);
  });

  it('passes over what is too large or no text, and says which', async () => {
    write('docs/large.md', 'x'.repeat(1_048_577));
    write('docs/image.md', new Uint8Array([0x89, 0xff, 0xfe, 0x00]));
    write('docs/good.md', 'good');
    expect(await index()).toEqual({
      files: 1,
      changed: 1,
      removed: 0,
      passedOver: [
        { path: 'image.md', why: 'it is not UTF-8' },
        { path: 'large.md', why: 'it is larger than 1048576 bytes' },
      ],
    });
  });

  it('that is not there is an error that says what to do', async () => {
    await expect(indexFolder(shelf, join(home, 'nowhere'), { redact })).rejects.toMatchObject({
      code: 'corpus-invalid',
    });
  });
});
