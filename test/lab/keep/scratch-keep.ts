import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import type { SoftApprover } from '../../../src/keep/approvers/authenticator.fixture.ts';
import type { RelyingParty } from '../../../src/keep/approvers/port.ts';
import type { LabEnv } from '../lab-env.ts';
import { freePorts } from '../port.ts';
import { createSoftApprover, type Human, logIn, rootsList } from './human.ts';
import { cloneInfra, type Infra } from './infra.ts';
import {
  type FingerprinterSettings,
  prepareFingerprinter,
  type ScratchFingerprinter,
} from './scratch-fingerprinter.ts';

/** Who the keep is; nobody else of the machine, and no keep of a suite that runs beside this one. */
export const keepUser = 62_000 + (process.pid % 2_000);

const mainFile = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));
const startDeadlineMs = 120_000;

/** What a keep is configured with beside what the lab gives. */
export interface KeepSettings {
  /** Changes the infra repository before the keep first sees it. */
  readonly prepare?: (infra: Infra) => Promise<void>;
  /** Files with a secret each, by the variable that brings it into a plan. */
  readonly credentials?: Readonly<Record<string, string>>;
  readonly plansPerHour?: number;
  readonly editable?: readonly string[];
  /** Beside what every scratch keep has. */
  readonly approval?: { readonly minutes?: number; readonly twoPeople?: readonly string[]; readonly pending?: number };
  /** False: nobody is enrolled yet. */
  readonly enrolled?: boolean;
  /** False: a keep that can plan and not apply. */
  readonly applies?: boolean;
  /** Of a second keep beside another of the same suite. */
  readonly user?: number;
  /** The lab's Vault for requests, and a fingerprinter beside the keep, started before it. */
  readonly vault?: boolean | FingerprinterSettings;
}

/**
 * A keep of one suite's own, as `castellan install` leaves it: configuration of root's, a user of its own, work on tmpfs. Root
 * starts it. Its infra repository is a clone of the lab's.
 */
export interface ScratchKeep extends AsyncDisposable {
  readonly user: number;
  /** Root's own: keep.yaml, approvers.json. */
  readonly configuration: string;
  readonly configFile: string;
  readonly socket: string;
  readonly humanSocket: string;
  readonly freeze: string;
  readonly work: string;
  readonly state: string;
  readonly infra: Infra;
  /** Undefined without Vault. */
  readonly fingerprinter: ScratchFingerprinter | undefined;
  /** What it was given to run, root's. */
  readonly programs: { readonly engine: string; readonly provider: string };
  /** Where humans sign, and who may: enrolled by root before the keep first started. */
  readonly relyingParty: RelyingParty;
  readonly approvers: readonly SoftApprover[];
  /** Logs in as the first of them. */
  human(index?: number): Promise<Human>;
  /** What it printed, line by line. */
  readonly printed: readonly string[];
  /** Starts it, and waits until it answers. */
  start(): Promise<number>;
  /** Of the keep that was started last. */
  pid(): number;
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Puts a copy of its database in place of the one it has. It must be stopped. */
  restoreDatabase(copy: string): void;
  /** Makes a file the keep's own. */
  give(file: string): void;
}

