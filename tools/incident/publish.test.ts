import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KeepRequest } from '../../src/change/wire/protocol.ts';
import type { PastReport } from '../../src/incident/history/port.ts';
import type { ReportDraft, ReportVersion } from '../../src/incident/record/port.ts';
import { narrativeFixture } from '../../src/incident/report/report.fixture.ts';
import type { InfraRepository } from '../../src/incident/sources/port.ts';
import { actionOf } from './action.fixture.ts';
import { callTool, now, portsOver, type Script, scripted, secret, shop, shopDossier } from './incident.fixture.ts';
import type { Reporter } from './port.ts';
import { publish } from './publish.ts';

let folder = '';
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'castellan-reports-')));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const narrative = narrativeFixture();
const markdown = `---\nincident_id: "${shop.id}"\n---\n# shop\n`;
const versionOf = (change: Partial<ReportVersion> = {}): ReportVersion => ({
  narrative,
  markdown,
  problems: [],
  final: false,
  published: undefined,
  supersedes: undefined,
  version: 1,
  at: now,
  by: 'agent:claude',
  sha256: 'ab'.repeat(32),
  ...change,
});
const change = { id: `chg_${'a2'.repeat(13)}`, set: `set_${'a2'.repeat(13)}`, state: 'awaiting-approval' };

function publishing(
  reports: readonly ReportVersion[],
  more: Script & { readonly valid?: boolean; readonly open?: readonly object[] } = {},
) {
  const kept: ReportDraft[] = [];
  const learned: PastReport[] = [];
  const actions: unknown[] = [];
  const asked: KeepRequest[] = [];
  const problem = {
    rule: 'V10',
    severity: 'error',
    path: 'summary[0]',
    message: 'tampered',
    fix: 'gather it anew',
  } as const;
  const reporter: Partial<Reporter> = {
    compile: () => [],
    recurrenceThreshold: 0.55,
    rubricRules: [],
    platformStacks: [],
    validate: () =>
      more.valid === false
        ? { valid: false, errors: [problem], warnings: [], score: 0.5 }
        : { valid: true, errors: [], warnings: [], score: 1 },
    render: () => markdown,
  };
  const ports = portsOver({
    history: { learn: async (report) => void learned.push(report) },
    record: {
      dossier: async () => ({ ...shopDossier, reports, actions: [] }),
      putReport: async (_id, report) => {
        kept.push(report);
        return versionOf({ ...report, version: reports.filter(({ final }) => final).length + 1 });
      },
      putActions: async (_of, drafts) => {
        actions.push(...drafts);
        return [];
      },
      ...more.record,
    },
    ports: {
      publish: { kind: 'folder', folder },
      reporter: scripted('reporter', reporter),
      keep: async () => ({
        ask: async (request) => {
          asked.push(request);
          const keep = scripted<
            Awaited<ReturnType<import('../../src/change/wire/keep-port.ts').KeepClient['ask']>>['keep']
          >('keep', { console: 'http://castellan.localhost:8790' });
          const changes = request.verb === 'propose' ? [change] : (more.open ?? []);
          return scripted('reply', { keep, changes: changes as never });
        },
      }),
      ...more.ports,
    },
  });
  return { kept, learned, actions, asked, ports };
}
const throughChange = { publish: { kind: 'change', folder: 'docs/post-mortems', stack: 'stacks/docs' } } as const;

