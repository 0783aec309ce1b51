import { existsSync, lstatSync, readdirSync, readFileSync, rmdirSync, rmSync, unlinkSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { Command } from 'commander';
import type { CliContext } from '../terminal.ts';
import { readAccountFiles, runProgram } from './accounts.ts';
import { agentsGroup, fingerprinterUser, humansGroup, keepUser, paths, under } from './layout.ts';
import { proveAbove, type Trust } from './place.ts';
import { runSteps, type Step } from './step.ts';
import { targetFor } from './target.ts';
import { isOurs } from './unit.ts';

interface UninstallOptions {
  readonly purge?: true;
  readonly root: string;
  readonly dryRun?: true;
}

/** `castellan uninstall`: takes away what install made, but for what is irreplaceable, and says what it left. */
export function uninstallCommand(context: CliContext): Command {
  return new Command('uninstall')
    .description('remove the keep from this host; configuration, credentials and journal stay unless --purge')
    .option('--purge', 'remove configuration, credentials and journal too')
    .option('--root <folder>', 'of a staged tree', (value) => resolve(value), '/')
    .option('--dry-run', 'print the steps, and do nothing')
    .action((options: UninstallOptions) => uninstall(options, context));
}

async function uninstall({ purge, root, dryRun }: UninstallOptions, { terminal }: CliContext): Promise<void> {
  const staged = root !== '/';
  const { trust } = targetFor('uninstall', { root, dryRun: dryRun === true });
  const at = (path: string): string => under(root, path);
  const lasting = [paths.config, paths.state, paths.fingerprinterState, paths.mirror].map(at);
  await runSteps(
    [
      ...(staged ? [] : stopSteps()),
      ...[paths.unit, paths.fingerprinterUnit, paths.tmpfiles].map((path) => ownFileStep(at(path), trust)),
      ...[paths.agents, paths.humans, paths.work, paths.fingerprinterRuntime].map((path) => treeStep(at(path), trust)),
      freezeStep(at(paths.freeze), trust),
      emptyStep(at(paths.runtime), trust),
      ...(purge === true
        ? lasting.map((path) => treeStep(path, trust))
        : [paths.enrolments, paths.fingerprinterCredentials].map((path) => emptyStep(at(path), trust))),
      ...(staged ? [] : accountSteps(purge === true)),
      {
        title: 'say what is left',
        run: () => {
          const left = lasting.filter((path) => existsSync(path)).map((path) => `left: ${path}${holding(path)}`);
          return left.length === 0
            ? ['nothing is left']
            : [...left, 'remove them with --purge; credentials that were moved here are in no other place'];
        },
      },
    ],
    { dryRun: dryRun === true, terminal },
  );
}

function stopSteps(): readonly Step[] {
  if (!existsSync('/run/systemd/system')) return [];
  return [paths.unit, paths.fingerprinterUnit]
    .filter((path) => existsSync(path))
    .map((path) => systemctl(['disable', '--now', basename(path)]));
}

function accountSteps(purge: boolean): readonly Step[] {
  const { passwd, group } = readAccountFiles();
  const has = (text: string, name: string): boolean => text.split('\n').some((line) => line.startsWith(`${name}:`));
  const groups = [agentsGroup, humansGroup].filter((name) => has(group, name));
  return [
    ...(existsSync('/run/systemd/system') ? [systemctl(['daemon-reload'])] : []),
    ...groups.map((name) => command('groupdel', [name])),
    // Its files would belong to whoever gets the number next.
    ...[keepUser, fingerprinterUser]
      .filter((name) => purge && has(passwd, name))
      .map((name) => command('userdel', [name])),
  ];
}

function systemctl(args: readonly string[]): Step {
  return command('systemctl', args);
}

function command(program: string, args: readonly string[]): Step {
  const line = [program, ...args].join(' ');
  return {
    title: `run ${line}`,
    run: async () => {
      await runProgram(program, args);
      return [`ran ${line}`];
    },
  };
}

/** Only what bears the mark of install: a unit that somebody wrote is theirs. */
function ownFileStep(path: string, trust: Trust): Step {
  return {
    title: `remove ${path}`,
    run: () => {
      const found = lstatSync(path, { throwIfNoEntry: false });
      if (found === undefined) return [];
      proveAbove(path, trust);
      if (!found.isFile() || !isOurs(readFileSync(path, 'utf8')))
        return [`left: ${path}, which castellan install did not write`];
      rmSync(path);
      return [`removed ${path}`];
    },
  };
}

/** Everybody may write there, while this runs too: nothing below a folder of somebody's is touched. */
function freezeStep(path: string, trust: Trust): Step {
  return {
    title: `empty and remove ${path}`,
    run: () => {
      if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return [];
      proveAbove(path, trust);
      const left = readdirSync(path).filter((name) => !removeOne(join(path, name)));
      if (left.length > 0) return [`left: ${path}, in which somebody has folders that are not empty`];
      rmdirSync(path);
      return [`removed ${path}`];
    },
  };
}

function removeOne(path: string): boolean {
  try {
    if (lstatSync(path).isDirectory()) rmdirSync(path);
    else unlinkSync(path);
    return true;
  } catch {
    return false; // Not empty, or exchanged in between: told as left.
  }
}

/** Links in it are removed, and never followed. */
function treeStep(path: string, trust: Trust): Step {
  return {
    title: `remove ${path} and everything in it`,
    run: () => {
      if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return [];
      proveAbove(path, trust);
      rmSync(path, { recursive: true });
      return [`removed ${path}`];
    },
  };
}

function emptyStep(path: string, trust: Trust): Step {
  return {
    title: `remove ${path} if it is empty`,
    run: () => {
      if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() !== true || readdirSync(path).length > 0) return [];
      proveAbove(path, trust);
      rmdirSync(path);
      return [`removed ${path}`];
    },
  };
}

function holding(path: string): string {
  try {
    const names = readdirSync(path);
    return names.length === 0
      ? ' (empty)'
      : ` (${names.slice(0, 12).sort().join(', ')}${names.length > 12 ? ', …' : ''})`;
  } catch {
    return ''; // Not readable to whoever asks: that it is left was said.
  }
}
