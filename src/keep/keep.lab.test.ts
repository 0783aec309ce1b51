import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithLab } from '../../test/lab/use-lab.ts';
import type { KeepReply } from '../change/wire/protocol.ts';
import type { RunView } from '../change/wire/run.ts';
import { createRedactor } from '../redaction/index.ts';
import { composeKeep } from './compose.ts';
import type { KeepConfig } from './config/valid.ts';
import { askKeep } from './keep.fixture.ts';
import { type Keep, startKeep } from './keep.ts';
import { runsUid, usePlannerLab } from './planner/lab.fixture.ts';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const by = { agent: 'agent:claude', human: 'human:alice' };

await describeWithLab('a keep of real parts', (lab) => {
  const at = usePlannerLab(lab);
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'castellan-keep-lab-')));
  afterAll(() => rmSync(home, { recursive: true }));

  const configOf = (): KeepConfig => {
    mkdirSync(join(home, 'freeze'), { recursive: true });
    return {
      file: join(home, 'etc', 'keep.yaml'),
      stateDirectory: join(home, 'state'),
      workDirectory: at().work,
      directories: { agents: join(home, 'a'), humans: join(home, 'h'), freeze: join(home, 'freeze') },
      database: { kind: 'embedded', directory: join(home, 'state', 'db') },
      repository: {
        url: lab.remote ?? '',
        branch: 'main',
        sshKeyFile: undefined,
        knownHostsFile: undefined,
        push: undefined,
        token: undefined,
        trustedBase: at().head,
      },
      edit: {
        stacks: ['stacks/*'],
        agentMayEdit: ['stacks/*/*.tf'],
        never: [],
        modules: ['modules/*'],
        providers: ['gavinbunney/kubectl'],
      },
      profiles: [at().profile()],
      sandbox: { uid: runsUid, memoryMb: 4_000, processes: 256, fileMb: 1_000 },
      kubernetes: { kubeconfig: lab.kubeconfig.castellan, context: undefined },
      drift: { at: undefined, parallel: 2 },
      conventions: {},
      plansPerHour: 20,
      console: { origin: 'http://castellan.localhost:8790', port: 0 },
      approval: { hours: 24, minutes: 60, twoPeople: [], pending: 3 },
      notify: { webhook: undefined, ntfy: undefined, slack: undefined },
      expect: { prometheus: undefined, alertmanager: undefined, probes: [] },
      vault: undefined,
    };
  };

  let keep: Keep | undefined;
  const ask = (request: object): Promise<KeepReply> => askKeep(keep?.sockets.agents ?? '', request);
  beforeAll(async () => {
    const build = { version: '0', stamp: '' };
    keep = await startKeep({
      config: configOf(),
      seatBelt: true,
      build,
      log: silent,
      redactor: createRedactor(),
      compose: composeKeep,
    });
  });
  afterAll(async () => {
    keep?.stop('the tests are over');
    await keep?.stopped;
  });

  /** A run at its end, or where it waits for a human. */
  const plan = async (stack: string, patch?: string): Promise<RunView> => {
    const { run } = await ask({ verb: 'propose', kind: 'plan', by, stack, ...(patch === undefined ? {} : { patch }) });
    let view = run;
    await expect
      .poll(
        async () => {
          view = (await ask({ verb: 'status', of: 'run', id: run?.id, waitMs: 40_000 })).run;
          return view === undefined || ['queued', 'fetching', 'judging', 'planning'].includes(view.state);
        },
        { timeout: 110_000 },
      )
      .toBe(false);
    expect(readdirSync(at().work)).toEqual([]);
    if (view === undefined) throw new Error('the run is gone');
    return view;
  };
  /** A diff that replaces the first line that fits. */
  const edit = async (path: string, from: RegExp, to: (line: string) => string): Promise<string> => {
    const { repository, head } = at();
    const files = await repository.files((await repository.commit(head)).tree);
    const blob = files.find((file) => file.path === path)?.blob ?? '';
    const lines = ((await repository.read([blob])).get(blob)?.toString('utf8') ?? '').split('\n');
    const index = lines.findIndex((line) => from.test(line));
    const line = lines[index] ?? '';
    const [before = '', after = ''] = [lines[index - 1], lines[index + 1]];
    return `--- a/${path}\n+++ b/${path}\n@@ -${index},3 +${index},3 @@\n ${before}\n-${line}\n+${to(line)}\n ${after}\n`;
  };

  it('is healthy, and shows its stacks with their locks without planning', async () => {
    await expect.poll(async () => (await ask({ verb: 'status', of: 'keep' })).keep.problems).toEqual([]);
    const { stacks = [] } = await ask({ verb: 'status', of: 'stacks' });
    expect(stacks.length).toBeGreaterThan(10);
    expect(stacks.find(({ stack }) => stack === 'stacks/documents')).toMatchObject({
      lock: { state: 'free' },
      dependsOn: ['stacks/databases', 'stacks/identity', 'stacks/ingress'],
      engine: 'terragrunt with tofu',
    });
  });

  it('plans a memory limit: what changes, where it stands, and how dangerous it is', async () => {
    const patch = await edit('stacks/documents/main.tf', /memory +=/, (line) => line.replace(/"\d+Mi"/, '"96Mi"'));
    const view = await plan('documents', patch);
    expect(view).toMatchObject({ state: 'planned', stack: 'stacks/documents', findings: [] });
    expect(view.summary).toMatchObject({ counts: { update: 1, delete: 0, replace: 0, create: 0 }, complete: true });
    const text = JSON.stringify(view.summary?.changes);
    expect(text).toContain('64Mi');
    expect(text).toContain('96Mi');
    expect(text).toContain('stacks/documents/main.tf');
  });

  it('prepares an edit of the source for a wish, and it plans as what was wished', async () => {
    const { repository, head } = at();
    const files = await repository.files((await repository.commit(head)).tree);
    const blob = files.find(({ path }) => path === 'stacks/documents/main.tf')?.blob ?? '';
    const text = (await repository.read([blob])).get(blob)?.toString('utf8') ?? '';
    const name = /modules\/app"[^}]*?\bname\s*=\s*"([^"]+)"/.exec(text)?.[1] ?? '';
    const object = { kind: 'Deployment', name };
    const memory = ['spec', 'template', 'spec', 'containers', { only: true }, 'resources', 'limits', 'memory'];
    const { edit: found } = await ask({
      verb: 'status',
      of: 'edit',
      object,
      wishes: [{ path: memory, value: '97Mi' }],
    });
    expect(found).toMatchObject({ is: 'prepared', stack: 'stacks/documents' });
    const view = await plan('documents', found?.is === 'prepared' ? found.patch : '');
    expect(view).toMatchObject({ state: 'planned', findings: [] });
    expect(view.summary).toMatchObject({ counts: { update: 1, delete: 0, replace: 0, create: 0 }, complete: true });
    expect(JSON.stringify(view.summary?.changes)).toContain('97Mi');
  });

  it('lets a shared module wait for a human, and names every stack that uses it', async () => {
    const patch = await edit('modules/app/main.tf', /^resource|^locals|^variable/, (line) => `# a comment\n+${line}`);
    const view = await plan('documents', patch.replace(/\+(\d+),3 @@/, '+$1,4 @@'));
    expect(view).toMatchObject({ state: 'needs-consent', consent: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(view.findings.find(({ rule }) => rule === 'touches-stacks')?.message).toContain('stacks/photos');
  });

  it('finds the homelab as its source says, at night', async () => {
    await keep?.planAll();
    const { stacks = [] } = await ask({ verb: 'status', of: 'stacks' });
    const planned = stacks.filter(({ lock }) => lock.state === 'free');
    expect(planned.map(({ drift }) => drift.state)).not.toContain(undefined);
    expect(planned.filter(({ drift }) => drift.state === 'clean').length).toBeGreaterThan(3);
  }, 400_000);
});
