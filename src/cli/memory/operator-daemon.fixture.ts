import { join } from 'node:path';
import { pino } from 'pino';
import { silent } from '../../redaction/no-redaction.fixture.ts';
import { type AgentSocket, listenOnAgentSocket } from '../../server/agent-socket.ts';
import { type Build, protocol, schema } from '../../server/handshake.ts';
import type { RunCommand } from '../../server/operator-commands.ts';
import { serveOperator } from '../../server/operator-connection.ts';

const principal = { agent: 'agent:a', human: 'human:h', via: 'socket', scopes: ['read'] } as const;

/** A daemon of this data directory that answers operators and nobody else. */
export function listenForOperators(home: string, build: Build, run: RunCommand): Promise<AgentSocket> {
  const log = pino({ level: 'silent' });
  return listenOnAgentSocket({
    path: join(home, 'agent.sock'),
    redactor: silent,
    log,
    factory: () => {
      throw new Error('nobody speaks MCP here');
    },
    welcome: () => ({ castellan: protocol, build, schema, config: null, pid: 1 }),
    refuse: () => undefined,
    control: async () => ({}),
    operator: (connection) =>
      serveOperator(connection, {
        caller: { principal, client: 'test' },
        run,
        redactor: silent,
        log,
        closing: new AbortController().signal,
      }),
    onClients: () => undefined,
  });
}
