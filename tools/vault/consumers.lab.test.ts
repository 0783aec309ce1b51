import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { type ClusterConnection, connectCluster } from '../../src/cluster/index.ts';
import { createCursors, renderAnswer, type Tool } from '../../src/kit/index.ts';
import { silent } from '../../src/redaction/no-redaction.fixture.ts';
import { connectVault } from '../../src/vault/index.ts';
import type { VaultSession } from '../../src/vault/port.ts';
import { plantedFault } from '../../test/lab/homelab/planted.ts';
import { ask } from '../../test/lab/keep/ask-keep.ts';
import { prepareKeep, type ScratchKeep } from '../../test/lab/keep/scratch-keep.ts';
import { describeWithLab, kubectlAs } from '../../test/lab/use-lab.ts';
import { tellVault } from '../../test/lab/vault/vault-api.ts';
import { keepSocket } from '../iac/keep-socket.ts';
import { compare } from './compare.ts';
import { vaultConfig, vaultOptions } from './config.ts';
import { consumerObjects, databaseStoreOf, secretOf } from './consumers.fixture.ts';
import { consumers } from './consumers.ts';
import { portsOver } from './group.ts';
import type { VaultPorts } from './port.ts';
import { principal } from './scripted-vault.fixture.ts';

const cursors = createCursors(randomBytes(32));
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

