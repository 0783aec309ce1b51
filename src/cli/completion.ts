import { Command } from 'commander';
import type { CliContext } from './terminal.ts';
export function completionCommand(_: CliContext): Command {
  return new Command('completion');
}
