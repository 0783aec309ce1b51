import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { renderDocuments, snapshotFolder } from '../../scripts/documents/documents.ts';
import { declaredErrors } from '../../src/kit/index.ts';
import { listFiles, repository } from './sources.ts';

const documents = await renderDocuments();

describe('what is made from the code', () => {
  test.each([...documents])('%s is current (npm run docs)', (path, text) => {
    const file = new URL(path, repository);
    expect(existsSync(file) ? readFileSync(file, 'utf8') : 'no such file').toBe(text);
  });

  test('no snapshot is left of a tool that is gone', () => {
    expect(listFiles([snapshotFolder]).filter((path) => !documents.has(path))).toEqual([]);
  });

  test('errors say what they mean in one sentence', () => {
    const odd = declaredErrors().filter(({ meaning }) => !/^[A-Z`].*\.$/s.test(meaning) || meaning.includes('\n'));
    expect(odd).toEqual([]);
  });
});
