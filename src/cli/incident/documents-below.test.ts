import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { documentsBelow } from './documents-below.ts';

const root = mkdtempSync(join(tmpdir(), 'castellan-documents-'));
afterAll(() => rmSync(root, { recursive: true }));

const write = (path: string, text: string | Buffer): void => {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), text);
};

test('documents of a folder are found by name; what is hidden, linked or no document is not', () => {
  write('notes/b.md', '# b');
  write('notes/deep/a.html', '<p>a</p>');
  write('notes/known.yaml', 'issues: []');
  write('notes/.git/c.md', 'hidden');
  write('notes/.draft.md', 'hidden');
  write('notes/picture.png', 'no document');
  write('outside/secret.md', 'outside');
  symlinkSync(join(root, 'outside/secret.md'), join(root, 'notes/link.md'));
  symlinkSync(join(root, 'outside'), join(root, 'notes/folder'));
  const { files, skipped } = documentsBelow(['notes'], root);
  expect(files.map(({ path }) => path)).toEqual(['notes/b.md', 'notes/deep/a.html', 'notes/known.yaml']);
  expect(skipped).toEqual([]);
});

test('what is too large or no text is told, not read', () => {
  write('odd/large.md', 'x'.repeat(1_048_577));
  write('odd/binary.md', Buffer.from([0xff, 0xfe, 0x00]));
  const { files, skipped } = documentsBelow(['odd'], root);
  expect(files).toEqual([]);
  expect(skipped.map(({ path, why }) => [path, why])).toEqual([
    ['odd/binary.md', 'it is no text'],
    ['odd/large.md', 'it is larger than 1 MB'],
  ]);
});

test('a single file may be named, whatever it is called', () => {
  write('one.txt', 'text');
  expect(documentsBelow(['one.txt'], root).files).toEqual([{ path: 'one.txt', text: 'text' }]);
  expect(() => documentsBelow(['nowhere'], root)).toThrow('ENOENT');
});
