import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithLab } from '../../../test/lab/use-lab.ts';
import { Secret } from '../../kit/index.ts';
import { type KubernetesProxy, startKubernetesProxy } from './doors/kubernetes/proxy.ts';
import { startPostgresDoor } from './doors/postgres/postgres-door.ts';
import { giveTo } from './give-to.ts';
import type { SandboxResult } from './port.ts';
import { inSandbox, makeScratchRun, runsUid } from './scratch-run.fixture.ts';

/** What a plan is made with, without /proc, network, password or credential: it has to work all the same. */
await describeWithLab('inside the sandbox', (lab) => {
  const { terraform, homelab, postgres } = lab;
  if (terraform === undefined || homelab === undefined || postgres === undefined) {
    it('needs the whole lab', () => expect.unreachable());
    return;
  }
  const engines = [terraform.tofu, ...(terraform.terraform === undefined ? [] : [terraform.terraform])];
  const run = makeScratchRun();
  const tools = join(run.folder, 'tools');
  let api: KubernetesProxy;
  let database: Awaited<ReturnType<typeof startPostgresDoor>>;

  beforeAll(async () => {
    mkdirSync(tools);
    for (const path of [terraform.terragrunt, ...engines])
      cpSync(path, join(tools, basename(path)), { dereference: true });
    const [, mirror = ''] = /path\s*=\s*"([^"]+)"/.exec(readFileSync(terraform.cliConfig, 'utf8')) ?? [];
    await execa('cp', ['-rL', mirror, tools]);
    writeFileSync(
      join(tools, 'cli.tfrc'),
      'provider_installation {\n  filesystem_mirror {\n    path = "/tools/mirror"\n  }\n}\n',
    );
    writeFileSync(
      join(tools, 'kubeconfig'),
      JSON.stringify({
        'current-context': 'plan',
        contexts: [{ name: 'plan', context: { cluster: 'plan', user: 'plan' } }],
        clusters: [{ name: 'plan', cluster: { server: 'http://api.example.net:80' } }],
        users: [{ name: 'plan', user: {} }],
      }),
    );
    await execa('chmod', ['-R', 'a+rX', tools]);
    chmodSync(run.folder, 0o711);
    rmSync(run.clone, { recursive: true });
    await execa('git', ['clone', '--quiet', '--no-hardlinks', homelab, run.clone]);
    await giveTo(runsUid, run.clone);
    api = await startKubernetesProxy({
      socketPath: join(run.folder, 'api.sock'),
      uid: runsUid,
      kubeconfig: lab.kubeconfig.admin,
      context: undefined,
      allowedSecrets: [],
    });
    database = await startPostgresDoor({
      socketPath: join(run.folder, 'state.sock'),
      uid: runsUid,
      connection: new Secret(postgres.state),
    });
  });
  afterAll(async () => {
    await api[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
    run[Symbol.dispose]();
  });

  const work = (
    argv: readonly [string, ...string[]],
    env: Readonly<Record<string, string>> = {},
  ): Promise<SandboxResult> =>
    inSandbox('', {
      argv,
      cwd: '/work/stacks/mail',
      env: {
        TF_CLI_CONFIG_FILE: '/tools/cli.tfrc',
        TF_VAR_kube_config_path: '/tools/kubeconfig',
        TF_IN_AUTOMATION: '1',
        CHECKPOINT_DISABLE: '1',
        PG_CONN_STR: `postgres://plan@state.example.net/${new URL(postgres.state).pathname.slice(1)}?sslmode=disable`,
        PG_SKIP_SCHEMA_CREATION: 'true',
        PG_SKIP_TABLE_CREATION: 'true',
        PG_SKIP_INDEX_CREATION: 'true',
        TG_NON_INTERACTIVE: 'true',
        TG_NO_COLOR: 'true',
        ...env,
      },
      binds: [
        { from: run.clone, to: '/work', writable: true },
        { from: tools, to: '/tools', writable: false },
      ],
      sockets: [
        { from: api.socket, port: 80, hosts: ['api.example.net'] },
        { from: database.socket, port: 5432, hosts: ['state.example.net'] },
      ],
      wallMs: 110_000,
      outputBytes: 20_000_000,
      options: { fileMb: 512 },
    });

  it('git works', async () => {
    const done = await work(['/usr/bin/git', 'status', '--short']);
    expect(done).toMatchObject({ exitCode: 0, stdout: '' });
  });

  it.each(engines.map((path) => [basename(path)]))('terragrunt plans with %s over both doors', async (engine) => {
    const run_ = (...args: readonly string[]) =>
      work(['/tools/terragrunt', 'run', '--', ...args], { TG_TF_PATH: `/tools/${engine}` });
    rmSync(join(run.clone, 'stacks/mail/.terragrunt-cache'), { recursive: true, force: true });
    const before = api.requests().forwarded;
    const plan = await run_(
      'plan',
      '-lock=false',
      '-input=false',
      '-no-color',
      '-detailed-exitcode',
      `-out=/work/${engine}.plan`,
    );
    expect([0, 2], plan.stderr).toContain(plan.exitCode);
    const show = await run_('show', '-json', `/work/${engine}.plan`);
    expect(show.exitCode).toBe(0);
    const { resource_changes: changes, prior_state: prior } = JSON.parse(show.stdout);
    // The state came through one door, the objects through the other.
    expect(changes.length).toBeGreaterThan(3);
    expect(prior.values.root_module).toBeDefined();
    expect(changes.every(({ change }: { change: { actions: string[] } }) => !change.actions.includes('create'))).toBe(
      true,
    );
    expect(api.requests().forwarded).toBeGreaterThan(before);
    expect(api.requests().refused).toEqual([]);
    const [password = ''] = [new URL(postgres.state).password];
    expect(readFileSync(join(run.clone, `${engine}.plan`)).includes(password)).toBe(false);
  });
});
