import { Command } from 'commander';
import type { CliContext } from './terminal.ts';
export function initCommand(_: CliContext): Command {
  return new Command('init');
}