await describeWithLab('who uses a secret, through real Vault, cluster, keep and fingerprinter', (lab) => {
  const target = lab.vault;
  const { key: keyFile } = lab;
  if (target === undefined || keyFile === undefined) throw new Error(`lab ${lab.name} has no homelab`);
  const root = { addr: target.addr, token: readFileSync(target.rootTokenFile, 'utf8') };
  const namespace = `consumers-${randomBytes(4).toString('hex')}`;
  const path = `apps/${namespace}`;
  const secret = `secret/${path}`;
  const role = 'pg-terraform-state';
  const scratch = mkdtempSync(join(tmpdir(), 'castellan-consumers-'));
  const values: string[] = [];
  const fresh = (): string => {
    const value = randomBytes(18).toString('base64url');
    values.push(value);
    return value;
  };
  const [old, now, twin] = [fresh(), fresh(), fresh()];
  const said: string[] = [];

  let keep: ScratchKeep;
  let cluster: ClusterConnection;
  let session: VaultSession;
  let ports: VaultPorts;

  const write = (at: string, data: Readonly<Record<string, string>>) =>
    tellVault(root, 'POST', `secret/data/${at}`, { data });
  const kubectl = async (args: readonly string[]): Promise<string> => {
    const done = await kubectlAs('admin', lab, args);
    if (!done.ok) throw new Error(done.stderr);
    return done.stdout;
  };
  const apply = async (objects: readonly object[]): Promise<void> => {
    const file = join(scratch, 'objects.json');
    writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
    await kubectl(['apply', '--filename', file]);
  };
  const call = async (tool: Tool<VaultPorts>, asked: Readonly<Record<string, unknown>>): Promise<string> => {
    const input = tool.input.parse(asked);
    const cursor = typeof asked['cursor'] === 'string' ? asked['cursor'] : undefined;
    const at = new Date();
    const answer = await tool.run(input, {
      ports,
      principal,
      signal: AbortSignal.timeout(60_000),
      now: () => at,
      progress: () => undefined,
      page: cursors.pageFor({ tool: tool.name, input, principal }, cursor, at),
      room: 64_000,
    });
    const redactions = { redact: silent.text, redactAgent: silent.text, redactOwn: silent.text };
    const { text } = renderAnswer(answer, { budget: 64_000, ...redactions });
    said.push(text);
    return text;
  };

  /** Every page: what other suites left in a lab they share may fill the first. */
  const consumersOf = async (asked: Readonly<Record<string, unknown>>): Promise<readonly string[]> => {
    const pages: string[] = [];
    for (let cursor: string | undefined; pages.length === 0 || cursor !== undefined; ) {
      const text = await call(consumers, { ...asked, ...(cursor === undefined ? {} : { cursor }) });
      pages.push(text);
      cursor = /next_cursor: (\S+)/.exec(text)?.[1];
    }
    return pages;
  };

  beforeAll(async () => {
    const bystander = { only_hcl: fresh(), only_yaml: fresh(), only_elsewhere: fresh(), spare: fresh() };
    await write(path, { password: old, user: 'mail', ...bystander });
    await write(path, { password: now, user: 'mail', ...bystander });
    await write(`${path}-twin`, { password: now, other: twin });
    await kubectl(['create', 'namespace', namespace]);
    await apply([secretOf(namespace, old), ...consumerObjects(namespace, path, role)]);
    keep = await prepareKeep(lab, {
      vault: true,
      prepare: async (infra) => {
        await infra.commit('mail: takes keys of its own', {
          'stacks/mail/consumer.tf': hclOf(path),
          'stacks/mail/manifests/consumer.yaml': yamlOf(path),
        });
      },
    });
    await keep.start();
    const isReady = async () => (await ask(keep, { verb: 'fingerprints', waitMs: 0 })).fingerprints?.state === 'ready';
    // The hook's own time ends it.
    while (!(await isReady())) await sleep(200);
    cluster = await connectCluster({ kubeconfig: lab.kubeconfig.castellan, deadlineMs: 10_000 }, { redactor: silent });
    const config = vaultConfig.parse({
      address: target.addr,
      auth: { kind: 'token-file', file: target.castellanTokenFile },
    });
    session = await connectVault(vaultOptions(config), { log: quiet });
    ports = await portsOver(session, config, {
      keep: async () => keepSocket(keep.socket),
      cluster: async () => cluster.reader,
    });
  });
  afterAll(async () => {
    await session?.[Symbol.asyncDispose]();
    await cluster?.[Symbol.asyncDispose]();
    await keep?.[Symbol.asyncDispose]();
    await kubectl(['delete', 'namespace', namespace, '--wait=false']);
    await kubectl(['delete', 'clustersecretstore', databaseStoreOf(namespace)]);
    await Promise.all([path, `${path}-twin`].map((at) => tellVault(root, 'DELETE', `secret/metadata/${at}`)));
    rmSync(scratch, { recursive: true, force: true });
  });

  it('from Vault through the ExternalSecret and its Secret to every workload that takes it, however it does', async () => {
    const rows = rowsOf(await call(consumers, { secret: `${secret}#password` }));
    const through = `through Secret ${namespace}/mail`;
    const expected = [
      ['ok', `ExternalSecret ${namespace}/mail`, 'remoteRef', `makes Secret ${namespace}/mail#password`],
      ['ok', `Deployment ${namespace}/by-env`, 'env', `${through}#password; taken at start, NO reload trigger`],
      ['ok', `Deployment ${namespace}/by-env-from`, 'envFrom', `${through}; taken at start, NO reload trigger`],
      ['ok', `StatefulSet ${namespace}/by-volume`, 'volume', `${through}; file follows the Secret`],
      ['ok', `CronJob ${namespace}/by-init`, 'env (init)', `${through}#password; taken at start, NO reload trigger`],
    ];
    for (const [state, by, how, detail] of expected) {
      expect(rows).toContainEqual([state, `${secret}#password`, by, how, detail]);
    }
    expect(rows.map(([, , by]) => by)).not.toContain(`Deployment ${namespace}/user-only`);
    expect(rowsOf(await call(consumers, { secret: `${secret}#user` })).map(([, , by]) => by)).toContain(
      `Deployment ${namespace}/user-only`,
    );
  });

  it('and in files of the repository, as the keep has it', async () => {
    const rows = rowsOf(await call(consumers, { secret }));
    const at = (by: string) => rows.filter(([, , who]) => who?.startsWith(by));
    expect(at('stacks/mail/consumer.tf:')).toContainEqual(
      expect.arrayContaining(['ok', `${secret}#only_hcl`, 'stack stacks/mail']),
    );
    expect(at('stacks/mail/consumer.tf:')).toContainEqual(
      expect.arrayContaining(['BROKEN', `${secret}#not_there`, 'NO SUCH KEY in Vault; stack stacks/mail']),
    );
    for (const key of ['only_yaml', 'only_elsewhere']) {
      expect(at('stacks/mail/manifests/consumer.yaml:')).toContainEqual(
        expect.arrayContaining(['ok', `${secret}#${key}`]),
      );
    }
  });

  it('of the sample homelab: an app that works, with the line of the stack that says so', async () => {
    const [one] = syncedList
      .parse(JSON.parse(await kubectl(['get', 'externalsecrets', '--all-namespaces', '--output=json'])))
      .items.filter(({ status }) => status?.conditions.some(({ status: is }) => is === 'True'));
    const [entry] = one?.spec.data ?? [];
    if (one === undefined || entry === undefined) throw new Error('no ExternalSecret of the homelab is synced');
    const app = one.metadata.name.replace(/-credentials$/, '');
    const rows = rowsOf(await call(consumers, { secret: `secret/${entry.remoteRef.key}#${entry.remoteRef.property}` }));
    const at = one.metadata.namespace;
    expect(rows.map(([state, , by]) => [state, by])).toEqual(
      expect.arrayContaining([
        ['ok', `ExternalSecret ${at}/${one.metadata.name}`],
        ['ok', `Deployment ${at}/${app}`],
      ]),
    );
    const [stack] = entry.remoteRef.key.split('/');
    const inSource = rows.filter(([, , by]) => by?.includes('.tf:'));
    expect(inSource).toHaveLength(1);
    expect(inSource[0]?.[4]).toBe(`stack stacks/${stack}`);
  });

  it('what is broken comes first: a key and a path that are not there, and what takes a key nothing makes', async () => {
    const pages = await consumersOf({});
    const text = pages.join('\n');
    const rows = pages.flatMap(rowsOf);
    const broken = rows.filter(([state]) => state === 'BROKEN');
    expect(text.split('\n')[0]).toMatch(new RegExp(`^${broken.length} broken, `));
    expect(broken.map(([, reference, by]) => [reference, by])).toEqual(
      expect.arrayContaining([
        [`${secret}#pasword`, `ExternalSecret ${namespace}/typo`],
        [`${secret}-gone#password`, `ExternalSecret ${namespace}/gone`],
        [`k8s:${namespace}/mail#passwd`, `Deployment ${namespace}/lost`],
        [`${secret}#not_there`, expect.stringMatching(/^stacks\/mail\/consumer\.tf:\d+$/)],
      ]),
    );
    const missing = z.array(plantedFault).parse(JSON.parse(readFileSync(keyFile, 'utf8')));
    const planted = missing.find(({ id }) => id === 'secret-key-missing');
    for (const word of planted?.must ?? ['the homelab has no such fault']) expect(text).toContain(word);

    const ofOne = rowsOf(await call(consumers, { secret }));
    for (const states of [rows, ofOne].map((some) => some.map(([state]) => state))) {
      expect(states.lastIndexOf('BROKEN')).toBe(states.filter((state) => state === 'BROKEN').length - 1);
    }
    expect(ofOne.map(([state]) => state)).toContain('ok');
  });

  it('orphans are the keys that neither cluster nor repository names, and no others', async () => {
    const text = (await consumersOf({ orphans: true })).join('\n');
    expect(text.split('\n')[0]).toMatch(/^\d+ keys that nothing in the cluster or the repository names$/);
    const keys = linesOf(text).map((line) => line.split('\t')[0]);
    expect(keys).toContain(`${secret}#spare`);
    expect(keys).toContain(`${secret}-twin#other`);
    for (const key of ['password', 'user', 'only_hcl', 'only_yaml', 'only_elsewhere'])
      expect(keys).not.toContain(`${secret}#${key}`);
  });

  it('the next rotation breaks what took the password at its start, unless something restarts it', async () => {
    const text = await call(consumers, { rotation: true });
    const { last_vault_rotation: last, rotation_period: seconds } = staticRole.parse(
      await tellVault(root, 'GET', `database/static-roles/${role}`),
    ).data;
    const next = new Date(Date.parse(last) + seconds * 1_000).toISOString().slice(0, 16);
    expect(text).toContain(`database/${role}`);
    expect(text).toContain(`${next}Z (in `);
    const states = new Map(
      linesOf(text).flatMap((line) => {
        const [state = '', ...cells] = line.split('\t');
        const who = cells.find((cell) => cell.includes(` ${namespace}/`));
        return who === undefined ? [] : [[who, state] as const];
      }),
    );
    expect(Object.fromEntries(states)).toEqual({
      [`Deployment ${namespace}/db-env`]: 'BREAKS',
      [`DaemonSet ${namespace}/db-init`]: 'BREAKS',
      [`Deployment ${namespace}/db-other`]: 'BREAKS',
      [`Deployment ${namespace}/db-file`]: 'follows',
      [`Deployment ${namespace}/db-named`]: 'ok',
      [`Deployment ${namespace}/db-auto`]: 'ok',
    });
    const breaks = linesOf(text).filter((line) => line.startsWith('BREAKS\t')).length;
    expect(text.split('\n')[0]).toBe(`${breaks} would BREAK at the next rotation`);
    expect(text).toMatch(/not rotated by Vault and so not here: root users/);
  });

  it('a Secret that was not synced since is told with the version it has, and then the pods that predate it', async () => {
    const podsRun = () => kubectl(['get', 'pods', '-n', namespace, '--output=jsonpath={.items[*].status.phase}']);
    await expect.poll(podsRun).toMatch(/^(?:Running ?){8,}$/);
    const sides = { left: `${secret}#password`, right: `k8s:${namespace}/mail#password` };
    const stale = await call(compare, sides);
    expect(stale.split('\n')[0]).toBe(
      `DIFFERENT: ${sides.left} and ${sides.right}; the other side still has version 1`,
    );
    expect(stale).toMatch(/next: kubectl_describe of the ExternalSecret/);

    // What the API server writes down has whole seconds.
    await sleep(1_100);
    await apply([secretOf(namespace, now)]);
    const synced = await call(compare, sides);
    expect(synced.split('\n')[0]).toBe(
      `EQUAL: ${sides.left} and ${sides.right}; 2 PODS PREDATE THE CHANGE: restart needed`,
    );
    expect(synced).toMatch(new RegExp(`^by-env-\\S+ of Deployment ${namespace}/by-env, started `, 'm'));
    expect(synced).toMatch(new RegExp(`^by-env-from-\\S+ of Deployment ${namespace}/by-env-from, started `, 'm'));
    expect(synced).not.toMatch(/of StatefulSet|user-only/);

    await kubectl(['rollout', 'restart', 'deployment/by-env', 'deployment/by-env-from', '-n', namespace]);
    await expect.poll(async () => (await call(compare, sides)).split('\n')[0]).not.toContain('PREDATE');
  });

  it('two places of Vault are compared too, and what cannot be read is unknown, never different', async () => {
    const between = (right: string) => call(compare, { left: `${secret}#password`, right });
    expect(await between(`${secret}-twin#password`)).toMatch(/^EQUAL: /);
    expect(await between(`${secret}-twin#other`)).toMatch(/^DIFFERENT: /);
    expect(await between(`${secret}#password@1`)).toMatch(/^DIFFERENT: .*the other side still has version 1/);
    expect(await between(`k8s:${namespace}/none#password`)).toMatch(/^UNKNOWN \(there is no Secret /);
    expect(await between(`${secret}-gone#password`)).toMatch(/^UNKNOWN \(/);
  });

  it('a value is never compared, nor repeated, nor counted', async () => {
    const used = async (): Promise<string> =>
      /comparison (\d+) of/.exec(await call(compare, { left: `${secret}#user`, right: `${secret}-twin#other` }))?.[1] ??
      'not told';
    const before = Number(await used());
    for (const literal of [now, `${now}#password`, `k8s:${now}`]) {
      for (const sides of [
        { left: literal, right: `${secret}#password` },
        { left: `${secret}#password`, right: literal },
      ]) {
        const refused = await call(compare, sides).catch((error: unknown) => error);
        expect(refused).toMatchObject({ code: 'vault-compare-literal' });
        expect(`${String(refused)} ${JSON.stringify(refused)}`).not.toContain(now);
      }
    }
    expect(Number(await used())).toBe(before + 1);
  });

  it('and no answer held a value', () => {
    expect(said.length).toBeGreaterThan(10);
    for (const value of values) expect(said.filter((text) => text.includes(value))).toEqual([]);
  });
});

const syncedList = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ namespace: z.string(), name: z.string() }),
      spec: z.object({
        data: z.array(z.object({ remoteRef: z.object({ key: z.string(), property: z.string() }) })).default([]),
      }),
      status: z.object({ conditions: z.array(z.object({ status: z.string() })).default([]) }).optional(),
    }),
  ),
});

