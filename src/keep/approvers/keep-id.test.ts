import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { KeepScratch } from '../config/scratch.fixture.ts';
import { loadKeepId } from './keep-id.ts';

it('a keep has one id, made once, and no other keep has it', () => {
  using one = new KeepScratch();
  using other = new KeepScratch();
  const id = loadKeepId(one.folder);
  expect(id).toMatch(/^keep_[0-9a-f]{32}$/);
  expect(loadKeepId(one.folder)).toBe(id);
  expect(loadKeepId(other.folder)).not.toBe(id);
  chmodSync(join(one.folder, 'keys/keep-id.key'), 0o644);
  expect(() => loadKeepId(one.folder)).toThrow(expect.objectContaining({ code: 'key-file-exposed' }));
});
