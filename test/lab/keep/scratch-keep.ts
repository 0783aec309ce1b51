import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
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
import type { LabEnv } from '../lab-env.ts';
import { cloneInfra, type Infra } from './infra.ts';

/** Who the keep is; nobody else of the machine. */
export const keepUser = 61_001;

const mainFile = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));
const startDeadlineMs = 60_000;

/** What a keep is configured with beside what the lab gives. */
export interface KeepSettings {
  /** Changes the infra repository before the keep first sees it. */
  readonly prepare?: (infra: Infra) => Promise<void>;
  /** Files with a secret each, by the variable that brings it into a plan. */
  readonly credentials?: Readonly<Record<string, string>>;
  readonly plansPerHour?: number;
  readonly editable?: readonly string[];
}

/**
 * A keep of one suite's own, as `castellan install` leaves it: configuration of root's, a user of its own, work on tmpfs. Root
 * starts it. Its infra repository is a clone of the lab's.
 */
export interface ScratchKeep extends AsyncDisposable {
  /** Root's own, beside keep.yaml: `adopted`, `consents`. */
  readonly configuration: string;
  readonly configFile: string;
  readonly socket: string;
  readonly humanSocket: string;
  readonly freeze: string;
  readonly work: string;
  readonly state: string;
  readonly infra: Infra;
  /** What it printed, line by line. */
  readonly printed: readonly string[];
  /** Starts it, and waits until it answers. */
  start(): Promise<number>;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export async function prepareKeep(lab: LabEnv, settings: KeepSettings = {}): Promise<ScratchKeep> {
  const { terraform, postgres, remote } = lab;
  if (terraform === undefined || postgres === undefined || remote === undefined)
    throw new Error('this lab has no homelab');

  if (process.getuid?.() !== 0) throw new Error('a keep of another user is started by root: run this suite as root');
  const directory = mkdtempSync(join(tmpdir(), 'castellan-keep-'));
  const volatile = mkdtempSync('/dev/shm/castellan-keep-');
  for (const folder of [directory, volatile]) chmodSync(folder, 0o755);
  const at = (...parts: string[]): string => join(directory, ...parts);
  const work = join(volatile, 'work');
  const [state, agents, humans, freeze] = [at('state'), at('run', 'agents'), at('run', 'humans'), at('run', 'freeze')];
  for (const folder of ['etc', 'etc/consents', 'etc/credentials', 'programs', 'run']) makeFolder(at(folder), 0, 0o755);
  for (const folder of [state, work]) makeFolder(folder, keepUser, 0o700);
  for (const folder of [agents, humans]) makeFolder(folder, keepUser, 0o755);
  makeFolder(freeze, 0, 0o1777);

  const program = (file: string): string => bring(file, at('programs', basename(file)));
  const secret = (name: string, text: string): string => {
    const file = at('etc', 'credentials', name);
    writeFileSync(file, text, { mode: 0o640 });
    chownSync(file, 0, keepUser);
    return file;
  };
  const mirror = at('mirror');
  bringTree(terraform.mirror, mirror);
  const infra = await cloneInfra(remote, directory);
  await settings.prepare?.(infra);

  const runner = {
    kind: 'terragrunt',
    program: program(terraform.terragrunt),
    engine: program(terraform.tofu),
    engineKind: 'tofu',
  };
  const kubeconfig = (who: 'planner' | 'castellan'): string =>
    secret(`${who}.kubeconfig`, readFileSync(lab.kubeconfig[who], 'utf8'));
  const shared = {
    runner,
    providerMirror: mirror,
    kubernetes: { kubeconfig: kubeconfig('planner'), variables: ['TF_VAR_kube_config_path'] },
    credentials: Object.fromEntries(
      Object.entries(settings.credentials ?? {}).map(([variable, value]) => [variable, secret(variable, value)]),
    ),
  };
  const config = {
    stateDirectory: state,
    workDirectory: work,
    directories: { agents, humans, freeze },
    repository: { url: infra.remote, trustedBase: await infra.head() },
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
      },
      {
        name: 'tier-1',
        tier: '1',
        stacks: ['stacks/*'],
        state: { kind: 'pg', connectionFrom: secret('state', postgres.planner) },
        ...shared,
      },
    ],
    kubernetes: { kubeconfig: kubeconfig('castellan') },
    plansPerHour: settings.plansPerHour ?? 500,
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

  const start = (): Promise<number> => {
    const asKeep = ['--reuid', String(keepUser), '--regid', String(keepUser), '--clear-groups', '--'];
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
    configuration: dirname(configFile),
    configFile,
    socket: join(agents, 'keep.sock'),
    humanSocket: join(humans, 'human.sock'),
    freeze,
    work,
    state,
    infra,
    printed,
    start,
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop();
      for (const folder of [directory, volatile]) rmSync(folder, { recursive: true, force: true });
    },
  };
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
