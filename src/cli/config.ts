import { Command, CommanderError } from 'commander';
import { stringify } from 'yaml';
import { type Config, configJsonSchema, printableConfig } from '../config/index.ts';
import { CastellanError } from '../kit/index.ts';
import { createRedactor } from '../redaction/index.ts';
import { configFor, globalOptions } from './global-options.ts';
import type { CliContext, Terminal } from './terminal.ts';

/** `castellan config`: is castellan.yaml right, what does it come to, what may be written in it. */
export function configCommand(context: CliContext): Command {
  const { terminal, groups } = context;
  const command = new Command('config').description('check castellan.yaml, show what it comes to, or print its schema');

  command
    .command('check')
    .description('read the configuration and list every problem; exit 2 when there is one')
    .action(() => {
      const config = checked(() => configFor(globalOptions(command), context), terminal);
      terminal.out(config.file === undefined ? 'no castellan.yaml; the defaults hold' : `${config.file} is valid`);
      for (const { name, configKey, summary, howToConfigure } of groups) {
        const configured = config.groups.has(configKey);
        terminal.out(`  ${configured ? 'configured:    ' : 'not configured:'} ${name} — ${summary}`);
        if (!configured) terminal.out(`                  add: ${howToConfigure}`);
      }
    });

  command
    .command('print')
    .description('show the configuration with every default filled in and where each value comes from, without secrets')
    .action(() => {
      const text = stringify(printableConfig(configFor(globalOptions(command), context))).trimEnd();
      terminal.out(createRedactor().text(text).text);
    });

  command
    .command('schema')
    .description('print the JSON Schema of castellan.yaml, for editors')
    .action(() => terminal.out(JSON.stringify(configJsonSchema(groups), null, 2)));
  return command;
}

/** Whatever is wrong, a secret's file too, is a wrong configuration here: exit 2. */
function checked(load: () => Config, terminal: Terminal): Config {
  try {
    return load();
  } catch (error) {
    if (!(error instanceof CastellanError)) throw error;
    terminal.err(`error ${error.code}: ${error.message}`);
    terminal.err(`next: ${error.next}`);
    // Said already: only the exit code is left.
    throw Object.assign(new CommanderError(2, error.code, error.message), { cause: error });
  }
}
