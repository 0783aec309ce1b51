import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { type PlantedFault, plantedFault } from './homelab/planted.ts';
import type { TerraformEnv } from './lab-env.ts';
import { canariesOf, describeWithLab, kubectlAs, leaksIn } from './use-lab.ts';

await describeWithLab('the sample homelab', (lab) => {
  const { homelab, key, remote, terraform, vault } = required(lab);
  const planted = z.array(plantedFault).parse(JSON.parse(readFileSync(key, 'utf8')));
  const fault = (id: string): PlantedFault => {
    const found = planted.find((one) => one.id === id);
    if (found === undefined) throw new Error(`no fault ${id} was planted`);
    return found;
  };
  const get = async ({ kind, namespace, name }: PlantedFault['object'], ...args: readonly string[]) =>
    (await kubectlAs('castellan', lab, ['get', kind, name, '--namespace', namespace, ...args])).stdout;
  const podsOf = async ({ namespace, name }: PlantedFault['object']) =>
    (
      await kubectlAs('castellan', lab, [
        ...['get', 'pods', '--namespace', namespace, `--selector=app.kubernetes.io/name=${name}`],
      ])
    ).stdout;
  const scratch = mkdtempSync(join(tmpdir(), 'castellan-homelab-'));
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  const git = (folder: string, ...args: readonly string[]) =>
    execa('git', ['-C', folder, ...args], {
      env: { GIT_CONFIG_NOSYSTEM: '1', HOME: scratch, PATH: '/usr/bin:/bin' },
      extendEnv: false,
    });

  it('has ten faults, each in an object that is there', async () => {
    expect(planted).toHaveLength(10);
    for (const { object, id } of planted) expect(await get(object, '--output=name'), id).toContain(object.name);
  });

  it('crashes the app whose limit was lowered, and remembers who lowered it', async () => {
    const { object, must } = fault('memory-limit-too-low');
    expect(await podsOf(object)).toContain('CrashLoopBackOff');
    expect(await get(object, '--output=jsonpath={..limits.memory}')).toBe('128Mi');
    const file = must.find((one) => one.startsWith('stacks/')) ?? '';
    expect(readFileSync(join(homelab, file), 'utf8')).toContain('"128Mi"');
    const { stdout } = await git(remote, 'log', '-1', '--format=%s', '--', file);
    expect(stdout).toContain(object.name);
  });

  it('cannot pull the image that was never pushed', async () => {
    expect(await podsOf(fault('image-does-not-exist').object)).toContain('ImagePullBackOff');
  });

  it('cannot copy the key that Vault does not have', async () => {
    const { object, must } = fault('secret-key-missing');
    expect(await get(object)).toContain('SecretSyncedError');
    const path = must.at(-1) ?? '';
    const { data } = await vaultRead(vault, `secret/data/${path}`);
    expect(Object.keys(data.data)).not.toContain('webhook_signing_key');
    expect(Object.keys(data.data)).not.toHaveLength(0);
  });

  it('routes to a service that does not exist', async () => {
    const { object } = fault('route-without-service');
    const service = await get(object, '--output=jsonpath={..services[0].name}');
    expect(await get({ ...object, kind: 'Service', name: service })).toBe('');
  });

  it('backs every claim up, but the one that is planted and the one that is a known issue', async () => {
    const names = async (kind: string, path: string) =>
      (await kubectlAs('castellan', lab, ['get', kind, '--all-namespaces', `--output=jsonpath=${path}`])).stdout
        .split(' ')
        .filter((name) => name !== '');
    const backedUp = await names('cronjobs', '{.items[*].metadata.labels.castellan\\.example/backup-of}');
    const services = parse(readFileSync(join(homelab, 'docs/services.yaml'), 'utf8')).services;
    const claims: string[] = services.flatMap(({ claim }: { claim?: string }) => claim ?? []);
    const bare = claims.filter((claim) => !backedUp.includes(claim));
    const known = readFileSync(join(homelab, 'docs/known-issues.yaml'), 'utf8');
    expect(bare).toHaveLength(2);
    expect(bare.filter((claim) => !known.includes(claim))).toEqual([fault('claim-without-backup').object.name]);
  });

  it('has one certificate that runs out this week', async () => {
    const all = await kubectlAs('castellan', lab, [
      ...['get', 'certificates', '--all-namespaces'],
      '--output=jsonpath={range .items[*]}{.metadata.name} {.status.notAfter}{"\\n"}{end}',
    ]);
    const soon = all.stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' '))
      .filter(([, until = '']) => Date.parse(until) - Date.now() < 7 * 86_400_000);
    expect(soon.map(([name]) => name)).toEqual([fault('certificate-expires').object.name]);
  });

  it('blocks every drain, refuses a pod over quota, and has a backup switched off', async () => {
    expect(await get(fault('drain-blocked').object, '--output=jsonpath={.status.disruptionsAllowed}')).toBe('0');
    const { object } = fault('quota-full');
    expect(await get(object)).toContain('2/3');
    const events = await kubectlAs('castellan', lab, ['get', 'events', '--namespace', object.namespace]);
    expect(events.stdout).toContain('exceeded quota');
    expect(await get(fault('backup-suspended').object, '--output=jsonpath={.spec.suspend}')).toBe('true');
  });

  it('has sixty keys in Vault, and Castellan may see their names and none of their values', async () => {
    const paths = await listVault(vault, 'secret/metadata/');
    const root = readFileSync(vault.rootTokenFile, 'utf8').trim();
    const answers = await Promise.all(paths.map((path) => ask(vault, `secret/data/${path}`, root)));
    const read = answers.filter(({ ok }) => ok).map(async (answer) => keyValues.parse(await answer.json()));
    const keys = (await Promise.all(read)).flatMap(({ data }) => Object.keys(data.data));
    // Other suites of this lab leave some of theirs beside.
    expect(keys.length).toBeGreaterThanOrEqual(60);
    const castellan = readFileSync(vault.castellanTokenFile, 'utf8').trim();
    expect((await ask(vault, `secret/data/${paths[0]}`, castellan)).status).toBe(403);
    expect((await ask(vault, `secret/metadata/${paths[0]}`, castellan)).status).toBe(200);
    expect(canariesOf(lab).filter(({ where }) => where.startsWith('Vault '))).not.toHaveLength(0);
  });

  it('keeps no secret in its repository, whatever commit is asked', async () => {
    const { stdout } = await git(remote, 'log', '--patch', '--all', '--format=%H %s');
    expect(leaksIn(lab, stdout)).toEqual([]);
    expect(stdout.split('\n').filter((line) => /^[0-9a-f]{40} /.test(line)).length).toBeGreaterThan(15);
  });

  it('opens the state of tier 0 with the age key, and with nothing else', async () => {
    const { SOPS_AGE_KEY_FILE: keyFile = '' } = environmentOf(terraform);
    const decrypt = (env: Record<string, string>) =>
      execa(
        terraform.sops,
        ['decrypt', '--input-type', 'json', '--output-type', 'json', 'state/dns/terraform.tfstate.enc'],
        {
          cwd: homelab,
          env: { HOME: scratch, ...env },
          extendEnv: false,
          reject: false,
        },
      );
    const opened = await decrypt({ SOPS_AGE_KEY_FILE: keyFile });
    expect(JSON.parse(opened.stdout).resources).not.toHaveLength(0);
    expect((await decrypt({})).exitCode).not.toBe(0);
    expect(readFileSync(join(homelab, 'state/dns/terraform.tfstate.enc'), 'utf8')).not.toContain(
      'yaml_body_parsed": "api',
    );
  });

  const engines = (['tofu', 'terraform'] as const).filter((name) => terraform[name] !== undefined);
  it.each(engines)('plans and applies one change of a Deployment with Terragrunt and %s', async (engine) => {
    const { object } = fault('quota-full');
    // A copy of the work tree with a state of its own: the two engines do not read each other's, and the lab's stays as it is.
    const tree = join(scratch, engine);
    cpSync(homelab, tree, { recursive: true, filter: (path) => !path.includes('.terragrunt-cache') });
    const root = join(tree, 'root.hcl');
    writeFileSync(root, readFileSync(root, 'utf8').replaceAll('replace(local.stack, "-", "_")', `"${engine}_trial"`));
    const stack = join(tree, 'stacks/mail');
    const run = (...args: readonly string[]) =>
      execa(terraform.terragrunt, ['run', '--working-dir', stack, '--', ...args], {
        cwd: tree,
        env: { PATH: '/usr/bin:/bin', HOME: scratch, ...environmentOf(terraform), TG_TF_PATH: terraform[engine] ?? '' },
        extendEnv: false,
        all: true,
      });
    await run('apply', '-auto-approve', '-input=false', '-no-color');
    const file = join(stack, 'main.tf');
    const before = readFileSync(file, 'utf8');
    // The first app of the stack, whose namespace has no quota.
    writeFileSync(file, before.replace(/(memory +=) "256Mi"/, '$1 "320Mi"'));
    const plan = join(scratch, `${engine}.tfplan`);
    expect((await run('plan', `-out=${plan}`, '-input=false', '-no-color')).all).toMatch(
      /0 to add, 1 to change, 0 to destroy/,
    );
    expect((await run('apply', '-input=false', '-no-color', plan)).all).toMatch(/0 added, 1 changed, 0 destroyed/);
    const limits = async () =>
      (
        await kubectlAs('castellan', lab, [
          'get',
          'deployments',
          '--all-namespaces',
          '--output=jsonpath={..limits.memory}',
        ])
      ).stdout;
    expect(await limits()).toContain('320Mi');
    writeFileSync(file, before);
    await run('apply', '-auto-approve', '-input=false', '-no-color');
    expect(await limits()).not.toContain('320Mi');
    expect(await get(object)).toContain('2/3');
  });

  it('differs from Terraform in the one thing that was changed by hand', async () => {
    const { object, must } = fault('changed-by-hand');
    const [, byHand = ''] = must;
    expect(await get(object, '--output=jsonpath={..image}')).toContain(byHand);
    expect(
      await get(object, '--output=jsonpath={.metadata.managedFields[*].manager}', '--show-managed-fields'),
    ).toContain('kubectl-edit');
    const run = await execa(
      terraform.terragrunt,
      [
        'run',
        '--working-dir',
        join(homelab, 'stacks/home-automation'),
        '--',
        'plan',
        '-input=false',
        '-no-color',
        '-lock=false',
      ],
      {
        cwd: homelab,
        env: { PATH: '/usr/bin:/bin', HOME: scratch, ...environmentOf(terraform) },
        extendEnv: false,
        all: true,
      },
    );
    expect(run.all).toContain('0 to add, 1 to change, 0 to destroy');
    // The provider hides what it compares; it names whose it is.
    expect(run.all).toMatch(new RegExp(`deployments/${object.name}"`));
  });
});

