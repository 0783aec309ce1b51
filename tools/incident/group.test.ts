import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Connection, JsonObject } from '../../src/kit/index.ts';
import { createRedactor } from '../../src/redaction/index.ts';
import { openScratchDatabase, type ScratchDatabase } from '../../src/store/scratch-database.fixture.ts';
import { draft } from './draft.ts';
import { gather } from './gather.ts';
import { incident } from './group.ts';
import { history } from './history.ts';
import { type Calling, callTool as call, injection, robin, secret } from './incident.fixture.ts';
import { list } from './list.ts';
import { open } from './open.ts';
import type { IncidentPorts } from './port.ts';
import { publish } from './publish.ts';
import { record } from './record.ts';
import { show } from './show.ts';
import { triage } from './triage.ts';
import { update } from './update.ts';

/** The group over its engines and a database, with nothing of a homelab behind it: what cannot be asked is unknown. */
let scratch: ScratchDatabase;
let folder = '';
let connection: Connection<unknown>;
let ports: IncidentPorts;
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const indexed = new Map<string, number>();
const corpora = async () => ({
  names: async () => [...indexed.keys()],
  open: (name: string) => ({
    name,
    put: async (documents: readonly unknown[]) => {
      indexed.set(name, (indexed.get(name) ?? 0) + documents.length);
      return { changed: documents.length };
    },
    keepOnly: async () => ({ removed: 0 }),
    remove: async () => ({ removed: 0 }),
    search: async () => [],
  }),
});

