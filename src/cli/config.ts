import { Command, Option } from 'commander';
import { stringify } from 'yaml';
import { configJsonSchema, printableConfig } from '../config/index.ts';
import { createRedactor } from '../redaction/index.ts';
import { configFor, globalOptions } from './global-options.ts';
import type { CliContext } from './terminal.ts';

/** `castellan config`: is castellan.yaml right, what does it come to, what may be written in it. */
export function configCommand(context: CliContext): Command {
  const { terminal, groups } = context;
  const command = new Command('config').description('check castellan.yaml, show what it comes to, or print its schema');

  command
    .command('check')
    .description('read the configuration and list every problem; exit 2 when there is one')
    .action(() => {
      const config = configFor(globalOptions(command), context);
      terminal.out(config.file === undefined ? 'no castellan.yaml; the defaults hold' : `${config.file} is valid`);
      for (const { name, configKey, summary, howToConfigure } of groups) {
        const configured = config.groups.has(configKey);
        terminal.out(`  ${configured ? 'configured:    ' : 'not configured:'} ${name} — ${summary}`);
        if (!configured) terminal.out(`                  add: ${howToConfigure}`);
      }
    });

  command
    .command('print')
    .description('show the configuration with every default filled in, without secrets')
    .addOption(new Option('--json', 'as JSON'))
    .action((options: { json?: true }) => {
      const printable = printableConfig(configFor(globalOptions(command), context));
      const text = options.json === true ? JSON.stringify(printable) : stringify(printable).trimEnd();
      terminal.out(createRedactor().text(text).text);
    });

  command
    .command('schema')
    .description('print the JSON Schema of castellan.yaml, for editors')
    .action(() => terminal.out(JSON.stringify(configJsonSchema(groups), null, 2)));
  return command;
}
