import type { Command } from 'commander';
import { z } from 'zod';
import type { JsonObject } from '../kit/index.ts';
import { openAgentSession } from './agent-session.ts';
import { daemonAddress, globalOptions } from './global-options.ts';
import type { CliContext } from './terminal.ts';

const callResult = z.object({
  content: z.array(z.object({ type: z.string(), text: z.string().optional() })).default([]),
  structuredContent: z.unknown().optional(),
  isError: z.boolean().default(false),
});

/**
 * The same call an agent makes, through the same daemon, with the same audit row; what it answers is printed. An answer that is
 * an error goes to stderr and makes the exit code 1; as JSON it is still the answer.
 */
export async function askTool(
  name: string,
  input: JsonObject,
  { command, context, json }: { readonly command: Command; readonly context: CliContext; readonly json: boolean },
): Promise<void> {
  const { terminal } = context;
  const address = daemonAddress(globalOptions(command), context);
  // The first call on a new data directory also starts the daemon and makes its database.
  if (terminal.interactive) terminal.err(`… calling ${name}`);
  await using session = await openAgentSession(address, terminal.err);
  const onProgress = terminal.interactive ? (message: string) => terminal.err(`… ${message}`) : undefined;
  const result = callResult.parse(await session.request('tools/call', { name, arguments: input }, onProgress));
  const text = result.content.map((block) => block.text ?? `[${block.type}]`).join('\n');
  if (json) terminal.out(JSON.stringify(result));
  else if (result.isError) terminal.err(text);
  else terminal.out(text);
  if (result.isError) process.exitCode = 1;
}
