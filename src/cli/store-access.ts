import type { Command } from 'commander';
import { prepareHome } from '../config/index.ts';
import { defineErrors } from '../kit/index.ts';
import { createRedactor } from '../redaction/index.ts';
import { readBuild } from '../server/build.ts';
import { createLog } from '../server/log.ts';
import { controlDaemon, socketPath } from '../server/shim/daemon-link.ts';
import type { Store } from '../store/index.ts';
import { configFor, daemonAddress, globalOptions } from './global-options.ts';
import type { CliContext } from './terminal.ts';

const accessError = defineErrors({
  'daemon-failed': { audience: 'operator', meaning: 'The running daemon could not do what the command asked of it.' },
});

/**
 * The store has one writer. Where a daemon runs, it does the work; where none runs, this process opens the store, for as
 * long as it takes.
 */
export async function throughDaemonOrStore(
  command: Command,
  context: CliContext,
  verb: 'backup' | 'audit-verify',
  work: (store: Store) => Promise<object>,
): Promise<unknown> {
  const flags = globalOptions(command);
  const reached = await controlDaemon(daemonAddress(flags, context), verb);
  if (reached !== undefined) {
    const { answer } = reached;
    if (typeof answer === 'object' && answer !== null && 'failed' in answer) {
      throw accessError('daemon-failed', { message: String(answer.failed), next: "look at the daemon's log" });
    }
    return answer;
  }
  const config = configFor(flags, context);
  prepareHome(config);
  if (context.terminal.interactive) context.terminal.err('… no daemon runs: opening the database');
  const { openStore, takeStoreLock } = await import('../store/open.ts');
  const build = readBuild().version;
  const lock = takeStoreLock(config, { socket: socketPath(config.home), build });
  await using store = await openStore({ config, build, log: createLog('error', createRedactor()), lock });
  return await work(store);
}
