import { Command, Option } from 'commander';
import type { CliContext } from '../terminal.ts';
import { askKeep } from './ask-keep.ts';
import { addressOf, keepLines, setLines } from './change-words.ts';
import { keepFileOf } from './keep-file.ts';

/** `castellan changes`: what waits, what goes on, what went wrong. */
export function changesCommand(context: CliContext): Command {
  const { terminal } = context;
  const command = new Command('changes')
    .description('list the changes agents proposed, and where a human decides about them')
    .addOption(new Option('--all', 'those that are over too'));
  return command.action(async (options: { all?: true }) => {
    const { keep, changes = [] } = await askKeep(keepFileOf(command, context), {
      verb: 'status',
      of: 'changes',
      limit: 50,
      ...(options.all === true ? {} : { open: true }),
    });
    for (const line of keepLines(keep)) terminal.out(line);
    const lines = setLines(changes, new Date());
    if (lines.length === 0) terminal.out(options.all === true ? 'no change was ever proposed' : 'no change is open');
    for (const line of lines) terminal.out(line);
    terminal.out(`decide at ${addressOf(keep, '')}`);
  });
}