describe('post_mortem_publish', () => {
  it('validates again, writes the file, and lets history and the actions know', async () => {
    const { kept, learned, actions, ports } = publishing([versionOf()]);
    const { text } = await callTool(publish, ports, { incident: shop.id });
    const [file] = readdirSync(folder);
    expect(file).toMatch(/^2026-11-20-web-answered-503-.*inc_shopweb234\.md$/);
    expect(kept).toMatchObject([{ final: true, published: join(folder, file ?? ''), supersedes: undefined }]);
    expect(learned).toMatchObject([{ slug: file?.slice(0, -3), incident: shop.id, origin: shop.id, markdown }]);
    expect(actions).toHaveLength(narrative.actions.length);
    expect(text).toContain('PUBLISHED; version 1');
  });

  it.each([['a draft that is not valid any more', [versionOf()], { valid: false }]] as const)(
    'publishes nothing of %s',
    async (_, reports, more) => {
      const { kept, learned, ports } = publishing(reports, more);
      const { text } = await callTool(publish, ports, { incident: shop.id });
      expect(text).toContain('NOT PUBLISHED: 1 errors');
      expect([...kept, ...learned, ...readdirSync(folder)]).toEqual([]);
    },
  );

  it.each([
    ['nothing drafted', [], {}, 'report-invalid'],
    [
      'a version after the first without a reason',
      [versionOf({ final: true, published: 'x' }), versionOf({ version: 2 })],
      {},
      'report-invalid',
    ],
    ['no place to publish', [versionOf()], { ports: { publish: undefined } }, 'publish-unconfigured'],
    ['a change, and no keep', [versionOf()], { ports: { ...throughChange, keep: undefined } }, 'publish-unconfigured'],
  ] as const)('refuses with %s', async (_, reports, more, code) => {
    const { kept, ports } = publishing(reports, more);
    await expect(callTool(publish, ports, { incident: shop.id })).rejects.toMatchObject({ code });
    expect([...kept, ...readdirSync(folder)]).toEqual([]);
  });

  it('publishes a correction as the next version, in the same file, with its reason', async () => {
    const first = versionOf({ final: true, published: 'x' });
    const { kept, ports } = publishing([
      first,
      versionOf({ version: 2, narrative: { ...narrative, title: 'another title' } }),
    ]);
    await callTool(publish, ports, { incident: shop.id, reason: `wrong container ${secret}` });
    expect(kept[0]?.supersedes).toMatchObject({ version: 1 });
    expect(JSON.stringify(kept)).not.toContain(secret);
    expect(readdirSync(folder)[0]).toContain('web-answered-503');
  });

  it('goes on where whoever published was killed before the actions were kept', async () => {
    const { kept, learned, actions, ports } = publishing([versionOf({ final: true, published: '/srv/x.md' })]);
    const { text } = await callTool(publish, ports, { incident: shop.id });
    expect(text).toContain('ALREADY PUBLISHED, version 1; 2 action items were missing and are kept now');
    expect(kept).toEqual([]);
    expect([learned.length, actions.length]).toEqual([1, 2]);
  });

  it('opens no action again that has landed since', async () => {
    const landed = narrative.actions.map(({ title }) => actionOf({ title, status: 'landed' }));
    const { actions, ports } = publishing([versionOf({ final: true })], {
      record: { dossier: async () => ({ ...shopDossier, reports: [versionOf({ final: true })], actions: landed }) },
    });
    await callTool(publish, ports, { incident: shop.id });
    expect(actions).toEqual([]);
  });

  it('proposes a new file as a change, and tells where a human signs it', async () => {
    const { asked, kept, ports } = publishing([versionOf()], { ports: throughChange });
    const { text } = await callTool(publish, ports, { incident: shop.id });
    expect(asked.at(-1)).toMatchObject({
      verb: 'propose',
      kind: 'change',
      stacks: ['stacks/docs'],
      incident: shop.id,
      expect: [],
    });
    expect(JSON.stringify(asked.at(-1))).toContain(
      'new file mode 100644\\n--- /dev/null\\n+++ b/docs/post-mortems/2026-11-20-',
    );
    expect(kept).toMatchObject([{ final: true, published: change.id }]);
    expect(text).toContain(`PROPOSED as ${change.id}, awaiting-approval`);
    expect(text).toContain(`approval_url: http://castellan.localhost:8790/#/${change.set}`);
    expect(existsSync(folder) && readdirSync(folder)).toEqual([]);
  });

  it('finds the proposal that was made before whoever made it was killed', async () => {
    const reason = `post-mortem of ${shop.id}, version 1: a document, nothing of it is applied`;
    const { asked, kept, ports } = publishing([versionOf()], {
      ports: throughChange,
      open: [{ ...change, incident: shop.id, reason }],
    });
    await callTool(publish, ports, { incident: shop.id });
    expect(asked.map(({ verb }) => verb)).toEqual(['status']);
    expect(kept).toMatchObject([{ published: change.id }]);
  });

  it("takes the place of no file of the repository that is not the incident's", async () => {
    const { kept, asked, ports } = publishing([versionOf()], {
      ports: {
        ...throughChange,
        repository: scripted<InfraRepository>('repository', {
          head: async () => ({ commit: 'c'.repeat(40), at: now, stale: undefined }),
          file: async () => '# of somebody\n',
        }),
      },
    });
    await expect(callTool(publish, ports, { incident: shop.id })).rejects.toMatchObject({ code: 'publish-refused' });
    expect([kept, asked.filter(({ verb }) => verb === 'propose')]).toEqual([[], []]);
  });
});
