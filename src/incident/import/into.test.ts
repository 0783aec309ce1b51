import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createCorpora } from '../../../memory/corpus/corpora.ts';
import type { Corpora } from '../../../memory/corpus/port.ts';
import { Notebook } from '../../../memory/recall/notebook.fixture.ts';
import { documents } from '../../../test/lab/homelab/documents.ts';
import { drawHomelab } from '../../../test/lab/homelab/model.ts';
import { postMortemFiles } from '../../../test/lab/homelab/post-mortems.ts';
import { nameMaker } from '../../../test/lab/sample/names.ts';
import { openScratchDatabase } from '../../store/scratch-database.fixture.ts';
import { ActionShelf } from '../history/actions.fixture.ts';
import { openHistory } from '../history/open.ts';
import type { History } from '../history/port.ts';
import { openKnowledge } from '../knowledge/open.ts';
import type { GivenFile } from './imported.ts';
import { type ImportPorts, importInto } from './into.ts';

const scratch = await openScratchDatabase();
afterAll(() => scratch[Symbol.asyncDispose]());

const now = new Date('2026-06-01T12:00:00Z');
const stacks = drawHomelab(
  Array.from({ length: 30 }, (_, index) => `namespace-${index}`),
  nameMaker([]),
);
const household: readonly GivenFile[] = [
  ...[...postMortemFiles(stacks, now)].map(([path, { text }]) => ({ path, text })),
  ...[...documents(stacks)].map(([path, text]) => ({ path, text })),
];

describe('an import', () => {
  let ports: ImportPorts;
  let history: History;
  let actions: ActionShelf;
  let index: Corpora;
  beforeEach(async () => {
    const { database, lent } = scratch;
    const notebook = new Notebook(database);
    await notebook.clear();
    await database.execute('truncate castellan.past_report, castellan.known_issue, castellan.runbook');
    index = createCorpora(notebook.dependencies);
    actions = new ActionShelf();
    const redact = (text: string) => ({ text, counts: {} });
    const corpora = async () => index;
    history = openHistory({ database: lent, corpora, actions, redact, now: () => now });
    ports = {
      history,
      record: actions,
      knowledge: openKnowledge({ database: lent }),
      corpora,
      redact,
      write: { by: { agent: 'agent:import', human: 'human:robin' }, now },
    };
  });

  const rows = async (): Promise<unknown> =>
    Promise.all(
      ['past_report', 'known_issue', 'runbook', 'section'].map((table) =>
        scratch.database.query(`select xmin::text, t.* from castellan.${table} t order by 2, 3`),
      ),
    );

  it('of the household takes everything in, and a second one changes nothing', async () => {
    const first = await importInto(ports, household);
    expect(first).toMatchObject({
      reports: { added: 8, changed: 0, unchanged: 0, own: 0 },
      actions: { added: 16 },
      issues: { added: 3 },
      runbooks: { added: 5 },
      gone: [],
    });
    expect(first.missing).toHaveLength(16);
    const before = await rows();
    const writes = actions.writes;
    const second = await importInto(ports, household);
    expect(second).toMatchObject({
      reports: { added: 0, changed: 0, unchanged: 8 },
      actions: { added: 0, changed: 0, unchanged: 16 },
      issues: { added: 0, changed: 0, unchanged: 3 },
      runbooks: { added: 0, changed: 0, unchanged: 5 },
    });
    expect(await rows()).toEqual(before);
    expect(actions.writes).toBe(writes);
  });

  it('makes it all findable: the report with its open action, the runbook', async () => {
    await importInto(ports, household);
    const signal = new AbortController().signal;
    const { candidates } = await history.search(
      { text: 'phones cannot upload, TLS certificate is expired', limit: 3 },
      signal,
    );
    expect(candidates[0]?.document).toContain('certificate-expired-on-a-sunday');
    expect(candidates[0]?.actions.filter(({ status }) => status === 'open').map(({ title }) => title)).toEqual([
      'alert when a certificate has less than 14 days left',
    ]);
    const { candidates: books } = await history.search({ text: 'remove a terraform state lock', limit: 3 }, signal);
    expect(books[0]).toMatchObject({ kind: 'runbook', document: 'state-lock' });
  });

  it('tells what vanished, and deletes none of it', async () => {
    await importInto(ports, household);
    const gone = household.filter(({ path }) => !/mail-queue|state-lock/.test(path));
    const { gone: told } = await importInto(ports, gone);
    expect(told.map((path) => path.replace(/\d{4}-\d\d-\d\d/, 'day'))).toEqual([
      'docs/post-mortems/day-mail-queue-full.md',
      'docs/runbooks/state-lock.md',
    ]);
    expect(await history.reports()).toHaveLength(8);
    expect(await ports.knowledge.runbooks()).toHaveLength(5);
  });

  it('leaves what was said of an action since, until its report is written anew', async () => {
    const file = {
      path: 'post-mortems/2026-03-14-web.md',
      text: '# Web\n\n## Root cause\n\nport\n\n## Actions\n\n- [ ] pin the port\n- [ ] test the port\n- [ ] tell the port\n',
    };
    await importInto(ports, [file]);
    actions.settle('pin the port', { status: 'in-progress', owner: 'kim' });
    actions.settle('test the port', { status: 'landed', verified: { result: 'pass', at: now, detail: 'seen' } });
    await importInto(ports, [file]);
    const state = async () =>
      (await actions.actions({ report: '2026-03-14-web', limit: 9, skip: 0 })).actions.map(({ status, owner }) => [
        status,
        owner,
      ]);
    expect(await state()).toEqual([
      ['in-progress', 'kim'],
      ['landed', undefined],
      ['open', undefined],
    ]);
    const done = await importInto(ports, [
      { ...file, text: file.text.replace('- [ ] pin', '- [x] pin').replace('tell', 'tell of') },
    ]);
    expect(done).toMatchObject({ reports: { changed: 1 }, actions: { added: 1, changed: 1, unchanged: 1 } });
    // What was tested stays as it was tested, and what is gone from the file stays promised.
    expect(await state()).toEqual([
      ['landed', 'kim'],
      ['landed', undefined],
      ['open', undefined],
      ['open', undefined],
    ]);
  });

  it('does not take a published report of ours for somebody else’s', async () => {
    const text =
      '---\nincident_id: inc_abcdefghij\n---\n# Web\n\n## Root cause\n\nport\n\n## Actions\n\n- pin the port\n';
    await history.learn({
      slug: '2026-03-14-web-inc-abcdefghij',
      title: 'Web',
      at: now,
      severity: 'SEV2',
      services: [],
      namespaces: [],
      symptom: 's',
      cause: 'c',
      fix: 'f',
      alerts: [],
      markdown: text,
      origin: 'inc_abcdefghij',
      incident: 'inc_abcdefghij',
    });
    const done = await importInto(ports, [{ path: 'docs/post-mortems/2026-03-14-web.md', text }]);
    expect(done).toMatchObject({ reports: { own: 1, added: 0 }, actions: { added: 0 }, gone: [] });
    expect(await history.reports()).toHaveLength(1);
  });
});
