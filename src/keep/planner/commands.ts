import { posix } from 'node:path';
import type { Profile, Runner } from '../config/valid.ts';
import type { Bind } from '../sandbox/port.ts';
import type { Mode } from './doors.ts';
import { unusable } from './errors.ts';
import { cliConfigName, inside, kubeconfigName, programBind } from './given.ts';

/** How a profile's runner is called inside. */
export interface Commands {
  readonly init: readonly [string, ...string[]];
  readonly plan: readonly [string, ...string[]];
  /** The plain engine, without a runner around it. */
  readonly engine: string;
  readonly binds: readonly Bind[];
}

export const planFile = 'plan';

export async function commandsOf(runner: Runner, stack: string, hasLockFile: boolean): Promise<Commands> {
  const engineKind = 'engineKind' in runner ? runner.engineKind : runner.kind;
  const binds = [await programBind('engine' in runner ? runner.engine : runner.program, engineKind)];
  const terragrunt =
    runner.kind === 'terragrunt' ? runner.program : runner.kind === 'wrapper' ? runner.terragrunt : undefined;
  if (terragrunt !== undefined) binds.push(await programBind(terragrunt, 'terragrunt'));
  const engine = `${inside.programs}/${engineKind}`;
  const call = (...args: readonly string[]): readonly [string, ...string[]] => {
    switch (runner.kind) {
      case 'terraform':
      case 'tofu':
        return [engine, ...args];
      case 'terragrunt':
        return [`${inside.programs}/terragrunt`, 'run', '--working-dir', posix.join(inside.tree, stack), '--', ...args];
      case 'wrapper':
        return [posix.join(inside.tree, runner.script), ...args];
    }
  };
  const lock = hasLockFile ? ['-lockfile=readonly'] : [];
  const out = `-out=${inside.plan}/${planFile}`;
  return {
    init: call('init', '-input=false', '-no-color', ...lock),
    plan: call('plan', out, '-detailed-exitcode', '-input=false', '-no-color', '-json', '-lock=false'),
    engine,
    binds,
  };
}

/** Would undo what the planner sets, send a log with every value elsewhere, or load code into the programs. */
const reserved =
  /^(PATH|HOME|TMPDIR|SHELL|ENV|BASH_ENV|IFS|LD_.*|GIT_.*|TF_(LOG.*|CLI_.*|DATA_DIR|PLUGIN_CACHE.*|REATTACH_PROVIDERS|TEMP_DIR)|TG_(TF_PATH|DOWNLOAD_DIR|LOG_.*|WORKING_DIR)|PG_?.*)$/;

/** The whole environment of every step. Errors: `profile-unusable`. */
export function environmentOf(
  profile: Profile,
  engine: string,
  connection: string | undefined,
  mode: Mode = 'plan',
): Record<string, string> {
  // In place of those that read, name by name: what an apply only reads, it reads as the plan did.
  const secrets = { ...profile.credentials, ...(mode === 'apply' ? profile.apply?.credentials : {}) };
  const bad = [...Object.keys(profile.env), ...Object.keys(secrets)].find((name) => reserved.test(name));
  if (bad !== undefined) {
    throw unusable(
      `the profile sets ${bad}, which belongs to the planner`,
      'remove it from env and credentials of the profile in keep.yaml',
    );
  }
  const variable = Object.keys(profile.apply?.credentials ?? {}).find((name) => name.startsWith('TF_VAR_'));
  if (mode === 'apply' && variable !== undefined) {
    throw unusable(
      `the profile gives an apply ${variable}, and a saved plan keeps the variables it was made with`,
      'give the provider its credential by a variable of its own in apply.credentials of the profile in keep.yaml',
    );
  }
  const credentials = Object.entries(secrets).map(([name, secret]) => [name, secret.reveal()] as const);
  const kubeconfigs = (profile.kubernetes?.variables ?? []).map(
    (name) => [name, `${inside.given}/${kubeconfigName}`] as const,
  );
  return {
    ...profile.env,
    ...Object.fromEntries(credentials),
    ...Object.fromEntries(kubeconfigs),
    PATH: `${inside.programs}:/usr/local/bin:/usr/bin:/bin`,
    CHECKPOINT_DISABLE: '1',
    TF_CLI_CONFIG_FILE: `${inside.given}/${cliConfigName}`,
    TF_IN_AUTOMATION: '1',
    TF_INPUT: '0',
    TG_TF_PATH: engine,
    TG_NON_INTERACTIVE: 'true',
    TG_NO_COLOR: 'true',
    TG_NO_TIPS: 'true',
    TG_TF_FORWARD_STDOUT: 'true',
    // It would keep the providers in the home, which each step has anew.
    TG_NO_AUTO_PROVIDER_CACHE_DIR: 'true',
    ...(connection === undefined
      ? {}
      : {
          PG_CONN_STR: connection,
          // A role that only reads can make none of them, and where something was planned they are there.
          PG_SKIP_SCHEMA_CREATION: 'true',
          PG_SKIP_TABLE_CREATION: 'true',
          PG_SKIP_INDEX_CREATION: 'true',
        }),
  };
}