const staticRole = z.object({ data: z.object({ last_vault_rotation: z.string(), rotation_period: z.number() }) });

/** Also of a table with a word of somebody else's, whose lines are marked. */
function linesOf(text: string): readonly string[] {
  return text.split('\n').map((line) => line.replace(/^\| /, ''));
}

/** The rows of a table: state, reference, consumer, how, detail. What is the same in every row stands above them. */
function rowsOf(text: string): readonly (readonly string[])[] {
  const columns = ['state', 'reference', 'consumer', 'how', 'detail'];
  const lines = linesOf(text);
  const always = (lines.find((line) => line.startsWith('every row: ')) ?? '').split(
    / (?=(?:state|reference|consumer|how|detail)=)/,
  );
  const header = lines.findIndex((line) => /^(?:[A-Z]+\t)+[A-Z]+$/.test(line));
  const names = lines[header]?.toLowerCase().split('\t') ?? [];
  return lines
    .slice(header + 1)
    .map((line) => line.split('\t'))
    .filter((cells) => cells.length === names.length)
    .map((cells) =>
      columns.map(
        (column) =>
          cells[names.indexOf(column)] ??
          always.find((one) => one.startsWith(`${column}=`))?.slice(column.length + 1) ??
          '',
      ),
    );
}

function hclOf(path: string): string {
  return `data "vault_kv_secret_v2" "consumer" {
  mount = "secret"
  name  = "${path}"
}

locals {
  consumer_there = data.vault_kv_secret_v2.consumer.data["only_hcl"]
  consumer_gone  = data.vault_kv_secret_v2.consumer.data["not_there"]
}
`;
}

function yamlOf(path: string): string {
  return `apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: consumer, namespace: mail }
spec:
  secretStoreRef: { kind: ClusterSecretStore, name: vault }
  data:
    - secretKey: only
      remoteRef: { key: ${path}, property: only_yaml }
---
# Its store stands in no file.
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: elsewhere, namespace: mail }
spec:
  secretStoreRef: { kind: ClusterSecretStore, name: elsewhere }
  data:
    - secretKey: only
      remoteRef: { key: ${path}, property: only_elsewhere }
`;
}
