import { expect, it } from 'vitest';
import { diffOf } from './given-patch.ts';
import { principal } from './keep.fixture.ts';
import type { PreparedPatches } from './prepared-patches.ts';

const asked: unknown[] = [];
const patches: PreparedPatches = {
  keep: () => Promise.reject(new Error('looked at only')),
  diffOf: async (id, of) => {
    asked.push([id, of.human]);
    return 'the diff';
  },
};
const now = new Date('2026-03-01T10:00:00.000Z');
const given = (patch: string | undefined) => diffOf(patch, patches, { principal, now });

it('what begins like an id is looked up as one, and never taken for a diff', async () => {
  for (const text of ['patch_x', ' patch_x\n', 'PATCH_x', '"patch_x"', '`patch_x`', 'patch_x\n--- a/x\n+++ b/x\n']) {
    asked.length = 0;
    expect(await given(text)).toBe('the diff');
    expect(asked).toEqual([[text.trim(), 'human:robin']]);
  }
});

it('a diff is itself, also of files whose names begin so', async () => {
  asked.length = 0;
  for (const text of ['--- a/x\n+++ b/x\n', '--- patch_dir/x\n+++ patch_dir/x\n', 'diff --git a/patch_ b/patch_', '']) {
    expect(await given(text)).toBe(text);
  }
  expect(await given(undefined)).toBeUndefined();
  expect(asked).toEqual([]);
});