beforeAll(async () => {
  scratch = await openScratchDatabase();
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'castellan-incident-')));
  mkdirSync(join(folder, 'reports'));
  mkdirSync(join(folder, 'past'));
  writeFileSync(
    join(folder, 'past', '2026-08-04-gherkin-full.md'),
    '# Post-mortem: gherkin was full\n\n- Date: 2026-08-04\n- Severity: SEV2\n- Services: gherkin\n\n## Summary\n\nThe disk of gherkin was full.\n\n## Root cause\n\nLogs were never rotated.\n\n## Action items\n\n- [ ] Rotate the logs of gherkin\n',
  );
  connection = await incident.connect(
    {
      publish: { kind: 'folder', folder: join(folder, 'reports') },
      documents: { postMortems: [join(folder, 'past')] },
    },
    { database: scratch.lent, redactor: createRedactor(), log: quiet, corpora },
  );
  ports = connection.ports as IncidentPorts;
}, 180_000);
afterAll(async () => {
  await connection[Symbol.asyncDispose]();
  await scratch[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const callTool: typeof call = (tool, over, asked, calling: Calling = {}) =>
  call(tool, over, asked, { at: new Date(), ...calling });

async function ask(name: string, input: JsonObject): Promise<JsonObject> {
  const command = incident.commands?.find((one) => one.name === `incident.${name}`);
  if (command === undefined) throw new Error(`there is no command ${name}`);
  return command.run(command.input.parse(input), {
    ports,
    principal: robin,
    signal: AbortSignal.timeout(30_000),
    now: () => new Date(),
    progress: () => undefined,
  });
}

const found = (text: string, form: RegExp): string => form.exec(text)?.[0] ?? '';
const incidentForm = /inc_[a-z2-7]{10}/;
const evidenceForm = /ev_[a-z2-7]{8}/;

async function opened(title: string): Promise<string> {
  const { text } = await callTool(open, ports, {
    title,
    symptom: `${title} answers 503`,
    services: 'gherkin',
    namespaces: 'shop',
    since: '1h',
  });
  return found(text, incidentForm);
}

const exportedShape = z.object({
  dossier: z.object({ triage: z.record(z.string(), z.json()) }),
  payloads: z.record(z.string(), z.string()),
});

describe('an incident, end to end over its engines', () => {
  it('is opened once, and found again by the same symptom', async () => {
    const id = await opened('quokka');
    expect(id).toMatch(incidentForm);
    const again = await callTool(open, ports, {
      title: 'other words',
      symptom: 'quokka answers 503',
      services: 'gherkin',
      namespaces: 'shop',
    });
    expect(again.text).toContain(`ALREADY OPEN: ${id}`);
  });

  it('is the first answer again under the same key, though time has passed', async () => {
    const asked = { title: 'emu', symptom: 'emu is slow', key: 'once' };
    const first = found((await callTool(open, ports, asked)).text, incidentForm);
    const second = await callTool(open, ports, asked, { at: new Date(Date.now() + 90_000) });
    expect(found(second.text, incidentForm)).toBe(first);
    await expect(callTool(open, ports, { ...asked, symptom: 'another' })).rejects.toMatchObject({
      code: 'incident-key-reused',
    });
  });

  it('is unknown, and never well, where nothing could be looked at', async () => {
    const id = await opened('wombat');
    const first = await callTool(triage, ports, { incident: id });
    expect(first.text).toContain('UNKNOWN severity');
    expect(first.text).toContain('NOT SEEN');
    const again = await callTool(triage, ports, { incident: id });
    expect(found(again.text, evidenceForm)).toBe(found(first.text, evidenceForm));
    expect(again.text).toContain('judged again');
    const replayed = await ask('replay', { incident: id });
    expect(replayed['differences']).toEqual([]);

    const { dossier, payloads } = exportedShape.parse(await ask('export', { incident: id }));
    const snapshot = payloads[z.string().parse(dossier.triage['snapshot'])] ?? '';
    expect(await ask('replay', { snapshot, before: dossier.triage })).toEqual(replayed);
    const before = { ...dossier.triage, rubric: 'of yesterday' };
    expect((await ask('replay', { snapshot, before }))['differences']).toEqual([
      expect.stringContaining('rubric: of yesterday → '),
    ]);
    await expect(ask('replay', { snapshot, before: { rubric: 7 } })).rejects.toMatchObject({
      code: 'incident-argument-invalid',
    });
  });

  it('records what could not be asked as an error that stands for no absence', async () => {
    const id = await opened('numbat');
    const { text } = await callTool(gather, ports, {
      incident: id,
      source: 'logs',
      target: 'deploy/web',
      namespace: 'shop',
    });
    expect(text).toContain('NOT KNOWN');
    expect((await callTool(show, ports, { incident: id })).text).toContain('NOT SEEN');
  });

  it('keeps findings that cite what is there, and refuses those that cite what is not', async () => {
    const id = await opened('dingo');
    const note = await callTool(record, ports, { incident: id, kind: 'note', text: `robin saw it, ${secret}` });
    const evidence = found(note.text, evidenceForm);
    const kept = await callTool(record, ports, {
      incident: id,
      kind: 'finding',
      text: injection,
      status: 'supported',
      evidence,
    });
    expect(kept.text).toContain('supported');
    await expect(
      callTool(record, ports, { incident: id, kind: 'finding', text: 'x', evidence: 'ev_zzzzzzzz' }),
    ).rejects.toMatchObject({ code: 'evidence-unknown' });
    const payload = await callTool(show, ports, { incident: id, evidence });
    expect(payload.text).toContain('robin saw it');
    expect(payload.text).not.toContain(secret);
  });

  it('finds documents of the household at start, and lists what was promised in them', async () => {
    await expect
      .poll(async () => (await callTool(list, ports, {})).text, { timeout: 20_000 })
      .toContain('Rotate the logs of gherkin');
    const id = await opened('gherkin disk');
    const { text } = await callTool(history, ports, { incident: id });
    expect(text).toContain('1 report');
    const { text: actions } = await callTool(list, ports, {});
    const action = found(actions, /act_[a-z2-7]{8}/);
    const changed = await callTool(update, ports, {
      action,
      verify: '{"kind":"alert-rule","name":"GherkinFull"}',
      run: true,
    });
    expect(changed.text).toContain('NOT KNOWN whether it landed');
    const findings = await connection.probe(AbortSignal.timeout(10_000));
    expect(findings.map(({ check }) => check)).toEqual(['incidents', 'infra repository', 'post-mortems', 'documents']);
  });

  it('drafts from a skeleton, refuses what is not valid, and publishes nothing of it', async () => {
    const id = await opened('kookaburra');
    const skeleton = await callTool(draft, ports, { incident: id });
    expect(skeleton.text).toContain('run sev_triage: there is no severity');
    const refused = await callTool(draft, ports, { incident: id, narrative: '{"title":"x"}' });
    expect(refused.text).toContain('NOT KEPT');
    await expect(callTool(publish, ports, { incident: id })).rejects.toMatchObject({ code: 'report-invalid' });
    expect(readdirSync(join(folder, 'reports'))).toEqual([]);
  });

  it('is published when all of it holds: the file, the actions and the history know it', async () => {
    const id = await opened('cassowary');
    await callTool(triage, ports, { incident: id });
    const told = async (text: string, at: string): Promise<string> =>
      found((await callTool(record, ports, { incident: id, kind: 'note', text, at })).text, evidenceForm);
    const began = await told('robin saw that the disk of cassowary was full', '50m');
    const mended = await told('robin removed old logs and cassowary answered again', '20m');
    await callTool(record, ports, { incident: id, kind: 'override', target: 'SEV3', text: 'one disk, nothing else' });
    const cause = { text: 'the disk was full', evidence: began };
    await callTool(record, ports, { incident: id, kind: 'finding', status: 'supported', ...cause });
    for (const [target, at] of [
      ['started', '50m'],
      ['detected', '45m'],
      ['mitigated', '20m'],
      ['resolved', '20m'],
    ]) {
      await callTool(record, ports, { incident: id, kind: 'milestone', target, at });
    }
    const { text: past } = await callTool(history, ports, { incident: id });
    for (const document of new Set([...past.matchAll(/^\d+\. \S+ (\S+) of/gm)].map((match) => match[1]))) {
      await callTool(record, ports, {
        incident: id,
        kind: 'verdict',
        target: document,
        status: 'rejected',
        text: 'another disk',
      });
    }
    const claim = (text: string, evidence: string) => ({ text, evidence: [evidence], reported: true });
    const full = claim('The disk of cassowary was full, by what was told.', began);
    const narrative = {
      title: 'cassowary did not answer',
      status: 'resolved',
      authors: ['claude'],
      services: ['gherkin'],
      namespaces: ['shop'],
      summary: [full],
      impact: { users: [full], services: [full], dataLoss: claim('No loss was told.', mended) },
      cause: { steps: [{ id: 'full', claim: full, leadsTo: ['impact'] }], ruledOut: [full], contributing: [full] },
      detection: { by: 'agent', how: full, gap: claim('Nobody was told by a monitor.', began) },
      resolution: { steps: [claim('Old logs were removed.', mended)] },
      recurrence: { verdict: 'first_recorded', text: 'No earlier report tells of this.', of: [], earlierActions: [] },
      actions: [
        {
          title: 'Alert on the disk of cassowary',
          type: 'monitor',
          class: 'detect',
          priority: 'P1',
          owner: 'robin',
          due: new Date(Date.now() + 14 * 86_400_000).toISOString().slice(0, 10),
          status: 'open',
          verify: { kind: 'alert-rule', name: 'CassowaryDiskFull' },
          automatable: false,
        },
      ],
      lessons: {
        well: ['The cause was seen at once.'],
        poorly: ['Nothing watched the disk.'],
        lucky: ['It was a quiet hour.'],
      },
      clockNotes: [],
    };
    const drafted = await callTool(draft, ports, { incident: id, narrative: JSON.stringify(narrative) });
    expect(drafted.text).toMatch(/^VALID/);
    const published = await callTool(publish, ports, { incident: id });
    expect(published.text).toMatch(/^PUBLISHED; version 1/);
    const [file] = readdirSync(join(folder, 'reports'));
    expect(readFileSync(join(folder, 'reports', file ?? ''), 'utf8')).toContain(`incident_id: "${id}"`);
    expect((await callTool(list, ports, { incident: id })).text).toContain('Alert on the disk of cassowary');
    expect((await callTool(publish, ports, { incident: id })).text).toContain('ALREADY PUBLISHED, version 1');
    expect((await callTool(show, ports, { incident: id })).text).toContain('final');
  });

  it('is exported whole, imported from files, and its chains hold', async () => {
    const id = await opened('platypus');
    await callTool(record, ports, { incident: id, kind: 'note', text: 'a note of platypus' });
    const whole = await ask('export', { incident: id });
    expect(JSON.stringify(whole)).toContain('a note of platypus');
    expect(whole['next']).toBeNull();
    const imported = await ask('import', { files: [{ path: 'notes/nothing.txt', text: 'x' }] });
    expect(JSON.stringify(imported['unread'])).toContain('nothing.txt');
    expect(await ask('verify', {})).toMatchObject({ broken: [] });
  });

  it('takes nothing more when it was dismissed', async () => {
    const id = await opened('bilby');
    await callTool(record, ports, { incident: id, kind: 'dismiss', text: 'a drill' });
    await expect(callTool(record, ports, { incident: id, kind: 'note', text: 'x' })).rejects.toMatchObject({
      code: 'incident-closed',
    });
    expect((await callTool(show, ports, { incident: id })).text).toContain('next: nothing');
  });

  it.each([
    { files: [{ path: '/etc/passwd', text: 'x' }] },
    { files: [{ path: '../x.md', text: 'x' }] },
    { files: [{ path: 'x.md', text: 'x', extra: 1 }] },
  ])('imports no such thing: %j', async (input) => {
    await expect(ask('import', input)).rejects.toThrow();
    expect(readFileSync(join(folder, 'past', '2026-08-04-gherkin-full.md'), 'utf8')).toContain('gherkin');
  });
});
