import { Command, Option } from 'commander';
import { z } from 'zod';
import { controlDaemon } from '../server/shim/daemon-link.ts';
import { daemonAddress, globalOptions } from './global-options.ts';
import { knownValuesLines, knownValuesState } from './known-values-words.ts';
import type { CliContext } from './terminal.ts';

const daemonState = z.object({
  version: z.string(),
  pid: z.number(),
  home: z.string(),
  config: z.string().nullable(),
  up_seconds: z.number(),
  clients: z.number(),
  http: z.string().nullable(),
  store: z.object({
    kind: z.string(),
    state: z.string(),
    features: z.record(z.string(), z.union([z.string(), z.boolean()])).optional(),
  }),
  known_values: knownValuesState.optional(),
  groups: z.array(z.object({ name: z.string(), tools: z.array(z.string()) })),
  not_configured: z.array(z.object({ name: z.string(), how: z.string() })),
});

/** `castellan status`: is a daemon running, and what does it say of itself. Exit 1 when none runs. */
export function statusCommand(context: CliContext): Command {
  const { terminal } = context;
  const command = new Command('status')
    .description('say whether a daemon runs here, what it serves and for how many clients')
    .addOption(new Option('--json', 'as JSON'));
  return command.action(async (options: { json?: true }) => {
    const address = daemonAddress(globalOptions(command), context);
    const reached = await controlDaemon(address, 'status');
    if (reached === undefined) {
      terminal.err(`no daemon runs on ${address.home}; \`castellan serve\` or the first \`castellan mcp\` starts one`);
      process.exitCode = 1;
      return;
    }
    const state = daemonState.parse(reached.answer);
    if (options.json === true) {
      terminal.out(JSON.stringify(reached.answer));
      return;
    }
    terminal.out(
      `castellan ${state.version} · pid ${state.pid} · up ${duration(state.up_seconds)} · ${state.clients} clients`,
    );
    terminal.out(`data    ${state.home}`);
    terminal.out(`config  ${state.config ?? 'none'}`);
    terminal.out(`http    ${state.http ?? 'off'}`);
    terminal.out(`store   ${state.store.kind}, ${state.store.state}`);
    if (state.known_values !== undefined) {
      for (const line of knownValuesLines(state.known_values)) terminal.out(line);
    }
    for (const group of state.groups) terminal.out(`group   ${group.name}: ${group.tools.join(', ')}`);
    for (const { name, how } of state.not_configured) terminal.out(`missing ${name}: ${how}`);
  });
}

function duration(seconds: number): string {
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor(seconds / 3_600) % 24;
  const minutes = Math.floor(seconds / 60) % 60;
  if (days > 0) return `${days}d ${hours}h`;
  if (hours > 0) return `${hours}h ${minutes}m`;
  return minutes > 0 ? `${minutes}m ${seconds % 60}s` : `${seconds}s`;
}
