import { randomBytes } from 'node:crypto';
import { type ClusterConnection, connectCluster, openChronicle } from '../../src/cluster/index.ts';
import {
  CastellanError,
  createCursors,
  type Principal,
  type RenderedAnswer,
  renderAnswer,
  type Tool,
} from '../../src/kit/index.ts';
import { silent } from '../../src/redaction/no-redaction.fixture.ts';
import type { LentDatabase } from '../../src/store/port.ts';
import { get } from './get.ts';
import type { KubectlPorts } from './port.ts';

/** As in a process that has no database. */
export const noDatabase: LentDatabase = {
  whenOpen: async () => {
    throw new CastellanError('store-unavailable', 'operator', { message: 'there is no store', next: 'none' });
  },
};

export const noChronicle = openChronicle({ readers: [], database: noDatabase });

export interface Caller extends AsyncDisposable {
  readonly connection: ClusterConnection;
  /** The answer as an agent sees it; fences and the time are replaced, so that it can be compared. */
  call(input: Readonly<Record<string, unknown>>, client?: Partial<Client>): Promise<RenderedAnswer>;
}

/** What a client does while it waits. */
export interface Client {
  readonly signal: AbortSignal;
  progress(message: string): void;
}

const principal: Principal = { agent: 'agent:test', human: 'human:test', via: 'socket', scopes: ['read'] };

/** Calls a tool (`kubectl_get` unless another is given) the way the server does. */
export async function callerOf(
  kubeconfig: string,
  now = () => new Date(),
  tool: Tool<KubectlPorts> = get,
  chronicle: KubectlPorts['chronicle'] = noChronicle,
  more: Partial<KubectlPorts> = {},
): Promise<Caller> {
  const connection = await connectCluster({ kubeconfig, deadlineMs: 10_000 }, { redactor: silent });
  const cursors = createCursors(randomBytes(32));
  return {
    connection,
    call: async (asked, { signal = AbortSignal.timeout(20_000), progress = () => undefined } = {}) => {
      const input = tool.input.parse(asked);
      const cursor = typeof input['cursor'] === 'string' ? input['cursor'] : undefined;
      const budget = typeof input['budget'] === 'number' ? input['budget'] : 8_000;
      const answer = await tool.run(input, {
        ports: { cluster: connection.reader, chronicle, ...more },
        principal,
        signal,
        now,
        progress,
        page: cursors.pageFor({ tool: tool.name, input, principal }, cursor, now()),
        room: budget,
      });
      return renderAnswer(answer, { budget, redact: silent.text, redactAgent: silent.text, redactOwn: silent.text });
    },
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}

/** Without what differs in every run. */
export function settled(text: string): string {
  return text
    .replace(/untrusted [0-9a-f]{12}/g, 'untrusted …')
    .replace(/«redacted:([a-z-]+):(\d+-bytes-)?[0-9a-f]{6}»/g, '«redacted:$1:$2…»');
}
