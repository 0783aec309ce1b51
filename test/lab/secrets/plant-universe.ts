import { randomBytes, randomInt } from 'node:crypto';
import { appendFileSync, chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { classify } from '../../../src/redaction/known/classify.ts';
import type { ValueClass } from '../../../src/redaction/known/fingerprints.ts';
import type { LabEnv } from '../lab-env.ts';
import { type App, deployment } from '../sample/app.ts';
import { warning } from '../sample/objects.ts';
import { canariesOf } from '../use-lab.ts';
import { type PlantedSecret, plantSecrets } from '../vault/planted.ts';
import { tellVault, type VaultTarget } from '../vault/vault-api.ts';
import type { Needle } from './needles.ts';

export interface KnownSecret extends PlantedSecret {
  readonly class: ValueClass;
}

/** Values of Vault that also lie wherever people leave them, in a namespace of their own. */
export interface Universe extends AsyncDisposable {
  readonly root: VaultTarget;
  readonly secrets: readonly KnownSecret[];
  /** Of class a and b: what must be found nowhere. */
  readonly needles: readonly Needle[];
  /** Of class c: what must not be found behind its own name. */
  readonly named: readonly { readonly where: string; readonly pattern: RegExp }[];
  /** In no Vault; hidden by where they lie. */
  readonly structural: readonly Needle[];
  /** In no Vault, and nothing says that they are secret: words of a log. */
  readonly unheardOf: readonly string[];
  /** A path of Vault that looks like one of the values; that value. */
  readonly lookalike: string;
  readonly app: App;
  /** A key that somebody else rotates. */
  readonly rotated: { readonly path: string; readonly key: string };
  /** Prints a line in the app. */
  print(line: string): void;
}

const shortCount = 12;
/** One line a value, in the ways programs print them. */
const printers: readonly ((secret: KnownSecret) => string)[] = [
  ({ value }) => value,
  ({ value }) => JSON.stringify({ level: 'info', msg: `got ${value}`, at: 'startup' }),
  ({ value }) => `GET /hook?given=${encodeURIComponent(value)} 200`,
  ({ value }) => `said ${Buffer.from(`house:${value}`).toString('base64')} to the relay`,
  ({ value }) => `sent ${Buffer.from(`a${value}`).toString('base64url')}`,
  ({ value }) => `bytes ${Buffer.from(value).toString('hex')}`,
  ({ value }) => `BYTES ${Buffer.from(value).toString('hex').toUpperCase()}`,
  ({ value }) => `body ${JSON.stringify(JSON.stringify({ given: value }))}`,
];

export async function plantUniverse(lab: LabEnv, count: number): Promise<Universe> {
  if (lab.vault === undefined) throw new Error(`lab ${lab.name} has no Vault`);
  const root: VaultTarget = { addr: lab.vault.addr, token: readFileSync(lab.vault.rootTokenFile, 'utf8') };
  const planted = await plantSecrets(lab, count - shortCount);
  const folder = `planted/${randomBytes(4).toString('hex')}`;
  const short = Array.from({ length: shortCount }, (_, index): PlantedSecret => {
    const value = randomBytes(9).toString('base64url');
    return { mount: 'secret', path: `${folder}/short-${index}`, key: 'password', shape: 'password', value, parts: [] };
  });
  for (const { path, key, value } of short)
    await tellVault(root, 'POST', `secret/data/${path}`, { data: { [key]: value } });
  const secrets = [...planted.secrets, ...short].map((one): KnownSecret => {
    const judged = classify({ key: one.key, value: one.value, published: new Set() });
    if (!('class' in judged)) throw new Error(`${one.path}#${one.key} is not looked for: ${judged.skipped}`);
    return { ...one, class: judged.class };
  });

  const strong = secrets.filter((one) => one.class === 'a');
  const oneLine = secrets.filter((one) => one.class !== 'c' && !one.value.includes('\n') && one.value.length < 200);
  const share = (part: number): readonly KnownSecret[] => oneLine.filter((_, index) => index % 4 === part);
  const passwords = strong.filter(({ shape }) => shape === 'password');

  // Where Vault itself shows words: custom metadata, and a path that is a value.
  for (const { path, value } of passwords.slice(0, 8))
    await tellVault(root, 'POST', `secret/metadata/${path}`, { custom_metadata: { note: `was ${value}` } });
  const lookalike = passwords[8]?.value ?? '';
  await tellVault(root, 'POST', `secret/data/${folder}/${lookalike}`, { data: { plain_setting: 'true' } });
  const rotated = { path: `${folder}/rotated`, key: 'token' };
  await tellVault(root, 'POST', `secret/data/${rotated.path}`, {
    data: { token: randomBytes(18).toString('base64url') },
  });

  const scratch = mkdtempSync(join(tmpdir(), 'castellan-universe-'));
  chmodSync(scratch, 0o755);
  const logFile = join(scratch, 'app.log');
  let printed = 0;
  const line = (text: string): string =>
    `${new Date(Date.now() - 600_000 + printed++ * 20).toISOString().replace('Z', '000000Z')} stdout F ${text}\n`;
  const unheardOf = Array.from({ length: 10 }, () => drawWord());
  const said = [
    ...secrets.flatMap((secret, index) =>
      secret.class === 'c' ? [`${secret.key}=${secret.value}`] : logLines(secret, index),
    ),
    ...unheardOf.map((word) => `the courier answered ${word} at the door`),
  ];
  writeFileSync(logFile, said.map(line).join(''), { mode: 0o644 });

  const structural: Needle[] = [];
  const hidden = (where: string): string => {
    const value = randomBytes(18).toString('base64url');
    structural.push({ where, value });
    return value;
  };
  const namespace = `universe-${randomBytes(3).toString('hex')}`;
  const app: App = {
    namespace,
    name: 'courier',
    replicas: 2,
    env: [
      ...share(0).map(({ value }, index) => ({ name: `BANNER_${index}`, value })),
      { name: 'DB_PASSWORD', value: hidden('env DB_PASSWORD') },
      { name: 'DATABASE_URL', value: `postgres://app:${hidden('env URL')}@db.example.net/app` },
    ],
    args: [...share(1).map(({ value }) => `--motto=${value}`), `--api-key=${hidden('argument')}`],
    annotations: Object.fromEntries(
      share(2).map(({ value }, index) => [`example.net/note-${index}`, `the note says ${value}`]),
    ),
  };
  const created = deployment(app);
  const objects: object[] = [
    {
      ...created,
      metadata: {
        ...created.metadata,
        annotations: {
          ...Object.fromEntries(share(3).map(({ value }, index) => [`example.net/memo-${index}`, value])),
          'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(created),
        },
      },
    },
    configMap(
      namespace,
      'courier-files',
      strong.map(({ key, value }, index) => [`file-${index}`, `x-${key} ${value}`]),
    ),
    configMap(namespace, 'courier-settings', [['SMTP_PASSWORD', hidden('ConfigMap SMTP_PASSWORD')]]),
    ...[...Map.groupBy(secrets, ({ path }) => path)].map(([, of], index) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { namespace, name: `courier-${index}` },
      stringData: {
        ...Object.fromEntries(of.map(({ key, value }) => [key, value])),
        own: hidden(`Secret courier-${index}`),
      },
    })),
    ...oneLine
      .slice(0, 60)
      .map(({ value }, index) => warning(app, `Courier${index}`, `login with ${value} was refused`)),
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { namespace, name: 'courier-once', labels: { 'app.kubernetes.io/name': 'courier-once' } },
      spec: {
        containers: [
          {
            name: 'once',
            image: 'registry.example.net/once:1',
            env: [{ name: 'GREETING', value: passwords[9]?.value ?? '' }],
          },
        ],
      },
    },
  ];
  await create(lab, [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    {
      apiVersion: 'kwok.x-k8s.io/v1alpha1',
      kind: 'ClusterLogs',
      metadata: { name: namespace },
      spec: {
        selector: { matchNamespaces: [namespace] },
        logs: [{ logsFile: logFile, previousLogsFile: logFile }],
      },
    },
  ]);
  await serviceAccount(lab, namespace);
  await create(lab, objects);
  const rollout = ['rollout', 'status', 'deployment/courier', `--namespace=${namespace}`, '--timeout=60s'];
  await kubectl(lab, rollout);

  return {
    root,
    secrets,
    needles: secrets.filter((one) => one.class === 'a' || one.class === 'b').flatMap(needlesOf),
    named: secrets
      .filter((one) => one.class === 'c')
      .map(({ path, key, value }) => ({
        where: `${path}#${key}`,
        pattern: new RegExp(`${key}[\\\\"']*\\s*[:=]\\s*[\\\\"']*${value}(?![0-9])`),
      })),
    structural,
    unheardOf,
    lookalike,
    app,
    rotated,
    print: (text) => appendFileSync(logFile, line(text)),
    [Symbol.asyncDispose]: async () => {
      await kubectl(lab, ['delete', 'namespace', namespace, '--wait=false']);
      await kubectl(lab, ['delete', 'clusterlogs.kwok.x-k8s.io', namespace]);
      for (const { path } of short) await tellVault(root, 'DELETE', `secret/metadata/${path}`);
      for (const path of [`${folder}/${lookalike}`, rotated.path])
        await tellVault(root, 'DELETE', `secret/metadata/${path}`);
      await planted[Symbol.asyncDispose]();
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

function logLines(secret: KnownSecret, index: number): readonly string[] {
  const print = printers[Math.floor(index / 8) % printers.length];
  const written = print?.(secret) ?? secret.value;
  return written.split('\n').filter((text) => text !== '');
}

/** The parts of a value that are secret by themselves; the rest of a document or an address is no secret. */
function needlesOf({ path, key, value, parts, shape }: KnownSecret): readonly Needle[] {
  const where = `${path}#${key}`;
  if (parts.length === 0) return [{ where, value }];
  // The first line of every such key begins alike, and the last is short.
  const own = shape === 'pem' ? parts.slice(1).filter((part) => part.length === 64) : parts;
  return own.map((part) => ({ where, value: part }));
}

/** The lab's own secrets, as they are looked for here: of a document what is secret in it. */
export function canaryNeedles(lab: LabEnv): readonly Needle[] {
  return canariesOf(lab).flatMap(({ where, value }) => {
    const [, auth] = /"auth":"([^"]+)"/.exec(value) ?? [];
    if (auth !== undefined)
      return [
        { where, value: auth },
        { where, value: Buffer.from(auth, 'base64').toString().slice('house:'.length) },
      ];
    if (!value.includes('-----BEGIN')) return [{ where, value }];
    return value
      .split('\n')
      .filter((line) => line.length >= 60)
      .map((line) => ({ where, value: line.slice(24) }));
  });
}

function configMap(namespace: string, name: string, data: readonly (readonly [string, string])[]): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name }, data: Object.fromEntries(data) };
}

/** Speakable, and in no list of words. */
function drawWord(): string {
  const pick = (from: string): string => from[randomInt(from.length)] ?? '';
  return Array.from({ length: 4 }, () => pick('bdfglmnprstv') + pick('aeiou')).join('');
}

async function create(lab: LabEnv, items: readonly object[]): Promise<void> {
  await kubectl(lab, ['create', '--filename=-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
}

async function serviceAccount(lab: LabEnv, namespace: string): Promise<void> {
  await kubectl(lab, ['wait', 'serviceaccount/default', `--namespace=${namespace}`, '--for=create', '--timeout=60s']);
}

async function kubectl(lab: LabEnv, args: readonly string[], input?: string): Promise<string> {
  const done = await execa(lab.kubectl, ['--kubeconfig', lab.kubeconfig.admin, ...args], {
    env: { HOME: '/nonexistent', KUBECACHEDIR: '/dev/null' },
    extendEnv: false,
    ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
  });
  return done.stdout;
}
