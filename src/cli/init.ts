import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { defaultConfig, loadConfig, namedConfig } from '../config/index.ts';
import { type CastellanError, defineErrors, stripHiddenCharacters } from '../kit/index.ts';
import { clientEntry, entryText } from './client-entry.ts';
import { firstConfig } from './first-config.ts';
import { type GlobalOptions, globalOptions } from './global-options.ts';
import { initKubernetesCommand } from './kubernetes/command.ts';
import { type Survey, survey } from './survey.ts';
import type { CliContext } from './terminal.ts';
import { placeWhole } from './written-file.ts';

const initError = defineErrors({
  'init-file-exists': {
    audience: 'operator',
    meaning: 'There is a castellan.yaml already, and `castellan init` replaces it only with --force.',
  },
});

const elsewhere = 'check the folder and its rights, or name another place with --out';

interface InitOptions {
  readonly out?: string;
  readonly force?: true;
  readonly yes?: true;
  readonly client?: 'none' | 'claude' | 'json';
}

/** `castellan init`: looks around, writes a castellan.yaml that loads, and on request the client's MCP entry. */
export function initCommand(context: CliContext): Command {
  const { terminal, environment, cwd, groups } = context;
  const command = new Command('init')
    .description('find what is here and write a commented castellan.yaml')
    .option('--out <file>', 'where to write it; default: --config, CASTELLAN_CONFIG or the usual place')
    .option('--force', 'replace what is there')
    .option('--yes', 'also enter castellan into .mcp.json of this folder')
    .addOption(
      new Option('--client <name>', 'whose MCP entry to write; json prints one for any client').choices([
        'none',
        'claude',
        'json',
      ]),
    );
  command.addCommand(initKubernetesCommand(context));
  return command.action((options: InitOptions) => {
    const flags = globalOptions(command);
    const usual = defaultConfig(environment);
    const out =
      options.out === undefined ? (namedConfig({ flags, environment, cwd }) ?? usual) : resolve(cwd, options.out);
    const replace = options.force === true;
    if (!replace && existsSync(out)) throw exists(out);
    const wantsClient = (options.client ?? (options.yes === true ? 'claude' : 'none')) === 'claude';
    const args = [...(out === usual ? [] : ['--config', out]), ...homeWords(flags, cwd), 'mcp'];
    const client = wantsClient ? clientEntry(join(cwd, '.mcp.json'), args, replace) : undefined;

    const found = survey(environment, cwd);
    const load = (config: string) =>
      loadConfig({ flags: { config }, environment: { HOME: environment['HOME'] }, cwd, slices: groups });
    const text = firstConfig(found, groups);
    if (!placeWhole({ path: out, text, mode: 0o600, replace, check: load }, elsewhere)) throw exists(out);
    report(found, (line) => terminal.err(stripHiddenCharacters(line)));
    terminal.err(`wrote ${out}`);

    if (options.client === 'json') terminal.out(entryText(args).trimEnd());
    else if (client === undefined)
      terminal.err(`to enter it into Claude Code: claude mcp add castellan -- castellan ${args.join(' ')}`);
    else if (client.text === undefined)
      terminal.err(`${client.path} has another castellan already; --force replaces it`);
    else {
      placeWhole({ path: client.path, text: client.text, mode: client.mode, replace: true });
      terminal.err(`entered castellan into ${client.path}`);
    }
    terminal.err('next: castellan doctor');
  });
}

function homeWords({ home }: GlobalOptions, cwd: string): readonly string[] {
  return home === undefined ? [] : ['--home', resolve(cwd, home)];
}

function exists(file: string): CastellanError {
  return initError('init-file-exists', {
    message: `${file} is there already`,
    next: 'edit it, write elsewhere with --out, or replace it with --force',
  });
}

function report({ kubernetes, vault, prometheus, terragrunt }: Survey, say: (line: string) => void): void {
  const context = kubernetes?.current ?? kubernetes?.contexts[0];
  const lines = [
    ['Kubernetes', kubernetes && `context ${JSON.stringify(context)} in ${kubernetes.file}`],
    ['Vault', vault],
    ['Terragrunt', terragrunt],
    ['Prometheus', prometheus],
  ] as const;
  for (const [name, what] of lines)
    say(`${(what === undefined ? 'not found' : 'found').padEnd(10)} ${name}${what === undefined ? '' : `: ${what}`}`);
}
