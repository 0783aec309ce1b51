import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { proveSocketFolder } from './socket-folder.ts';

it('refuses a folder of another user', () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'keep-folder-')));
  try {
    const mine = process.geteuid?.() ?? 0;
    expect(() => proveSocketFolder(join(folder, 'a', 'keep.sock'))).not.toThrow();
    // Root's own is fine for everybody: so the stranger is asked of a folder that is not root's, or there is none.
    if (mine !== 0) expect(() => proveSocketFolder(join(folder, 'a', 'keep.sock'), mine + 1)).toThrow();
    expect(() => proveSocketFolder(join(folder, 'x'.repeat(120), 'keep.sock'))).toThrow(
      expect.objectContaining({ code: 'keep-folder-unsafe' }),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
