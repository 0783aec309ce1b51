import { Command, Option } from 'commander';
import { z } from 'zod';
import type { JsonValue, Tool } from '../kit/index.ts';
import { openAgentSession } from './agent-session.ts';
import { daemonAddress, globalOptions } from './global-options.ts';
import type { CliContext } from './terminal.ts';
import { flagsOf, inputOf } from './tool-flags.ts';

const callResult = z.object({
  content: z.array(z.object({ type: z.string(), text: z.string().optional() })).default([]),
  structuredContent: z.unknown().optional(),
  isError: z.boolean().default(false),
});

/** `castellan call <tool>`: the same call an agent makes, through the same daemon, with the same audit row. */
export function callCommand(context: CliContext): Command {
  const command = new Command('call').description("call a tool as an agent would; flags come from the tool's schema");
  for (const tool of context.groups.flatMap((group) => group.tools)) command.addCommand(toolCommand(tool, context));
  return command;
}

function toolCommand(tool: Tool, { terminal, ...context }: CliContext): Command {
  const command = new Command(tool.name).description(tool.description);
  for (const flag of flagsOf(tool)) command.addOption(flag);
  command.addOption(new Option('--json', 'print the whole result as JSON'));
  return command.action(async (options: Record<string, JsonValue>) => {
    const address = daemonAddress(globalOptions(command), context);
    // The first call on a new data directory also starts the daemon and makes its database.
    if (terminal.interactive) terminal.err(`… calling ${tool.name}`);
    await using session = await openAgentSession(address, terminal.err);
    const onProgress = terminal.interactive ? (message: string) => terminal.err(`… ${message}`) : undefined;
    const params = { name: tool.name, arguments: inputOf(tool, options) };
    const result = callResult.parse(await session.request('tools/call', params, onProgress));
    if (options['json'] === true) terminal.out(JSON.stringify(result));
    else terminal.out(result.content.map((block) => block.text ?? `[${block.type}]`).join('\n'));
    if (result.isError) process.exitCode = 1;
  });
}
