import { join } from 'node:path';
import { type ConfigPath, deepFreeze, type Problem, pathText, tryReadSecret } from '../../config/index.ts';
import { Secret } from '../../kit/index.ts';
import { createRedactor } from '../../redaction/index.ts';
import { type Owners, ownersFor, proveOwnership, proveTree } from './ownership.ts';
import { type RawKeepConfig, rawKeepConfig } from './raw.ts';
import { readRootYaml, refuseProblems } from './root-yaml.ts';
import type { KeepConfig, Profile, Runner, StateSource } from './valid.ts';

export const defaultKeepConfig = '/etc/castellan/keep.yaml';

export interface LoadKeepOptions {
  /** Files may belong to the keep's own user too. */
  readonly seatBelt: boolean;
}

const next = 'correct what is listed, as root, and start the keep again';

/**
 * keep.yaml, proven and frozen; every problem is told at once. Reads that file and the files with secrets it names; no
 * environment variable has a part in it.
 * Errors: `config-not-found`, `config-unsafe`, `config-unreadable`, `config-malformed`, `config-unknown-key`,
 * `config-invalid`, `secret-file-unsafe`, `secret-file-unusable`.
 */
export function loadKeepConfig(file: string, { seatBelt }: LoadKeepOptions): KeepConfig {
  const owners = ownersFor(seatBelt);
  const { raw, placeOf } = readKeepFile(file, owners);
  const reading = readNamedFiles(raw, owners, placeOf);
  refuseProblems([...reading.problems, ...credentialsInClear(raw, placeOf)], next);
  return deepFreeze(configOf(file, raw, reading.secretAt));
}

/**
 * Where the keep of this keep.yaml is spoken to. Reads that file alone: humans who only ask may read none of its secrets.
 * Errors: those of `loadKeepConfig` that begin with `config-`.
 */
export function loadKeepDirectories(file: string, { seatBelt }: LoadKeepOptions): KeepConfig['directories'] {
  return deepFreeze(readKeepFile(file, ownersFor(seatBelt)).raw.directories);
}

function readKeepFile(file: string, owners: Owners) {
  return readRootYaml(file, rawKeepConfig, { owners, next });
}

interface NamedFile {
  readonly at: ConfigPath;
  readonly path: string | undefined;
  readonly what: 'file' | 'secret' | 'tree';
}

/** Every file that keep.yaml names and that could betray the keep if somebody else could change it. */
function namedFiles({
  database,
  repository,
  kubernetes,
  profiles,
  notify,
  vault,
}: RawKeepConfig): readonly NamedFile[] {
  return [
    { at: ['database', 'postgres', 'passwordFrom'], path: database.postgres?.passwordFrom, what: 'secret' },
    { at: ['database', 'postgres', 'caFile'], path: database.postgres?.caFile, what: 'file' },
    { at: ['repository', 'sshKeyFile'], path: repository.sshKeyFile, what: 'file' },
    { at: ['repository', 'knownHostsFile'], path: repository.knownHostsFile, what: 'file' },
    { at: ['repository', 'tokenFrom'], path: repository.tokenFrom, what: 'secret' },
    { at: ['repository', 'push', 'sshKeyFile'], path: repository.push?.sshKeyFile, what: 'file' },
    { at: ['repository', 'push', 'tokenFrom'], path: repository.push?.tokenFrom, what: 'secret' },
    { at: ['kubernetes', 'kubeconfig'], path: kubernetes?.kubeconfig, what: 'file' },
    { at: ['notify', 'slackFrom'], path: notify.slackFrom, what: 'secret' },
    { at: ['vault', 'caFile'], path: vault?.caFile, what: 'file' },
    { at: ['vault', 'fingerprinter', 'config'], path: vault?.fingerprinter?.config, what: 'file' },
    ...profiles.flatMap((profile, index) => filesOfProfile(profile, ['profiles', index])),
  ];
}

