import { randomBytes } from 'node:crypto';
import type { KeepClient } from '../../src/change/wire/keep-port.ts';
import { type KeepReply, type KeepRequest, type KeepState, keepReply } from '../../src/change/wire/protocol.ts';
import type { ClusterObject, ClusterReader } from '../../src/cluster/index.ts';
import { createObjectRedactor } from '../../src/cluster/withholding/object-redactor.ts';
import {
  CastellanError,
  createCursors,
  type JsonObject,
  type Principal,
  renderAnswer,
  type Tool,
} from '../../src/kit/index.ts';
import { silent } from '../../src/redaction/no-redaction.fixture.ts';
import type { Redactor } from '../../src/redaction/redactor.ts';
import { vaultError } from '../../src/vault/errors.ts';
import type { VaultSession } from '../../src/vault/port.ts';
import { createAllowance } from './allowance.ts';
import { openNames } from './inventory.ts';
import { knownValuesOf } from './known-values.ts';
import type { VaultPorts } from './port.ts';
import { createStrength } from './strength.ts';

/** A value as a server that lies would slip it in wherever none belongs. None of them may ever be seen. */
export const canary = (): string => `canary-${randomBytes(12).toString('hex')}`;

/** By `METHOD path`: a reply, or an error of that code. */
export type Replies = Record<string, JsonObject | { readonly code: string }>;

export interface ScriptedVault extends VaultSession {
  readonly asked: string[];
  readonly replies: Replies;
  /** What the token may do, by the beginning of a path; nothing elsewhere. */
  readonly rights: Record<string, readonly string[]>;
}

export const now = new Date('2026-03-01T10:00:00.000Z');
const daysAgo = (days: number): string => new Date(now.getTime() - days * 86_400_000).toISOString();

/** A secret of version 2 with these keys, as a Vault that holds a value back nowhere would answer. */
export function secretReplies(path: string, keys: readonly string[], more: JsonObject = {}): Replies {
  return {
    [`GET secret/metadata/${path}`]: {
      data: {
        current_version: 2,
        oldest_version: 1,
        created_time: daysAgo(90),
        updated_time: daysAgo(3),
        custom_metadata: null,
        versions: {
          1: { created_time: daysAgo(90), deletion_time: '', destroyed: false },
          2: { created_time: daysAgo(3), deletion_time: '', destroyed: false },
        },
        ...more,
      },
      values: canary(),
    },
    [`GET secret/subkeys/${path}`]: {
      data: {
        subkeys: Object.fromEntries(keys.map((key) => [key, canary()])),
        metadata: { version: 2, created_time: daysAgo(3), deletion_time: '', destroyed: false },
        data: Object.fromEntries(keys.map((key) => [key, canary()])),
      },
    },
  };
}

const mountReplies: Replies = {
  'GET sys/internal/ui/mounts': {
    data: {
      secret: {
        'secret/': { type: 'kv', description: canary(), options: { version: '2' } },
        'database/': { type: 'database', description: '', options: null },
        'kubernetes/': { type: 'kubernetes', description: '', options: null },
        'cubbyhole/': { type: 'cubbyhole', description: '', options: null },
      },
    },
  },
};

/** A homelab of two secrets and one rotated password. */
export const homelabReplies = (): Replies => ({
  ...mountReplies,
  'LIST secret/metadata': { data: { keys: ['apps/', 'root'] } },
  'LIST secret/metadata/apps': { data: { keys: ['mail'] } },
  ...secretReplies('root', ['pin']),
  ...secretReplies('apps/mail', ['password', 'user']),
  'LIST database/static-roles': { data: { keys: ['mail'] } },
  'GET database/static-roles/mail': {
    data: {
      db_name: 'postgres',
      username: 'mail',
      rotation_period: 604_800,
      last_vault_rotation: daysAgo(6),
      password: canary(),
    },
  },
});

