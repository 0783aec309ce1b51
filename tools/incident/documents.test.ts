import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { incidentError } from '../../src/incident/errors.ts';
import type { ImportDone } from '../../src/incident/import/into.ts';
import { watchDocuments } from './documents.ts';
import type { ImportedFile } from './port.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'castellan-documents-'));
  mkdirSync(join(root, 'past', 'deep'), { recursive: true });
  writeFileSync(join(root, 'past', 'one.md'), '# one');
  writeFileSync(join(root, 'past', 'deep', 'two.html'), '<h1>two</h1>');
  writeFileSync(join(root, 'past', 'picture.png'), 'x');
  writeFileSync(join(root, 'secret.md'), 'not of this folder');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const none = { added: 0, changed: 0, unchanged: 0 };
const done: ImportDone = {
  reports: { ...none, added: 2, own: 0 },
  actions: none,
  issues: none,
  runbooks: none,
  gone: [],
  unread: [],
  missing: [],
  notes: [],
};

function watching(
  folders: { readonly postMortems?: readonly string[]; readonly runbooks?: readonly string[] },
  result: () => Promise<ImportDone> = async () => done,
) {
  const given: ImportedFile[][] = [];
  const said: string[] = [];
  const documents = watchDocuments({
    folders: { postMortems: [], knownIssues: [], runbooks: [], ...folders },
    importFiles: async (files) => {
      given.push([...files]);
      return result();
    },
    log: { warn: (_, event) => void said.push(event) },
  });
  return { given, said, documents };
}

describe('documents of the household', () => {
  it('are read with all folders below, under what they are, and nothing else is', async () => {
    const { given, documents } = watching({ postMortems: [join(root, 'past')] });
    await documents.look();
    expect(given[0]?.map(({ path }) => path).toSorted()).toEqual([
      'post-mortems/past/deep/two.html',
      'post-mortems/past/one.md',
    ]);
    expect(documents.findings()).toEqual([
      { check: 'documents', status: 'pass', detail: '2 files: 2 reports, 0 known issues, 0 runbooks' },
    ]);
  });

  it('are not sought behind links', async () => {
    symlinkSync(join(root, 'secret.md'), join(root, 'past', 'link.md'));
    symlinkSync(root, join(root, 'past', 'all'));
    symlinkSync(join(root, 'past'), join(root, 'past', 'deep', 'round'));
    const { given, documents } = watching({ postMortems: [join(root, 'past')] });
    await documents.look();
    expect(given[0]?.map(({ path }) => path)).toEqual(['post-mortems/past/deep/two.html', 'post-mortems/past/one.md']);
    expect(JSON.stringify(given)).not.toContain('not of this folder');
  });

  it('are not what is hidden', async () => {
    mkdirSync(join(root, 'past', '.git'));
    writeFileSync(join(root, 'past', '.git', 'kept.md'), '# an old one');
    writeFileSync(join(root, 'past', '.draft.md'), '# a draft');
    const { given, documents } = watching({ postMortems: [join(root, 'past')] });
    await documents.look();
    expect(given[0]).toHaveLength(2);
  });

  it('that cannot be read are named, and keep no other out', async () => {
    const { given, documents } = watching({ postMortems: [join(root, 'absent'), join(root, 'past')] }, async () => ({
      ...done,
      unread: [{ path: 'post-mortems/past/one.md', line: 3, what: 'report', why: 'it has no day' }],
    }));
    await documents.look();
    expect(given[0]).toHaveLength(2);
    const [finding] = documents.findings();
    expect(finding?.status).toBe('unknown');
    expect(finding?.detail).toContain('absent (ENOENT)');
    expect(finding?.detail).toContain('post-mortems/past/one.md:3 (it has no day)');
  });

  it('say that they were not looked at yet, and what went wrong', async () => {
    const away = incidentError('incident-full', { message: 'no room', next: 'make some' });
    const { said, documents } = watching({ runbooks: [join(root, 'past')] }, () => Promise.reject(away));
    await using watched = documents;
    expect(watched.findings()[0]?.status).toBe('unknown');
    watched.keepLooking();
    await expect.poll(() => watched.findings()[0]?.status).toBe('fail');
    expect(said).toEqual(['incident.documents-unread']);
  });

  it('are nobody’s concern where none are configured', async () => {
    const { given, documents } = watching({});
    documents.keepLooking();
    expect([documents.findings(), given]).toEqual([[], []]);
  });
});
