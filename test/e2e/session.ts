import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { mainFile, type ScratchCastellan } from './scratch-castellan.ts';

/** One agent's session: an MCP client with `castellan mcp` as its server process. */
export interface Session extends AsyncDisposable {
  readonly client: Client;
  /** What the server process wrote to stderr so far. */
  stderr(): string;
}

export interface SessionOptions {
  /** `auto`: the newest revision; `legacy`: with the handshake of those before it. */
  readonly mode?: 'auto' | 'legacy';
  /** The program to start instead of this checkout's. */
  readonly main?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

export async function openSession(castellan: ScratchCastellan, options: SessionOptions = {}): Promise<Session> {
  const { mode = 'auto', main = mainFile, environment } = options;
  const client = new Client({ name: 'suite', version: '1' }, { versionNegotiation: { mode } });
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [main, 'mcp'],
    env: castellan.environment(environment),
    cwd: castellan.directory,
    stderr: 'pipe',
  });
  let printed = '';
  transport.stderr?.on('data', (chunk: Buffer) => {
    printed += chunk.toString('utf8');
  });
  await client.connect(transport);
  // The client may open with a process that it lets go again: the session's own answers the first request.
  await client.listPrompts();
  return { client, stderr: () => printed, [Symbol.asyncDispose]: () => client.close() };
}
