import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { z } from 'zod';
import { type Api, openApi } from '../api.ts';
import type { Lab } from '../lab.ts';
import type { LabEnv } from '../lab-env.ts';
import { faultLabel } from '../sample/app.ts';
import { canary } from '../sample/canaries.ts';
import { nameMaker } from '../sample/names.ts';
import { type Summary, summary } from '../sample/summary.ts';
import { drawHomelab, everyApp, podsOverQuota, type Stack } from './model.ts';
import { playOperators, provisionVolumes } from './operators.ts';
import { plantedFaults } from './planted.ts';
import { commitAll, push, writeRepository } from './repository.ts';
import { prepareRunner, terraformEnv } from './terragrunt.ts';
import { drawVaultContent, vaultCanaries, writeVaultContent } from './vault-content.ts';

const keyFile = 'homelab-key.json';

/**
 * Makes the homelab: a repository with its history, secrets in Vault, every stack applied by Terragrunt, what operators would
 * have written, and what is wrong on purpose. The namespaces are the sample's.
 */
export async function loadHomelab(
  lab: Lab,
  { vault, postgres }: Partial<LabEnv>,
  say: (line: string) => void,
): Promise<void> {
  if (vault === undefined || postgres === undefined) throw new Error('the homelab needs Vault and Postgres');
  const sample: Summary = summary.parse(readJson(lab, 'sample.json'));
  const taken = [...sample.apps.map(({ name }) => name), ...sample.namespaces, ...sample.nodes];
  const stacks = drawHomelab(sample.namespaces, nameMaker(taken));
  const content = drawVaultContent(stacks);
  using api = openApi(lab);
  await Promise.all([
    writeRepository(lab, stacks, await makeAgeKey(lab)),
    writeVaultContent(vault, content),
    provisionVolumes(api, stacks),
  ]);
  say(`applying ${stacks.length} stacks`);
  const runAll = prepareRunner(lab, postgres.state);
  await runAll(['apply', '-auto-approve', '-input=false', '-no-color']);
  await encryptState(lab, stacks);
  await playOperators(api, stacks, content);
  await commitAll(lab, { message: 'state: after the apply', hoursAgo: 0 });
  await push(lab);
  const canaries = z.array(canary).parse(readJson(lab, 'canaries.json'));
  writeJson(lab, 'canaries.json', [...canaries, ...vaultCanaries(content)]);
  writeJson(lab, 'sample.json', { ...sample, pods: sample.pods + (await untilSettled(lab, api, stacks)) });
  writeJson(lab, keyFile, plantedFaults(stacks));
}

/** What `env` says of it; nothing where it was left out. */
export function homelabEnv(lab: Lab): Partial<LabEnv> {
  if (!existsSync(lab.path(keyFile))) return {};
  return {
    homelab: lab.path('homelab'),
    remote: lab.path('remote.git'),
    key: lab.path(keyFile),
    terraform: terraformEnv(lab),
  };
}

/** The key pair that opens the state of tier 0. Returns the public half. */
async function makeAgeKey(lab: Lab): Promise<string> {
  const file = lab.path('age.key');
  await execa(lab.program('age-keygen'), ['-o', file], { env: {}, extendEnv: false });
  const [, recipient] = /^# public key: (age1\w+)$/m.exec(readFileSync(file, 'utf8')) ?? [];
  if (recipient === undefined) throw new Error('age-keygen wrote no public key');
  return recipient;
}

/** The state of tier 0 goes into git encrypted; in clear it stays beside it, where git does not look. */
async function encryptState(lab: Lab, stacks: readonly Stack[]): Promise<void> {
  const encrypt = async ({ name }: Stack): Promise<void> => {
    const state = join('state', name, 'terraform.tfstate');
    const types = ['--input-type', 'json', '--output-type', 'json'];
    await execa(lab.program('sops'), ['encrypt', ...types, '--output', `${state}.enc`, state], {
      cwd: lab.path('homelab'),
      env: { HOME: lab.path() },
      extendEnv: false,
    });
  };
  await Promise.all(stacks.filter(({ tier }) => tier === 0).map(encrypt));
}

const podList = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ labels: z.record(z.string(), z.string()), deletionTimestamp: z.string().optional() }),
      status: z.object({ phase: z.string().optional() }),
    }),
  ),
});

/** Waits for the pods of all stacks; returns how many there are. */
async function untilSettled(lab: Lab, api: Api, stacks: readonly Stack[]): Promise<number> {
  const expected = everyApp(stacks).reduce((sum, { app }) => sum + app.replicas, 0) - podsOverQuota;
  const deadline = Date.now() + 60_000;
  for (;;) {
    const { items } = podList.parse(
      await api.get('/api/v1/pods?labelSelector=app.kubernetes.io/managed-by%3Dterraform'),
    );
    const waiting = items.filter(({ metadata, status }) => {
      return (
        metadata.deletionTimestamp !== undefined || (status.phase !== 'Running' && !(faultLabel in metadata.labels))
      );
    });
    if (items.length === expected && waiting.length === 0) return expected;
    if (Date.now() > deadline) {
      throw new Error(
        `the stacks have ${items.length} pods, ${waiting.length} of them not settled; expected ${expected}`,
      );
    }
    await sleep(200, undefined, { signal: lab.signal });
  }
}

function readJson(lab: Lab, file: string): unknown {
  return JSON.parse(readFileSync(lab.path(file), 'utf8'));
}

function writeJson(lab: Lab, file: string, value: unknown): void {
  writeFileSync(lab.path(file), `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
}
