import { defineErrors } from '../../kit/index.ts';
import type { Terminal } from '../terminal.ts';

const confirmError = defineErrors({
  'confirmation-needed': { audience: 'operator', meaning: 'Somebody had to confirm, and nobody sat at the terminal.' },
});

/** Has the words typed again, so that they were read. False, and said so, when they were not. Errors: `confirmation-needed`. */
export async function confirmed(terminal: Terminal, words: string, yes: boolean): Promise<boolean> {
  if (yes) return true;
  if (terminal.ask === undefined) {
    throw confirmError('confirmation-needed', {
      message: 'nobody sits at this terminal to confirm it',
      next: 'run it where you can answer, or give --yes once you have read what it is for',
    });
  }
  if ((await terminal.ask(`type ${words} to go on: `)).trim() === words) return true;
  terminal.err('nothing was done');
  process.exitCode = 1;
  return false;
}
