import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll } from 'vitest';
import type { LabEnv } from '../../../test/lab/lab-env.ts';
import { openRepository } from '../../iac/git/open.ts';
import type { ObjectId, Repository } from '../../iac/repository.ts';
import { Secret } from '../../kit/index.ts';
import type { Profile } from '../config/valid.ts';
import { createSandbox } from '../sandbox/sandbox.ts';
import { createPlanner } from './create.ts';
import type { PlannerOptions } from './plan.ts';
import type { Planned, Planner, PlanStep } from './port.ts';

/** A planner over the lab: its repository, its programs, a role of its own that reads the state, everything else as shipped. */
export interface PlannerLab {
  readonly folder: string;
  readonly work: string;
  readonly repository: Repository;
  readonly planner: Planner;
  readonly options: PlannerOptions;
  readonly head: ObjectId;
  readonly programs: Readonly<Partial<Record<'terraform' | 'tofu', string>>>;
  profile(more?: Partial<Profile>): Profile;
  sops(): Profile['state'];
  plan(
    stack: string,
    more?: {
      tree?: ObjectId;
      baseTree?: ObjectId;
      profile?: Profile;
      signal?: AbortSignal;
      onStep?: (step: PlanStep) => void;
      seal?: boolean;
    },
  ): Promise<Planned>;
}

export const runsUid = 65_534;
const never = new AbortController().signal;

export const labSandbox = () =>
  createSandbox({
    programs: {
      bwrap: '/usr/bin/bwrap',
      socat: '/usr/bin/socat',
      prlimit: '/usr/bin/prlimit',
      setpriv: '/usr/bin/setpriv',
    },
    uid: runsUid,
    memoryMb: 4_000,
    processes: 256,
    fileMb: 1_000,
    never: [],
  });

export function usePlannerLab(lab: LabEnv): () => PlannerLab {
  let made: PlannerLab | undefined;
  const terraform = lab.terraform;
  const folders: string[] = [];
  const role = `planner_${randomBytes(4).toString('hex')}`;
  const password = `p${randomBytes(18).toString('hex')}`;
  beforeAll(async () => {
    if (terraform === undefined || lab.remote === undefined) throw new Error('the lab has no homelab in it');
    const folder = mkdtempSync(join(realpathSync(tmpdir()), 'castellan-planner-'));
    const work = mkdtempSync('/dev/shm/castellan-planner-');
    folders.push(folder, work);
    chmodSync(folder, 0o711);
    await asAdmin(lab, `create role ${role} login password '${password}'; grant tfstate_reader to ${role}`);
    // Where runs have another user, a home is not theirs to walk through.
    const program = (path: string): string => {
      const to = join(folder, basename(path));
      shareFile(path, to);
      return to;
    };
    const mirror = join(folder, 'mirror');
    copyMirror(join(dirname(lab.remote), 'mirror'), mirror);
    const repository = await openRepository({ mirror: join(folder, 'mirror.git'), url: lab.remote, branch: 'main' });
    await repository.fetch(never);
    const head = await repository.resolve('main');
    const sandbox = labSandbox();
    const providers = ['gavinbunney/kubectl'];
    const options = { repository, sandbox, workDirectory: work, providers, sandboxUid: runsUid };
    const planner = createPlanner(options);
    const state = new URL(lab.postgres?.state ?? '');
    state.username = role;
    state.password = password;
    const programs = {
      tofu: program(terraform.tofu),
      ...(terraform.terraform === undefined ? {} : { terraform: program(terraform.terraform) }),
    };
    const runner = {
      kind: 'terragrunt',
      program: program(terraform.terragrunt),
      engine: programs.tofu,
      engineKind: 'tofu',
    } as const;
    const profile = (more: Partial<Profile> = {}): Profile => ({
      name: 'lab',
      stacks: ['stacks/*'],
      tier: 'apps',
      skip: [],
      runner,
      state: { kind: 'pg', connection: new Secret(state.href) },
      env: {},
      credentials: {},
      varFiles: [],
      providerMirror: mirror,
      kubernetes: { kubeconfig: lab.kubeconfig.castellan, context: undefined, variables: ['TF_VAR_kube_config_path'] },
      endpoints: [],
      charts: undefined,
      timeoutSeconds: 100,
      apply: {
        kubernetes: { kubeconfig: lab.kubeconfig.applier, context: undefined },
        connection: new Secret(lab.postgres?.applier ?? ''),
        credentials: {},
        timeoutSeconds: 100,
      },
      ...more,
    });
    let count = 0;
    made = {
      folder,
      work,
      repository,
      planner,
      options,
      head,
      programs,
      profile,
      sops: () => ({
        kind: 'sops',
        encrypted: 'state/{name}/terraform.tfstate.enc',
        plain: 'state/{name}/terraform.tfstate',
        sops: terraform.sops,
        ageKeyFile: join(dirname(lab.remote ?? ''), 'age.key'),
      }),
      async plan(
        stack,
        { tree, baseTree, profile: chosen, signal = never, onStep = () => undefined, seal = false } = {},
      ) {
        count += 1;
        const landed = (await repository.commit(head)).tree;
        const request = {
          run: `run_${count}`,
          tree: tree ?? landed,
          baseTree: baseTree ?? landed,
          stack,
          profile: chosen ?? profile(),
          onStep,
          seal,
        };
        return planner.plan(request, signal);
      },
    };
  });
  afterAll(async () => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    await asAdmin(lab, `drop role if exists ${role}`);
  });
  return () => {
    if (made === undefined) throw new Error('asked for before it was made');
    return made;
  };
}

/** The tree with another memory limit for the first app of a stack. */
export async function memoryEdit({ repository, head }: PlannerLab, stack: string, limit: string): Promise<ObjectId> {
  const { tree } = await repository.commit(head);
  const path = `${stack}/main.tf`;
  const file = (await repository.files(tree)).find((one) => one.path === path);
  const text = file && (await repository.read([file.blob])).get(file.blob)?.toString();
  const lines = text?.split('\n') ?? [];
  const at = lines.findIndex((line) => /^ +memory +=/.test(line));
  const [above = '', line = '', below = ''] = lines.slice(at - 1, at + 2);
  const edit = [` ${above}`, `-${line}`, `+${line.replace(/\d+Mi/, limit)}`, ` ${below}`];
  const place = `@@ -${at},3 +${at},3 @@`;
  return repository.applyPatch(tree, [`--- a/${path}`, `+++ b/${path}`, place, ...edit, ''].join('\n'));
}

async function asAdmin(lab: LabEnv, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: lab.postgres?.admin });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** The lab's mirror has links into a cache; here each leads nowhere but to the file itself. */
function copyMirror(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (entry.isDirectory()) copyMirror(join(from, entry.name), join(to, entry.name));
    else shareFile(join(from, entry.name), join(to, entry.name));
  }
}

function shareFile(from: string, to: string): void {
  const real = realpathSync(from);
  try {
    linkSync(real, to);
  } catch {
    // On another filesystem.
    copyFileSync(real, to);
  }
}

/** Everything readable under some folders, in which a text could be left behind. */
export function filesHolding(folders: readonly string[], texts: readonly string[]): readonly string[] {
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => {
        const bytes = readFileSync(path);
        return texts.some((text) => bytes.includes(text));
      }),
  );
}