function filesOfProfile(profile: RawKeepConfig['profiles'][number], at: ConfigPath): readonly NamedFile[] {
  const { runner, state } = profile;
  const programs = [
    ['program', 'program' in runner ? runner.program : undefined],
    ['engine', 'engine' in runner ? runner.engine : undefined],
    ['terragrunt', 'terragrunt' in runner ? runner.terragrunt : undefined],
  ] as const;
  return [
    ...programs.map(([key, path]): NamedFile => ({ at: [...at, 'runner', key], path, what: 'file' })),
    {
      at: [...at, 'state', 'connectionFrom'],
      path: state.kind === 'pg' ? state.connectionFrom : undefined,
      what: 'secret',
    },
    { at: [...at, 'state', 'sops'], path: state.kind === 'sops' ? state.sops : undefined, what: 'file' },
    { at: [...at, 'state', 'ageKeyFile'], path: state.kind === 'sops' ? state.ageKeyFile : undefined, what: 'file' },
    ...Object.entries(profile.credentials).map(
      ([name, path]): NamedFile => ({ at: [...at, 'credentials', name], path, what: 'secret' }),
    ),
    { at: [...at, 'providerMirror'], path: profile.providerMirror, what: 'tree' },
    { at: [...at, 'kubernetes', 'kubeconfig'], path: profile.kubernetes?.kubeconfig, what: 'file' },
    { at: [...at, 'charts', 'directory'], path: profile.charts?.directory, what: 'tree' },
    { at: [...at, 'apply', 'kubernetes', 'kubeconfig'], path: profile.apply?.kubernetes?.kubeconfig, what: 'file' },
    { at: [...at, 'apply', 'connectionFrom'], path: profile.apply?.connectionFrom, what: 'secret' },
    ...Object.entries(profile.apply?.credentials ?? {}).map(
      ([name, path]): NamedFile => ({ at: [...at, 'apply', 'credentials', name], path, what: 'secret' }),
    ),
  ];
}

interface Reading {
  readonly problems: readonly Problem[];
  secretAt(at: ConfigPath): Secret | undefined;
}

function readNamedFiles(raw: RawKeepConfig, owners: Owners, whereOf: (path: ConfigPath) => string): Reading {
  const secrets = new Map<string, Secret>();
  const problems: Problem[] = [];
  for (const { at, path, what } of namedFiles(raw)) {
    if (path === undefined) continue;
    const key = pathText(at);
    const proof = what === 'tree' ? proveTree(path, owners) : proveOwnership(path, owners);
    const flaw = proof.flaw ?? (what !== 'tree' && !proof.stats.isFile() ? 'is not a regular file' : undefined);
    if (flaw !== undefined) {
      problems.push({
        code: 'config-unsafe',
        where: whereOf(at),
        message: `what ${key} names ${flaw}`,
        next: 'name what belongs to root, in folders that belong to root and that nobody else can write to',
      });
    } else if (what === 'secret') {
      const read = tryReadSecret(path, key);
      if (read instanceof Secret) secrets.set(key, read);
      else problems.push({ where: whereOf(at), ...read });
    }
  }
  return { problems, secretAt: (at) => secrets.get(pathText(at)) };
}

const credentialName =
  /TOKEN|SECRET|PASSW|PASSPHRASE|CREDENTIAL|PRIVATE|(^|_)(PAT|PWD|AUTH|DSN)(_|$)|CONN_STR|API_?KEY|ACCESS_?KEY|_KEY$|KEY_BASE64/i;

