import { type Command, CommanderError } from 'commander';
import { CastellanError } from '../kit/index.ts';
import { createRedactor } from '../redaction/index.ts';
import { DaemonUnreachable, RefusedByDaemon } from '../server/shim/daemon-link.ts';
import type { Terminal } from './terminal.ts';

const usageError = 2;

/** Runs a command tree to an exit code: 0 done, 1 refused or failed, 2 wrong usage or configuration. */
export async function runCommand(program: Command, words: readonly string[], terminal: Terminal): Promise<number> {
  quieten(program, terminal);
  try {
    await program.parseAsync([...words], { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : usageError;
    const { text } = createRedactor();
    for (const line of wordsOf(error)) terminal.err(text(line).text);
    return error instanceof CastellanError && error.code.startsWith('config-') ? usageError : 1;
  }
}

/** What is not ours is a fault: its stack is told, since only who reports it can help, and nothing that hangs on it. */
function wordsOf(error: unknown): readonly string[] {
  if (error instanceof CastellanError) return [`error ${error.code}: ${error.message}`, `next: ${error.next}`];
  if (error instanceof RefusedByDaemon || error instanceof DaemonUnreachable) return [`error: ${error.message}`];
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return [`this is a fault of Castellan: ${stack}`, 'next: please report it, with what you did'];
}

/** No command of the tree ends the process or writes past the terminal by itself. */
function quieten(command: Command, terminal: Terminal): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => terminal.out(text.trimEnd()),
    writeErr: (text) => terminal.err(text.trimEnd()),
  });
  for (const child of command.commands) quieten(child, terminal);
}
