import { type Command, CommanderError } from 'commander';
import { tellFailure, usageError } from './failure.ts';
import type { Terminal } from './terminal.ts';

/** Runs a command tree to an exit code: 0 done, 1 refused or failed, 2 wrong usage or configuration. */
export async function runCommand(program: Command, words: readonly string[], terminal: Terminal): Promise<number> {
  quieten(program, terminal);
  try {
    await program.parseAsync([...words], { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : usageError;
    return tellFailure(error, terminal);
  }
}

/** No command of the tree ends the process or writes past the terminal by itself. */
function quieten(command: Command, terminal: Terminal): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => terminal.out(text.trimEnd()),
    writeErr: (text) => terminal.err(text.trimEnd()),
  });
  for (const child of command.commands) quieten(child, terminal);
}