export async function prepareKeep(lab: LabEnv, settings: KeepSettings = {}): Promise<ScratchKeep> {
  const { terraform, postgres, remote } = lab;
  if (terraform === undefined || postgres === undefined || remote === undefined)
    throw new Error('this lab has no homelab');

  if (process.getuid?.() !== 0) throw new Error('a keep of another user is started by root: run this suite as root');
  const { user = keepUser } = settings;
  const directory = mkdtempSync(join(tmpdir(), 'castellan-keep-'));
  const volatile = mkdtempSync('/dev/shm/castellan-keep-');
  for (const folder of [directory, volatile]) chmodSync(folder, 0o755);
  const at = (...parts: string[]): string => join(directory, ...parts);
  const work = join(volatile, 'work');
  const [state, agents, humans, freeze] = [at('state'), at('run', 'agents'), at('run', 'humans'), at('run', 'freeze')];
  for (const folder of ['etc', 'etc/enrolments', 'etc/credentials', 'programs', 'run'])
    makeFolder(at(folder), 0, 0o755);
  for (const folder of [state, work]) makeFolder(folder, user, 0o700);
  for (const folder of [agents, humans]) makeFolder(folder, user, 0o755);
  makeFolder(freeze, 0, 0o1777);

  const program = (file: string): string => bring(file, at('programs', basename(file)));
  const secret = (name: string, text: string): string => {
    const file = at('etc', 'credentials', name);
    writeFileSync(file, text, { mode: 0o640 });
    chownSync(file, 0, user);
    return file;
  };
  const mirror = at('mirror');
  bringTree(terraform.mirror, mirror);
  const infra = await cloneInfra(remote, directory);
  await settings.prepare?.(infra);
  // It lands there.
  chownTree(infra.remote, user);
  const { console: port = 0 } = await freePorts(['console'], new Set());
  const relyingParty: RelyingParty = { origin: `http://castellan.localhost:${port}`, id: 'castellan.localhost' };
  const names = settings.enrolled === false ? [] : ['ada', 'grace'];
  const approvers = names.map((name) => createSoftApprover(relyingParty, name));
  writeFileSync(at('etc', 'approvers.json'), rootsList(approvers), { mode: 0o644 });

  const fingerprinter =
    settings.vault === undefined || settings.vault === false
      ? undefined
      : prepareFingerprinter(lab, at, user, settings.vault === true ? {} : settings.vault);

  const runner = {
    kind: 'terragrunt',
    program: program(terraform.terragrunt),
    engine: program(terraform.tofu),
    engineKind: 'tofu',
  };
  const kubeconfig = (who: 'planner' | 'castellan' | 'applier'): string =>
    secret(`${who}.kubeconfig`, readFileSync(lab.kubeconfig[who], 'utf8'));
  const shared = {
    runner,
    providerMirror: mirror,
    kubernetes: { kubeconfig: kubeconfig('planner'), variables: ['TF_VAR_kube_config_path'] },
    credentials: Object.fromEntries(
      Object.entries(settings.credentials ?? {}).map(([variable, value]) => [variable, secret(variable, value)]),
    ),
  };
  const apply = { kubernetes: { kubeconfig: kubeconfig('applier') } };
  const ifApplies = (more: object): object => (settings.applies === false ? {} : { apply: { ...apply, ...more } });
  const config = {
    stateDirectory: state,
    workDirectory: work,
    directories: { agents, humans, freeze },
    repository: {
      url: infra.remote,
      trustedBase: await infra.head(),
      ...(settings.applies === false ? {} : { push: {} }),
    },
    edit: {
      providers: ['gavinbunney/kubectl'],
      ...(settings.editable === undefined ? {} : { agentMayEdit: settings.editable }),
    },
    profiles: [
      {
        name: 'tier-0',
        tier: '0',
        stacks: ['stacks/{databases,dns,ingress,secrets}'],
        state: {
          kind: 'sops',
          encrypted: 'state/{name}/terraform.tfstate.enc',
          plain: 'state/{name}/terraform.tfstate',
          sops: program(terraform.sops),
          ageKeyFile: secret('age.key', readFileSync(terraform.ageKeyFile, 'utf8')),
        },
        ...shared,
        ...ifApplies({}),
      },
      {
        name: 'tier-1',
        tier: '1',
        stacks: ['stacks/*'],
        state: { kind: 'pg', connectionFrom: secret('state', postgres.planner) },
        ...shared,
        ...ifApplies({ connectionFrom: secret('state-writer', postgres.applier) }),
      },
    ],
    kubernetes: { kubeconfig: kubeconfig('castellan') },
    plansPerHour: settings.plansPerHour ?? 500,
    console: { origin: relyingParty.origin, port },
    approval: { pending: 50, ...settings.approval },
    ...(fingerprinter === undefined || lab.vault === undefined
      ? {}
      : {
          vault: {
            address: lab.vault.addr,
            auth: {
              kind: 'token-file',
              file: secret('vault-token', readFileSync(lab.vault.requestsTokenFile, 'utf8')),
            },
            kubernetesMount: 'kubernetes',
            fingerprinter: { socket: fingerprinter.socket },
          },
        }),
    expect: {
      ...(lab.prometheus === undefined ? {} : { prometheus: lab.prometheus }),
      ...(lab.alertmanager === undefined ? {} : { alertmanager: lab.alertmanager }),
    },
  };
  const configFile = at('etc', 'keep.yaml');
  writeFileSync(configFile, stringify(config), { mode: 0o644 });

  const printed: string[] = [];
  let child: ChildProcess | undefined;

  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const closed = new Promise((resolve) => child?.once('close', resolve));
    child.kill(signal);
    await closed;
  };

  let fingerprinterRuns = false;
  const start = async (): Promise<number> => {
    // It outlives a keep that is started again; a suite that stops it starts it itself.
    if (fingerprinter !== undefined && !fingerprinterRuns) await fingerprinter.start();
    fingerprinterRuns = true;
    const asKeep = ['--reuid', String(user), '--regid', String(user), '--clear-groups', '--'];
    const started = spawn('/usr/bin/setpriv', [...asKeep, process.execPath, mainFile, 'keep', '--config', configFile], {
      cwd: '/',
      // What an agent may have set: nothing of it may matter.
      env: { PATH: '/usr/bin:/bin', HOME: '/nonexistent' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child = started;
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const fail = (how: string) => () => reject(new Error(`castellan keep ${how}:\n${printed.join('\n')}`));
    createInterface({ input: started.stderr }).on('line', (line) => {
      printed.push(line);
      if (line.includes('keep.serving')) resolve(started.pid ?? -1);
    });
    started.once('close', fail('ended'));
    const late = setTimeout(fail('did not serve in time'), startDeadlineMs);
    return promise.finally(() => clearTimeout(late));
  };

  return {
    user,
    configuration: dirname(configFile),
    configFile,
    socket: join(agents, 'keep.sock'),
    humanSocket: join(humans, 'human.sock'),
    freeze,
    work,
    state,
    infra,
    fingerprinter,
    programs: { engine: runner.engine, provider: providerIn(mirror) },
    relyingParty,
    approvers,
    human: async (index = 0) => {
      const approver = approvers[index];
      if (approver === undefined) throw new Error(`there is no approver ${index}`);
      return logIn(relyingParty, approver);
    },
    printed,
    start,
    pid: () => {
      if (child?.pid === undefined) throw new Error('the keep was not started');
      return child.pid;
    },
    stop,
    restoreDatabase: (copy) => {
      rmSync(join(state, 'db'), { recursive: true });
      cpSync(copy, join(state, 'db'), { recursive: true, preserveTimestamps: true });
      chownTree(join(state, 'db'), user);
    },
    give: (file) => chownSync(file, keepUser, keepUser),
    [Symbol.asyncDispose]: async () => {
      await stop();
      await fingerprinter?.stop();
      for (const folder of [directory, volatile]) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The one provider of the lab's mirror, as OpenTofu looks for it. */
function providerIn(mirror: string): string {
  const found = readdirSync(mirror, { recursive: true, encoding: 'utf8' }).find(
    (path) => path.startsWith('registry.opentofu.org/') && /terraform-provider-[^/]*$/.test(path),
  );
  if (found === undefined) throw new Error('the mirror holds no provider');
  return join(mirror, found);
}

function chownTree(path: string, owner: number): void {
  chownSync(path, owner, owner);
  if (!statSync(path).isDirectory()) return;
  for (const name of readdirSync(path)) chownTree(join(path, name), owner);
}

function makeFolder(path: string, owner: number, mode: number): void {
  mkdirSync(path, { recursive: true });
  chownSync(path, owner, owner);
  chmodSync(path, mode);
}

/** A program where the keep's user can reach it: the lab's lie in a home. */
function bring(from: string, to: string): string {
  try {
    linkSync(from, to);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    if (error.code === 'EXDEV') copyFileSync(from, to);
    else if (error.code !== 'EEXIST') throw error;
  }
  return to;
}

function bringTree(from: string, to: string): void {
  makeFolder(to, 0, 0o755);
  for (const name of readdirSync(from)) {
    const [source, target] = [join(from, name), join(to, name)];
    if (statSync(source).isDirectory()) bringTree(source, target);
    else copyFileSync(source, target);
  }
}