/** What stands in `env` is read by whoever reads keep.yaml; a credential belongs into a file of its own. */
function credentialsInClear(raw: RawKeepConfig, whereOf: (path: ConfigPath) => string): readonly Problem[] {
  const redactor = createRedactor();
  return raw.profiles.flatMap(({ env }, index) =>
    Object.entries(env).flatMap(([name, value]): readonly Problem[] => {
      const suspicious = credentialName.test(name) || redactor.text(`${name}=${value}`).text !== `${name}=${value}`;
      const url = /[a-z][a-z0-9+.-]*:\/\/[^/?#\s]*@/i.test(value);
      if (value === '' || !(suspicious || url)) return [];
      const at = ['profiles', index, 'env', name];
      return [
        {
          code: 'config-invalid',
          where: whereOf(at),
          message: `${pathText(at)} looks like a credential`,
          next: 'put it into a file of its own, name that file under `credentials`, and change it: it stood in clear',
        },
      ];
    }),
  );
}

function configOf(file: string, raw: RawKeepConfig, secretAt: (at: ConfigPath) => Secret | undefined): KeepConfig {
  const { stateDirectory, workDirectory, directories, edit, sandbox, drift, conventions, plansPerHour, repository } =
    raw;
  return {
    file,
    stateDirectory,
    workDirectory,
    directories,
    database: databaseOf(raw, secretAt),
    repository: {
      url: repository.url,
      branch: repository.branch,
      sshKeyFile: repository.sshKeyFile,
      knownHostsFile: repository.knownHostsFile,
      token: secretAt(['repository', 'tokenFrom']),
      push: repository.push && {
        sshKeyFile: repository.push.sshKeyFile,
        token: secretAt(['repository', 'push', 'tokenFrom']),
      },
      trustedBase: repository.trustedBase,
    },
    edit,
    profiles: raw.profiles.map((profile, index) => profileOf(profile, ['profiles', index], secretAt)),
    sandbox,
    kubernetes: kubernetesOf(raw.kubernetes),
    drift: { at: drift.at, parallel: drift.parallel },
    conventions,
    plansPerHour,
    console: raw.console,
    approval: raw.approval,
    notify: { webhook: raw.notify.webhook, ntfy: raw.notify.ntfy, slack: secretAt(['notify', 'slackFrom']) },
    expect: {
      prometheus: raw.expect.prometheus,
      alertmanager: raw.expect.alertmanager,
      probes: raw.expect.probes,
    },
    vault: vaultOf(raw.vault),
  };
}

function vaultOf(raw: RawKeepConfig['vault']): KeepConfig['vault'] {
  if (raw === undefined) return undefined;
  const { address, plainHttp, caFile, namespace, peers, auth, requiredPolicy, kubernetesMount, requestHours } = raw;
  const { fingerprinter } = raw;
  return {
    address,
    plainHttp,
    caFile,
    namespace,
    peers,
    auth: auth.kind === 'token-file' ? { ...auth, requiredPolicy } : auth,
    kubernetesMount,
    requestHours,
    fingerprinter: fingerprinter && {
      socket: fingerprinter.socket,
      config: fingerprinter.config,
      uid: fingerprinter.uid,
    },
  };
}

function databaseOf(
  { database, stateDirectory }: RawKeepConfig,
  secretAt: (at: ConfigPath) => Secret | undefined,
): KeepConfig['database'] {
  if (database.postgres === undefined) {
    return { kind: 'embedded', directory: database.embedded?.directory ?? join(stateDirectory, 'db') };
  }
  const { host, port, database: name, user, tls, caFile } = database.postgres;
  const password = secretAt(['database', 'postgres', 'passwordFrom']);
  return { kind: 'postgres', host, port, database: name, user, password, tls, caFile };
}

function profileOf(
  raw: RawKeepConfig['profiles'][number],
  at: ConfigPath,
  secretAt: (at: ConfigPath) => Secret | undefined,
): Profile {
  const secret = (...below: readonly string[]): Secret => {
    const found = secretAt([...at, ...below]);
    if (found === undefined) throw new Error(`${pathText([...at, ...below])} was proven and not read`);
    return found;
  };
  const { name, stacks, tier, skip, env, varFiles, providerMirror, endpoints, timeoutSeconds } = raw;
  const state: StateSource =
    raw.state.kind === 'pg' ? { kind: 'pg', connection: secret('state', 'connectionFrom') } : raw.state;
  return {
    name,
    stacks,
    tier,
    skip,
    runner: runnerOf(raw.runner),
    state,
    env,
    credentials: Object.fromEntries(Object.keys(raw.credentials).map((key) => [key, secret('credentials', key)])),
    varFiles,
    providerMirror,
    kubernetes: raw.kubernetes === undefined ? undefined : { ...raw.kubernetes, context: raw.kubernetes.context },
    vault: raw.vault && { kubernetes: raw.vault.kubernetes, credentials: raw.vault.credentials },
    endpoints,
    charts: raw.charts,
    timeoutSeconds,
    apply: raw.apply && {
      kubernetes: kubernetesOf(raw.apply.kubernetes),
      connection: secretAt([...at, 'apply', 'connectionFrom']),
      credentials: Object.fromEntries(
        Object.keys(raw.apply.credentials).map((key) => [key, secret('apply', 'credentials', key)]),
      ),
      timeoutSeconds: raw.apply.timeoutSeconds,
    },
  };
}

function runnerOf(raw: RawKeepConfig['profiles'][number]['runner']): Runner {
  return raw.kind === 'wrapper' ? { ...raw, terragrunt: raw.terragrunt } : raw;
}

function kubernetesOf(raw: RawKeepConfig['kubernetes']): KeepConfig['kubernetes'] {
  return raw === undefined ? undefined : { kubeconfig: raw.kubeconfig, context: raw.context };
}
