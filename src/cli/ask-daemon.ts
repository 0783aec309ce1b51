import type { Command } from 'commander';
import type { JsonObject } from '../kit/index.ts';
import { daemonGone, openAgentSession } from './agent-session.ts';
import { daemonAddress, globalOptions } from './global-options.ts';
import { type OperatorSession, openOperatorSession } from './operator-session.ts';
import type { CliContext } from './terminal.ts';

/** Commands of groups, asked of the daemon of this data directory; it is started when none runs. */
export interface AskedDaemon extends AsyncDisposable {
  request(command: string, input: JsonObject): Promise<JsonObject>;
}

export async function askDaemon(command: Command, context: CliContext): Promise<AskedDaemon> {
  const { terminal } = context;
  const address = daemonAddress(globalOptions(command), context);
  // An agent's connection starts the daemon, and keeps it from leaving before it is asked.
  const agent = await openAgentSession(address, terminal.err);
  let session: OperatorSession | undefined;
  try {
    session = await openOperatorSession(address, terminal.err);
    if (session === undefined) throw daemonGone();
  } catch (error) {
    await agent[Symbol.asyncDispose]();
    throw error;
  }
  const asked = session;
  return {
    request: (name, input) =>
      asked.request(name, input, ({ message, done, total }) => {
        if (!terminal.interactive) return;
        terminal.err(`… ${message}${done === undefined || total === undefined ? '' : ` (${done}/${total})`}`);
      }),
    [Symbol.asyncDispose]: async () => {
      await asked[Symbol.asyncDispose]();
      await agent[Symbol.asyncDispose]();
    },
  };
}
