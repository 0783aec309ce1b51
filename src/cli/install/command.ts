import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { stripHiddenCharacters } from '../../kit/index.ts';
import type { CliContext } from '../terminal.ts';
import { accountCommands, homeOf, idsOf, readAccountFiles, runProgram } from './accounts.ts';
import { leftSteps, moveSteps } from './credentials.ts';
import { installError } from './errors.ts';
import type { Answers } from './keep-yaml.ts';
import { agentsGroup, fingerprinterUser, type Ids, keepUser, paths } from './layout.ts';
import { assertRootsProgram, ownCommand } from './own-program.ts';
import { lookForPrograms } from './programs.ts';
import { runSteps, type Step } from './step.ts';
import { memoryStep, placeSteps } from './steps.ts';
import { targetFor } from './target.ts';

export interface InstallOptions {
  readonly repository?: string;
  readonly branch: string;
  readonly trustedBase?: string;
  readonly stacks: string;
  readonly profile: Answers['profile'];
  readonly move?: readonly string[];
  readonly agentUser?: readonly string[];
  readonly search?: readonly string[];
  readonly root: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly agentsGid?: number;
  readonly humansGid?: number;
  readonly fingerprinterUid?: number;
  readonly fingerprinterGid?: number;
  readonly exec?: string;
  readonly dryRun?: true;
}

/** `castellan install`: once, as root. Makes the keep's user, its folders, its service and its configuration. */
export function installCommand(context: CliContext): Command {
  const command = new Command('install')
    .description('set up the keep under a user of its own (run with sudo, once; it can be run again)')
    .option('--repository <url>', 'the infra repository: https, ssh or an absolute path')
    .option('--branch <name>', 'its branch', 'main')
    .option('--trusted-base <commit>', 'the commit you have read and trust, 40 hex digits', commitId)
    .option('--stacks <glob>', 'which folders are stacks', 'stacks/*')
    .addOption(
      new Option('--profile <kind>', 'what plans them')
        .choices(['terragrunt', 'terraform', 'tofu'])
        .default('terragrunt'),
    )
    .option('--move <file...>', `credentials that write: moved to ${paths.credentials}, out of agents' reach`)
    .option('--agent-user <name...>', 'users whose daemon may talk to the keep; default: whoever called sudo')
    .option(
      '--search <folder...>',
      'where copies of what is moved are looked for; default: the home of whoever called sudo',
    )
    .option('--root <folder>', 'stage into this folder instead: no users, no service manager', resolved, '/')
    .option('--uid <n>', 'the keep, in a staged tree', id)
    .option('--gid <n>', 'its group, in a staged tree', id)
    .option('--agents-gid <n>', `the group ${agentsGroup}, in a staged tree`, id)
    .option('--humans-gid <n>', 'the group castellan-humans, in a staged tree', id)
    .option('--fingerprinter-uid <n>', `the user ${fingerprinterUser}, in a staged tree`, id)
    .option('--fingerprinter-gid <n>', 'its group, in a staged tree', id)
    .option('--exec <path>', 'the program the service starts; default: this one')
    .option('--dry-run', 'print the steps, and do nothing');
  return command.action((options: InstallOptions) => install(options, context));
}

async function install(options: InstallOptions, context: CliContext): Promise<void> {
  const { terminal } = context;
  const dryRun = options.dryRun === true;
  const staged = options.root !== '/';
  const target = targetFor('install', { root: options.root, dryRun });
  const command = options.exec === undefined ? ownCommand() : [options.exec];
  if (!staged && !dryRun) assertRootsProgram(command);

  const { found, lacks } = lookForPrograms();
  for (const line of lacks) terminal.err(`to do: ${line}`);
  const answers = await answersFor(options, found, context);
  const sudoer = context.environment['SUDO_USER'];
  const agentUsers = options.agentUser ?? (sudoer === undefined || sudoer === 'root' ? [] : [sudoer]);
  const say = { dryRun, terminal };

  if (!staged) await runSteps(accountSteps(agentUsers), say);
  const ids = staged ? stagedIds(options) : (idsOf(readAccountFiles()) ?? (dryRun ? unmade : undefined));
  if (ids === undefined)
    throw installError('install-failed', {
      message: `the user ${keepUser} or ${fingerprinterUser} was not made`,
      next: 'look at the lines above, and run this again',
    });

  const searched = options.search ?? homesOf(agentUsers);
  await runSteps(
    [
      ...placeSteps(target, ids, answers, command),
      ...moveSteps(options.move ?? [], { ...target, ids }, searched),
      ...(staged ? [] : [memoryStep, ...serviceSteps()]),
      ...leftSteps(searched),
    ],
    say,
  );
  if (!dryRun && !staged) for (const line of nextLines(agentUsers)) terminal.err(line);
}

