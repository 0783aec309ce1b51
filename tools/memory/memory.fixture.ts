import { randomBytes } from 'node:crypto';
import type { DenseStanding } from '../../memory/embed/port.ts';
import { nothing } from '../../memory/embed/standing.ts';
import type { Memory, MemoryHit, WholeEntry } from '../../memory/engine.ts';
import type { Entry } from '../../memory/entry.ts';
import { createCursors, type Principal, type RenderedAnswer, renderAnswer, type Tool } from '../../src/kit/index.ts';
import { createRedactor } from '../../src/redaction/index.ts';
import type { Redactor } from '../../src/redaction/redactor.ts';
import type { MemoryPorts } from './port.ts';

/** Sample words of a memory: the homelab of all tests, with invented names. */
const now = new Date('2026-03-01T10:00:00.000Z');
const daysAgo = (days: number): Date => new Date(now.getTime() - days * 86_400_000);

export const entryOf = (change: Partial<Entry> = {}): Entry => ({
  id: 12,
  owner: 'human:robin',
  author: 'agent:claude',
  visibility: 'private',
  readers: [],
  category: 'facts',
  content: 'The NAS truenas exports media over NFS from 192.0.2.4.',
  sensitive: false,
  keywords: 'storage share',
  tags: ['nfs', 'nas'],
  importance: 0.5,
  source: undefined,
  session: undefined,
  seq: undefined,
  validFrom: daysAgo(3),
  validTo: undefined,
  recordedAt: daysAgo(3),
  updatedAt: daysAgo(3),
  deletedAt: undefined,
  revision: 1,
  ...change,
});

export const hitOf = (change: Partial<MemoryHit> = {}, why: Partial<MemoryHit['why']> = {}): MemoryHit => {
  const entry = change.entry ?? entryOf();
  return {
    kind: 'memory',
    ref: `m${entry.id}`,
    score: 0.8,
    why: { matched: ['nfs'], repaired: [], aliases: [], exact: [], legs: { lexical: 0.8 }, ...why },
    attached: [],
    pointers: [],
    ...change,
    entry,
  };
};

export const wholeOf = (change: Partial<WholeEntry> = {}): WholeEntry => ({
  entry: entryOf(),
  links: [],
  history: [],
  cipher: undefined,
  sealedWith: undefined,
  ...change,
});

export const standingOf = (change: Partial<DenseStanding> = {}): DenseStanding => ({
  state: 'unconfigured',
  ...nothing,
  reason: undefined,
  ...change,
});

/** An engine that does what a test says, and fails the test for all else. */
function scripted(methods: Partial<Memory>): Memory {
  return new Proxy(methods as Memory, {
    get: (target, name) => {
      if (name === 'then') return undefined;
      const method: unknown = Reflect.get(target, name);
      if (method === undefined) throw new Error(`the test did not expect memory.${String(name)}`);
      return method;
    },
  });
}

export function portsOver(methods: Partial<Memory>, change: Partial<MemoryPorts> = {}): MemoryPorts {
  return {
    memory: async () => scripted(methods),
    hasEmbeddings: false,
    learning: false,
    findings: async () => [],
    variants: () => Promise.reject(new Error('the test did not expect a measurement')),
    ...change,
  };
}

export interface Asking {
  readonly principal?: Partial<Principal>;
  readonly redactor?: Redactor;
}

export const robin: Principal = {
  agent: 'agent:claude',
  human: 'human:robin',
  via: 'socket',
  scopes: ['read', 'record'],
};
const cursors = createCursors(randomBytes(32));

/** Calls a tool the way the server does; the boundary of the fences is replaced, so that an answer can be compared. */
export async function callTool(
  tool: Tool<MemoryPorts>,
  ports: MemoryPorts,
  asked: Readonly<Record<string, unknown>>,
  { principal: as = {}, redactor = createRedactor() }: Asking = {},
): Promise<RenderedAnswer> {
  const principal = { ...robin, ...as };
  const input = tool.input.parse(asked);
  const cursor = typeof input['cursor'] === 'string' ? input['cursor'] : undefined;
  const room = typeof input['budget'] === 'number' ? input['budget'] : 8_000;
  const answer = await tool.run(input, {
    ports,
    principal,
    signal: AbortSignal.timeout(20_000),
    now: () => now,
    progress: () => undefined,
    page: cursors.pageFor({ tool: tool.name, input, principal }, cursor, now),
    room,
  });
  const rendered = renderAnswer(answer, {
    budget: room,
    redact: redactor.text,
    redactAgent: redactor.agentText,
    redactOwn: redactor.echoing(Object.values(asked).map(String)).text,
  });
  return { ...rendered, text: rendered.text.replace(/untrusted [0-9a-f]{12}/g, 'untrusted') };
}
