import type { Command } from 'commander';
import { page } from './markdown.ts';

/** docs/cli.md: the help of every command, as it prints it. The tools under `call` have their own page. */
export function cliPage(program: Command): string {
  return page('# Command line', ...sections(program, ''));
}

function sections(command: Command, parent: string): readonly string[] {
  const name = `${parent}${command.name()}`;
  command.configureHelp({ helpWidth: 100 });
  command.configureOutput({ getOutHasColors: () => false });
  const help = `## ${name}\n\n\`\`\`text\n${command.helpInformation().trimEnd()}\n\`\`\``;
  if (name.endsWith(' call')) return [help];
  return [help, ...command.commands.flatMap((inner) => sections(inner, `${name} `))];
}
