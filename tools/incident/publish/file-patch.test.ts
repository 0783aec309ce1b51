import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filePatch } from './file-patch.ts';

/** What git would make of it: the lines with a plus, ended as the patch says. */
function applied(patch: string): { readonly before: string; readonly after: string } {
  const body = patch.slice(patch.indexOf('@@ -'));
  const lines = body.slice(body.indexOf('\n') + 1, -1).split('\n');
  const side = (sign: string): string =>
    lines
      .map((line, index) => ({ line, isEnded: lines[index + 1] !== '\\ No newline at end of file' }))
      .filter(({ line }) => line.startsWith(sign))
      .map(({ line, isEnded }) => `${line.slice(1)}${isEnded ? '\n' : ''}`)
      .join('');
  return { before: side('-'), after: side('+') };
}

describe('a patch of a file', () => {
  it('makes a new one', () => {
    expect(filePatch('docs/a.md', undefined, 'one\ntwo\n')).toBe(
      'diff --git a/docs/a.md b/docs/a.md\nnew file mode 100644\n--- /dev/null\n+++ b/docs/a.md\n@@ -0,0 +1,2 @@\n+one\n+two\n',
    );
  });

  it('takes the place of what stands there, whatever either holds', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '\n', '-', '+', '@', ' ', '\r', '\\') });
    fc.assert(
      fc.property(text, text, (before, after) => {
        expect(applied(filePatch('a.md', before, after))).toEqual({ before, after });
      }),
    );
  });
});
