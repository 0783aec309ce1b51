import { existsSync } from 'node:fs';
import { locate } from '../../config/locate.ts';
import { readBuild } from '../../server/build.ts';
import type { DaemonAddress } from '../../server/shim/daemon-link.ts';
import { tellFailure, usageError } from '../failure.ts';
import { Misuse, type Parsed, parseCommandLine } from './arguments.ts';
import { commands } from './commands.ts';
import type { MemoryContext } from './context.ts';
import type { HookName } from './hooks/run-hook.ts';
import { type ReachedDaemon, reachDaemon } from './reach-daemon.ts';
import { getEntries, toolCommands } from './tool-commands.ts';

/**
 * Runs one command line to its exit code: 0 done, 1 refused or failed, 2 wrong usage or configuration. `reaching` is how a command
 * that is no hook comes to its daemon.
 */
export async function runMemoryTool(
  words: readonly string[],
  context: MemoryContext,
  reaching = reach,
): Promise<number> {
  const { terminal } = context;
  try {
    const parsed = parseCommandLine(words, commands);
    if (parsed.version) terminal.out(readBuild().version);
    else if (parsed.help) for (const line of (await import('./help.ts')).helpLines(parsed.command)) terminal.out(line);
    else return await run(parsed, context, reaching);
    return 0;
  } catch (error) {
    if (!(error instanceof Misuse)) return tellFailure(error, terminal);
    terminal.err(`error: ${error.message}`);
    return usageError;
  }
}

async function run(parsed: Parsed, context: MemoryContext, reaching: typeof reach): Promise<number> {
  const [group, hook] = parsed.command.split(' ');
  if (group === 'hook' && isHook(hook)) return runHookCommand(hook, parsed, context);
  await using daemon = reaching(addressOf(parsed, context), context);
  // Awaited here: the daemon is let go when this returns.
  return await runCommand(parsed, context, daemon);
}

async function runCommand(parsed: Parsed, context: MemoryContext, daemon: ReachedDaemon): Promise<number> {
  const tool = toolCommands[parsed.command];
  if (tool !== undefined) return tool(parsed, context, daemon);
  if (parsed.command === 'get' && !parsed.options.flag('content')) return getEntries(parsed, context, daemon);
  const { operatorCommands } = await import('./operator-commands.ts');
  const operator = operatorCommands[parsed.command];
  if (operator === undefined) throw new Misuse(`there is no command \`${parsed.command}\``);
  return operator(parsed, context, daemon);
}

async function runHookCommand(
  hook: HookName,
  parsed: Parsed,
  { terminal, ...context }: MemoryContext,
): Promise<number> {
  const address = addressOf(parsed, context);
  // Where nothing was ever kept there is nothing to be shown, and nothing to be made for it.
  if (hook !== 'learn' && !existsSync(address.home)) return 0;
  if (hook === 'learn' && !parsed.options.flag('enable') && !(await mayLearn(address, context))) return 0;
  const { runHook } = await import('./hooks/run-hook.ts');
  const { startingForLater } = await import('./hooks/start-for-later.ts');
  const daemon = reachDaemon({
    address,
    note: () => undefined,
    become: startingForLater(address, hook !== 'recall' && hook !== 'briefing'),
  });
  const spentMs = performance.now();
  const ended = await runHook({ hook, home: address.home, input: context.input, daemon, out: terminal.out, spentMs });
  // What still runs would keep the prompt waiting, and has nothing to lose.
  if (!ended) process.exit(0);
  await daemon[Symbol.asyncDispose]();
  return 0;
}

function isHook(word: string | undefined): word is HookName {
  return (
    word === 'recall' || word === 'learn' || word === 'precompact' || word === 'session-start' || word === 'briefing'
  );
}

/** `memory: {learning: true}`, read without proving the rest of the file: the daemon does that. */
async function mayLearn(
  { config }: DaemonAddress,
  { environment }: Pick<MemoryContext, 'environment'>,
): Promise<boolean> {
  const said = environment['CASTELLAN_MEMORY_LEARNING'];
  if (said !== undefined && said !== '') return said === 'true';
  if (config === null || !existsSync(config)) return false;
  const { readYamlFile } = await import('../../config/yaml-file.ts');
  const { tree } = readYamlFile(config);
  if (typeof tree !== 'object' || tree === null || !('memory' in tree)) return false;
  const { memory } = tree;
  return typeof memory === 'object' && memory !== null && 'learning' in memory && memory.learning === true;
}

function addressOf(
  { config, home }: Parsed,
  { environment, cwd }: Pick<MemoryContext, 'environment' | 'cwd'>,
): DaemonAddress {
  const flags = { ...(config === undefined ? {} : { config }), ...(home === undefined ? {} : { home }) };
  const place = locate({ flags, environment, cwd });
  return { home: place.home, config: place.config ?? null, build: readBuild() };
}

function reach(address: DaemonAddress, { terminal, environment, cwd }: MemoryContext): ReachedDaemon {
  return reachDaemon({
    address,
    note: terminal.err,
    become: async () => {
      const { becomeDaemon } = await import('./momentary-daemon.ts');
      const momentary = await becomeDaemon({ address, environment, cwd });
      if (momentary !== undefined && terminal.interactive)
        terminal.err('… no daemon runs: this is one for the moment it takes');
      return momentary;
    },
  });
}
