import { Command, InvalidArgumentError, Option } from 'commander';
import { prepareHome } from '../config/index.ts';
import { type Effect, effects } from '../kit/index.ts';
import { createToken, listTokens, revokeToken } from '../server/tokens.ts';
import { configFor, globalOptions } from './global-options.ts';
import type { CliContext } from './terminal.ts';

/** `castellan token`: bearer tokens for agents that come over HTTP. */
export function tokenCommand(context: CliContext): Command {
  const { terminal } = context;
  const command = new Command('token').description('bearer tokens for agents that connect over HTTP');
  const homeOf = (): string => {
    const config = configFor(globalOptions(command), context);
    prepareHome(config);
    return config.home;
  };

  command
    .command('create')
    .description('make a token and show it once; only its hash is kept')
    .requiredOption('--agent <name>', 'the agent it speaks for')
    .requiredOption('--human <name>', 'the person that agent acts for')
    .addOption(new Option('--scope <scope...>', 'what it may do').choices(effects).default(['read'] satisfies Effect[]))
    .option('--days <n>', 'days until it expires', wholeNumber, 90)
    .action((options: { agent: string; human: string; scope: Effect[]; days: number }) => {
      const { agent, human, scope: scopes, days } = options;
      const { token, stored } = createToken(homeOf(), { agent, human, scopes, days }, new Date());
      terminal.err(
        `${stored.id} for agent:${agent} on behalf of human:${human}, ${scopes.join(', ')}, until ${stored.expires}`,
      );
      terminal.err('shown once; give it to the client as `Authorization: Bearer …`');
      terminal.out(token.reveal());
    });

  command
    .command('list')
    .description('list tokens: ids, names, scopes and ends, never the tokens')
    .action(() => {
      const tokens = listTokens(homeOf());
      if (tokens.length === 0) terminal.err('no tokens; make one with `castellan token create`');
      for (const { id, agent, human, scopes, expires } of tokens) {
        const ended = new Date(expires) <= new Date() ? ' (expired)' : '';
        terminal.out(`${id}\tagent:${agent}\thuman:${human}\t${scopes.join(',')}\t${expires}${ended}`);
      }
    });

  command
    .command('revoke')
    .description('revoke a token; a running daemon refuses it at its next request')
    .argument('<id>', 'its id, as `castellan token list` shows it')
    .action((id: string) => {
      if (revokeToken(homeOf(), id)) terminal.err(`${id} is revoked`);
      else {
        terminal.err(`there is no token ${id}; \`castellan token list\` shows them`);
        process.exitCode = 1;
      }
    });
  return command;
}

function wholeNumber(value: string): number {
  if (!/^\d{1,4}$/.test(value)) throw new InvalidArgumentError('a whole number of days');
  return Number(value);
}
