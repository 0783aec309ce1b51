import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { mirrored } from '../../iac/git/origin.fixture.ts';
import type { ObjectId, Repository } from '../../iac/repository.ts';
import type { Profile } from '../config/valid.ts';
import type { Sandbox, SandboxedCommand, SandboxResult } from '../sandbox/port.ts';
import { createPlanner } from './create.ts';
import type { Planned, PlanStep } from './port.ts';

/** A planner over a real repository and a sandbox that runs nothing: what a program would have done is done by the test. */
export interface StandIn {
  readonly work: string;
  readonly folder: string;
  readonly repository: Repository;
  readonly tree: ObjectId;
  readonly commands: SandboxedCommand[];
  readonly steps: PlanStep[];
  /** What a program does and says, by its verb: init, state, plan, show. */
  readonly acts: Record<
    string,
    (
      command: SandboxedCommand,
      outside: (path: string) => string,
    ) => Partial<SandboxResult> | Promise<Partial<SandboxResult>>
  >;
  readonly profile: Profile;
  plan(more?: {
    profile?: Partial<Profile>;
    tree?: ObjectId;
    stack?: string;
    run?: string;
    signal?: AbortSignal;
  }): Promise<Planned>;
  cleanUp(): Promise<void>;
}

export async function standIn(files: Readonly<Record<string, string>> = {}): Promise<StandIn> {
  const { repository, tree } = await mirrored({
    'stacks/mail/main.tf': 'resource "terraform_data" "a" {}\n',
    ...files,
  });
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'castellan-planner-')));
  const work = mkdtempSync('/dev/shm/castellan-planner-');
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
    rmSync(work, { recursive: true, force: true });
  });
  mkdirSync(join(folder, 'mirror'));
  for (const name of ['tofu', 'terragrunt']) writeFileSync(join(folder, name), '');
  const commands: SandboxedCommand[] = [];
  const steps: PlanStep[] = [];
  const acts: StandIn['acts'] = {
    init: ({ cwd }, outside) => {
      mkdirSync(outside(join(cwd, '.terraform')));
      return {};
    },
    state: () => ({ stdout: JSON.stringify({ version: 4, lineage: 'l', serial: 3, resources: [] }) }),
    plan: (_, outside) => {
      writeFileSync(outside('/plan/plan'), 'the bytes');
      return { exitCode: 2, stdout: '{"type":"version","tofu":"1.12.6"}\n' };
    },
    show: () => ({ stdout: '{"format_version":"1.2"}' }),
  };
  const sandbox: Sandbox = {
    async run(command) {
      commands.push(command);
      const outside = (path: string): string => {
        const bind = command.binds.find(({ to }) => path === to || path.startsWith(`${to}/`));
        if (bind === undefined) throw new Error(`${path} is not to be seen inside`);
        return join(bind.from, path.slice(bind.to.length));
      };
      const verb = command.argv.find((word) => word in acts) ?? '';
      const done = await acts[verb]?.(command, outside);
      return { exitCode: 0, ended: 'exit', stdout: '', stderr: '', ...done };
    },
    probe: async () => ({ works: true, detail: '' }),
  };
  const options = { repository, sandbox, workDirectory: work, providers: ['example/thing'], sandboxUid: 65_534 };
  const planner = createPlanner(options);
  const profile: Profile = {
    name: 'test',
    stacks: ['stacks/*'],
    tier: 'apps',
    skip: [],
    runner: { kind: 'tofu', program: join(folder, 'tofu') },
    state: { kind: 'none' },
    env: {},
    credentials: {},
    varFiles: [],
    providerMirror: join(folder, 'mirror'),
    kubernetes: undefined,
    endpoints: [],
    charts: undefined,
    timeoutSeconds: 60,
    apply: undefined,
  };
  return {
    work,
    folder,
    repository,
    tree,
    commands,
    steps,
    acts,
    profile,
    plan: ({ profile: more = {}, tree: proposed = tree, stack = 'stacks/mail', run = 'run_1', signal } = {}) =>
      planner.plan(
        {
          run,
          tree: proposed,
          baseTree: tree,
          stack,
          profile: { ...profile, ...more },
          onStep: (one) => void steps.push(one),
        },
        signal ?? new AbortController().signal,
      ),
    cleanUp: () => planner.cleanUp(),
  };
}

export function wellOf(planned: Planned) {
  if (planned.outcome !== 'planned') throw new Error(JSON.stringify(planned));
  return planned;
}

export function badlyOf(planned: Planned) {
  if (planned.outcome !== 'failed') throw new Error(JSON.stringify(planned));
  return planned;
}

/** A patch that adds a symbolic link. */
export const linkPatch = (path: string, target: string): string =>
  `diff --git a/${path} b/${path}\nnew file mode 120000\n--- /dev/null\n+++ b/${path}\n@@ -0,0 +1 @@\n+${target}\n\\ No newline at end of file\n`;