/** Numbers that stand in a dry run for accounts that are not made. */
const unmade: Ids = {
  uid: 65_534,
  gid: 65_534,
  agents: 65_534,
  humans: 65_534,
  fingerprinter: { uid: 65_534, gid: 65_534 },
};

function accountSteps(agentUsers: readonly string[]): readonly Step[] {
  return accountCommands(readAccountFiles(), agentUsers).map(([program = '', ...args]) => ({
    title: `run ${[program, ...args].join(' ')}`,
    run: async () => {
      await runProgram(program, args);
      return [`ran ${[program, ...args].join(' ')}`];
    },
  }));
}

function serviceSteps(): readonly Step[] {
  if (!existsSync('/run/systemd/system')) return [];
  return [
    {
      title: 'run systemctl daemon-reload',
      run: async () => {
        await runProgram('systemctl', ['daemon-reload']);
        return [];
      },
    },
  ];
}

function stagedIds({ uid, gid, agentsGid, humansGid, fingerprinterUid, fingerprinterGid }: InstallOptions): Ids {
  if (uid === undefined || gid === undefined || fingerprinterUid === undefined || fingerprinterGid === undefined) {
    throw installError('install-failed', {
      message: 'a staged tree has no accounts to look up',
      next: 'give --uid and --gid of the keep, --fingerprinter-uid and --fingerprinter-gid (and --agents-gid, --humans-gid)',
    });
  }
  const fingerprinter = { uid: fingerprinterUid, gid: fingerprinterGid };
  return { uid, gid, agents: agentsGid ?? gid, humans: humansGid ?? gid, fingerprinter };
}

async function answersFor(
  { repository, trustedBase, branch, stacks, profile, dryRun }: InstallOptions,
  programs: Answers['programs'],
  { terminal }: CliContext,
): Promise<Answers> {
  const ask = async (question: string, given: string | undefined): Promise<string | undefined> => {
    if (given !== undefined || dryRun === true || terminal.ask === undefined) return given;
    const answer = stripHiddenCharacters(await terminal.ask(`${question} (empty: later, in keep.yaml): `)).trim();
    return answer === '' ? undefined : answer;
  };
  // What is there stays: nobody is asked for what would not be written.
  const isThere = existsSync(paths.keepYaml);
  return {
    repository: isThere ? repository : await ask('infra repository, https, ssh or an absolute path', repository),
    trustedBase: isThere ? trustedBase : await ask('commit you have read and trust, 40 hex digits', trustedBase),
    branch,
    stacks,
    profile,
    programs,
  };
}

function homesOf(users: readonly string[]): readonly string[] {
  const files = readAccountFiles();
  return users.flatMap((user) => homeOf(files, user) ?? []);
}

function nextLines(agentUsers: readonly string[]): readonly string[] {
  return [
    `next: read ${paths.keepYaml} and fill in what is missing; put read-only credentials into ${paths.credentials}`,
    'next: systemctl enable --now castellan-keep',
    `next: with Vault: fill in ${paths.fingerprinterYaml} and \`vault\` of keep.yaml (castellan vault policy --help), then systemctl enable --now castellan-fingerprinter`,
    `next: in castellan.yaml of the daemon: keep: { socket: ${paths.agents}/keep.sock }`,
    ...(agentUsers.length === 0
      ? [`next: add the daemon's user to ${agentsGroup} (usermod --append --groups ${agentsGroup} NAME)`]
      : [`next: ${agentUsers.join(', ')} log in again, so that the group ${agentsGroup} counts; restart the daemon`]),
    'next: castellan doctor',
  ];
}

function resolved(value: string): string {
  return resolve(value);
}

function id(value: string): number {
  if (/^[1-9]\d{0,9}$/.test(value) && Number(value) < 4_294_967_295) return Number(value);
  throw new InvalidArgumentError('a number above 0: the keep is not root');
}

function commitId(value: string): string {
  if (/^[0-9a-f]{40}$/.test(value)) return value;
  throw new InvalidArgumentError('a full commit id, 40 hex digits');
}
