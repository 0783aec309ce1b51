import { Command, Option } from 'commander';
import { loadKeepConfig } from '../../keep/index.ts';
import type { Keep } from '../../keep/keep.ts';
import { createRedactor } from '../../redaction/index.ts';
import { readBuild } from '../../server/build.ts';
import { endOnCrash } from '../../server/crash.ts';
import { createLog } from '../../server/log.ts';
import type { CliContext } from '../terminal.ts';
import { keepFileOf } from './keep-file.ts';

interface KeepCommandOptions {
  readonly seatBelt?: true;
}

/** `castellan keep`: the human plane, in the foreground. A service runs it as its own user. */
export function keepCommand(context: CliContext): Command {
  const { terminal } = context;
  const command = new Command('keep')
    .description('run the keep in the foreground: plans in a sandbox, for agents to read and humans to decide')
    .addOption(
      new Option('--seat-belt', 'the keep and agents are one user: a guard against accidents, none against attacks'),
    );
  return command.action(async (options: KeepCommandOptions) => {
    const seatBelt = options.seatBelt === true;
    const redactor = createRedactor();
    const log = createLog('info', redactor);
    endOnCrash(log);
    const config = loadKeepConfig(keepFileOf(command, context), { seatBelt });
    const build = readBuild();
    // Loaded here: no other command needs what a keep is made of.
    const [{ startKeep }, { composeKeep }] = await Promise.all([
      import('../../keep/keep.ts'),
      import('../../keep/compose.ts'),
    ]);
    const keep = await startKeep({ config, seatBelt, build, log, redactor, compose: composeKeep });
    terminal.err(`castellan keep ${build.version} · ${config.file} · journal in ${config.stateDirectory}`);
    terminal.err(`  agents: ${keep.sockets.agents}`);
    terminal.err(`  humans: ${keep.sockets.humans}`);
    if (seatBelt) terminal.err('  boundary: same user (--seat-belt); every reply says so');
    await untilStopped(keep);
  });
}

async function untilStopped(keep: Keep): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => keep.stop(signal));
  await keep.stopped;
}