export function scriptedVault(replies: Replies = homelabReplies()): ScriptedVault {
  const asked: string[] = [];
  const rights: Record<string, readonly string[]> = {};
  const vault: ScriptedVault = {
    address: 'http://127.0.0.1:8200',
    asked,
    replies,
    rights,
    async ask(request) {
      const line = `${request.method} ${request.path.join('/')}`;
      asked.push(line);
      if (line === 'POST sys/capabilities-self') {
        const paths = (request.body?.['paths'] ?? []) as readonly string[];
        const of = (path: string): readonly string[] =>
          Object.entries(rights).find(([start]) => path.startsWith(start))?.[1] ?? ['deny'];
        return request.reply.parse({ data: Object.fromEntries(paths.map((path) => [path, of(path)])) });
      }
      const reply = replies[line];
      if (reply === undefined) throw vaultError('vault-not-found', { message: 'nothing is there', next: 'look' });
      if ('code' in reply && typeof reply['code'] === 'string') {
        throw new CastellanError(reply['code'], 'operator', { message: 'scripted', next: 'none' });
      }
      return request.reply.parse(reply);
    },
    standing: () => ({
      state: 'alive',
      accessor: 'accessor',
      displayName: 'token-castellan',
      policies: ['castellan-metadata'],
      expiresAt: new Date(now.getTime() + 86_400_000),
      renewedAt: now,
      why: undefined,
    }),
    job: async () => {
      throw new Error('no tool of this group makes a job');
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
  return vault;
}

const calm: KeepState = {
  version: '1.0.0',
  boundary: 'separate user',
  problems: [],
  console: 'http://castellan.localhost:8790',
};

export interface ScriptedKeep extends KeepClient {
  readonly asked: KeepRequest[];
}

/** What comes back passes the wire's own schema, as from a keep. */
export function scriptedKeep(script: (request: KeepRequest) => Partial<KeepReply>): ScriptedKeep {
  const asked: KeepRequest[] = [];
  return {
    asked,
    ask: async (request) => {
      asked.push(request);
      return keepReply.parse({ keep: calm, ...script(request) });
    },
  };
}

const redactor = createObjectRedactor(silent);

/** A manifest as the reader of a cluster gives it out. */
function objectOf(manifest: JsonObject): ClusterObject {
  const { body, withheld } = redactor.redact(manifest);
  const metadata = (manifest['metadata'] ?? {}) as JsonObject;
  const [group = '', version] = String(manifest['apiVersion']).split('/');
  return {
    group: version === undefined ? '' : group,
    kind: String(manifest['kind']),
    name: String(metadata['name']),
    namespace: String(metadata['namespace'] ?? ''),
    created: new Date(String(metadata['creationTimestamp'] ?? daysAgo(30))),
    body,
    withheld,
  };
}

/** A cluster that holds these manifests; kinds of `forbidden` may not be listed. */
export function scriptedCluster(manifests: readonly JsonObject[], forbidden: readonly string[] = []): ClusterReader {
  const objects = manifests.map(objectOf);
  const kindOf = (object: ClusterObject) => ({
    kind: object.kind,
    group: object.group,
    version: 'v1',
    resource: `${object.kind.toLowerCase()}s`,
    singular: object.kind.toLowerCase(),
    shortNames: [],
    namespaced: true,
    verbs: ['list'],
  });
  const kinds = [...new Map(objects.map((object) => [object.kind, kindOf(object)])).values()];
  const refuse = async (): Promise<never> => {
    throw new Error('this tool reads lists alone');
  };
  const reader: ClusterReader = {
    context: 'scripted',
    inContext: () => reader,
    kind: refuse,
    list: async (kind, { namespace }) => {
      if (forbidden.includes(kind.kind)) {
        throw new CastellanError('cluster-forbidden', 'operator', { message: 'forbidden', next: 'none' });
      }
      const found = objects.filter(
        (one) =>
          one.kind === kind.kind && (namespace === undefined || one.namespace === namespace || one.namespace === ''),
      );
      return { objects: found, resourceVersion: '1', withheld: {} };
    },
    get: refuse,
    managers: refuse,
    table: refuse,
    logs: refuse,
    watch: () => ({ [Symbol.asyncIterator]: () => ({ next: refuse }) }),
    kinds: async () => kinds,
    schema: refuse,
    may: async () => true,
  };
  return reader;
}

export interface Lent {
  readonly vault?: ScriptedVault;
  readonly keep?: KeepClient;
  readonly cluster?: ClusterReader;
  readonly strict?: boolean;
  readonly audit?: VaultPorts['audit'];
  readonly nodes?: VaultPorts['nodes'];
}

export function portsOf({
  vault = scriptedVault(),
  keep,
  cluster,
  strict = true,
  audit,
  nodes = [],
}: Lent = {}): VaultPorts {
  const strength = createStrength(vault, strict);
  const lentKeep = keep === undefined ? undefined : async () => keep;
  return {
    vault,
    nodes,
    names: openNames({ vault, strength, now: () => now }),
    strength,
    comparisons: createAllowance(),
    knownValues: knownValuesOf(lentKeep),
    audit,
    keep: lentKeep,
    cluster: cluster === undefined ? undefined : async () => cluster,
  };
}

export const principal: Principal = {
  agent: 'agent:claude',
  human: 'human:robin',
  via: 'socket',
  scopes: ['read', 'propose'],
};
const cursors = createCursors(randomBytes(32));

/** Calls a tool the way the server does; the number of the fence is replaced. */
export async function callTool(
  tool: Tool<VaultPorts>,
  ports: VaultPorts,
  asked: Readonly<Record<string, unknown>> = {},
  by: Principal = principal,
  { text: redact, agentText: redactAgent }: Pick<Redactor, 'text' | 'agentText'> = silent,
): Promise<string> {
  const input = tool.input.parse(asked);
  const cursor = typeof input['cursor'] === 'string' ? input['cursor'] : undefined;
  const answer = await tool.run(input, {
    ports,
    principal: by,
    signal: new AbortController().signal,
    now: () => now,
    progress: () => undefined,
    page: cursors.pageFor({ tool: tool.name, input, principal: by }, cursor, now),
    room: 8_000,
  });
  const redactions = { redact, redactAgent, redactOwn: redact };
  const { text, bytes } = renderAnswer(answer, { budget: 8_000, ...redactions });
  if (bytes > 8_000) throw new Error(`an answer of ${bytes} bytes`);
  return text.replace(/untrusted [0-9a-f]{12}/g, 'untrusted …');
}

/** The lines that stand in no fence: what the answer says in its own name. */
export function unfenced(text: string): string {
  return text.replace(/--- untrusted …[^\n]*\n(?:\| [^\n]*\n?)*--- end untrusted … ---/g, '⟨fenced⟩');
}
