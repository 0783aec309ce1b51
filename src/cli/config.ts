import { Command } from 'commander';
import type { CliContext } from './terminal.ts';
export function configCommand(_: CliContext): Command {
  return new Command('config');
}
