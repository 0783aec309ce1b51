import { Command, Option } from 'commander';
import { toWireTool } from '../server/wire-tool.ts';
import type { CliContext } from './terminal.ts';

/** `castellan tools`: the catalogue, whether configured or not. */
export function toolsCommand({ terminal, groups }: CliContext): Command {
  return new Command('tools')
    .description('list every tool with what it answers and what it may do')
    .addOption(new Option('--json', 'as served to agents'))
    .action((options: { json?: true }) => {
      const tools = groups.flatMap((group) => group.tools);
      if (options.json === true) {
        terminal.out(JSON.stringify(tools.map(toWireTool)));
        return;
      }
      for (const group of groups) {
        terminal.out(`${group.name}: ${group.summary} (configure: ${group.howToConfigure})`);
        for (const tool of group.tools)
          terminal.out(`  ${tool.name.padEnd(24)} ${tool.effect.padEnd(8)} ${tool.title}`);
      }
    });
}
