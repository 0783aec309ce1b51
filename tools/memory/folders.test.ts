import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Memory } from '../../memory/engine.ts';
import { openFolders } from './folders.ts';

it('a folder that cannot be indexed is a finding that points at the log, and the log has why', async () => {
  const path = mkdtempSync(join(tmpdir(), 'castellan-folders-'));
  writeFileSync(join(path, 'nas.md'), '# NAS\n');
  const cause = new Error('the index is somewhere else');
  const logged: (readonly [object, string])[] = [];
  const log = { warn: (fields: object, event: string) => void logged.push([fields, event]) };
  await using folders = openFolders([{ name: 'runbooks', path }], (text) => ({ text, counts: {} }), log);
  const corpora = {
    open: () => {
      throw cause;
    },
  };

  await folders.look({ corpora } as unknown as Memory);

  expect(folders.findings()).toMatchObject([{ status: 'fail', next: 'see the log of the daemon' }]);
  expect(logged).toEqual([[{ err: cause, folder: 'runbooks' }, 'documents.unread']]);
  rmSync(path, { recursive: true });
});
