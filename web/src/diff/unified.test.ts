import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countLines, parseUnifiedDiff } from './unified.ts';

describe('a unified diff', () => {
  it('numbers the lines of both sides', () => {
    expect(parseUnifiedDiff('@@ -7 +7 @@\n a\n-b\n+c\n+d\n e')).toEqual([
      { kind: 'hunk', text: '@@ -7 +7 @@' },
      { kind: 'same', text: 'a', before: 7, after: 7 },
      { kind: 'removed', text: 'b', before: 8 },
      { kind: 'added', text: 'c', after: 8 },
      { kind: 'added', text: 'd', after: 9 },
      { kind: 'same', text: 'e', before: 9, after: 10 },
    ]);
  });

  it('takes hunks with counts, and the names of the files before them', () => {
    const lines = parseUnifiedDiff('--- a/x.tf\n+++ b/x.tf\n@@ -1,2 +1,2 @@\n x\n-y\n+z\n');
    expect(lines.map(({ kind }) => kind)).toEqual(['hunk', 'same', 'removed', 'added']);
  });

  it('takes a removed line that looks like the name of a file for what it is', () => {
    const lines = parseUnifiedDiff('@@ -1 +1 @@\n--- a/secret\n+++ b/secret\n+@@ -9 +9 @@');
    expect(lines.slice(1)).toEqual([
      { kind: 'removed', text: '-- a/secret', before: 1 },
      { kind: 'added', text: '++ b/secret', after: 1 },
      { kind: 'added', text: '@@ -9 +9 @@', after: 2 },
    ]);
  });

  it('takes a text without hunks as one', () => {
    expect(parseUnifiedDiff('+#!/bin/sh\n+set -eu')).toEqual([
      { kind: 'added', text: '#!/bin/sh', after: 1 },
      { kind: 'added', text: 'set -eu', after: 2 },
    ]);
  });

  it('counts, and has nothing for an empty one', () => {
    expect(countLines(parseUnifiedDiff('@@ -1 +1 @@\n-a\n+b\n+c'))).toEqual({ added: 2, removed: 1 });
    expect(parseUnifiedDiff('')).toEqual([]);
  });

  it('shows every line after the first hunk', () => {
    fc.assert(
      fc.property(fc.array(fc.string().map((text) => text.replaceAll('\n', ''))), (lines) => {
        const text = ['@@ -1 +1 @@', ...lines, '+end'].join('\n');
        expect(parseUnifiedDiff(text)).toHaveLength(lines.length + 2);
      }),
    );
  });
});