function required(lab: {
  homelab?: string;
  key?: string;
  remote?: string;
  terraform?: TerraformEnv;
  vault?: VaultAccess;
}) {
  const { homelab, key, remote, terraform, vault } = lab;
  if (!homelab || !key || !remote || !terraform || !vault) throw new Error('this lab has no homelab');
  return { homelab, key, remote, terraform, vault };
}

function environmentOf(terraform: TerraformEnv): Record<string, string> {
  return z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(terraform.environmentFile, 'utf8')));
}

interface VaultAccess {
  readonly addr: string;
  readonly rootTokenFile: string;
  readonly castellanTokenFile: string;
}

const keyValues = z.object({ data: z.object({ data: z.record(z.string(), z.unknown()) }) });

function ask(vault: VaultAccess, path: string, token: string): Promise<Response> {
  return fetch(`${vault.addr}/v1/${path}`, { headers: { 'x-vault-token': token }, redirect: 'error' });
}

async function vaultRead(vault: VaultAccess, path: string) {
  return keyValues.parse(await (await ask(vault, path, readFileSync(vault.rootTokenFile, 'utf8').trim())).json());
}

/** Every path below a folder. */
async function listVault(vault: VaultAccess, folder: string): Promise<readonly string[]> {
  const token = readFileSync(vault.rootTokenFile, 'utf8').trim();
  const walk = async (below: string): Promise<readonly string[]> => {
    const answer = await ask(vault, `${folder}${below}?list=true`, token);
    const { data } = z.object({ data: z.object({ keys: z.array(z.string()) }) }).parse(await answer.json());
    const deeper = data.keys.map(async (key) => (key.endsWith('/') ? walk(`${below}${key}`) : [`${below}${key}`]));
    return (await Promise.all(deeper)).flat();
  };
  return walk('');
}
