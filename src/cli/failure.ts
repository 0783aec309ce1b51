import { CastellanError } from '../kit/errors.ts';
import { DaemonUnreachable, RefusedByDaemon } from '../server/shim/daemon-link.ts';
import type { Terminal } from './terminal.ts';

/** Wrong usage or configuration. */
export const usageError = 2;

/** Tells what went wrong, redacted, and gives the exit code for it. The redactor is loaded only now: most commands succeed. */
export async function tellFailure(error: unknown, terminal: Terminal): Promise<number> {
  const { createRedactor } = await import('../redaction/index.ts');
  const { text } = createRedactor();
  for (const line of wordsOf(error)) terminal.err(text(line).text);
  return error instanceof CastellanError && error.code.startsWith('config-') ? usageError : 1;
}

/** What is not ours is a fault: its stack is told, since only who reports it can help, and nothing that hangs on it. */
function wordsOf(error: unknown): readonly string[] {
  if (error instanceof CastellanError) return [`error ${error.code}: ${error.message}`, `next: ${error.next}`];
  if (error instanceof RefusedByDaemon || error instanceof DaemonUnreachable) return [`error: ${error.message}`];
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return [`this is a fault of Castellan: ${stack}`, 'next: please report it, with what you did'];
}
