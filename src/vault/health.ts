import { z } from 'zod';
import { CastellanError } from '../kit/index.ts';
import { originOf } from './address.ts';
import { Client, noToken } from './client.ts';
import { authorityOf } from './connect.ts';
import { createDriver } from './driver.ts';
import { isOneOf } from './kv.ts';
import type { AskOptions, VaultClient } from './port.ts';
import { instant, moment } from './replies.ts';
import { notJson, type Received, Sender } from './sender.ts';

/**
 * How a node is, by the code it answers `sys/health` with and nothing else. A code nobody knows, or an answer that is not
 * Vault's, is `degraded`: unknown is never healthy.
 */
export interface NodeHealth {
  readonly address: string;
  readonly role: NodeRole;
  readonly version: string | undefined;
  readonly clusterName: string | undefined;
  /** Why it is not active, in a sentence; undefined where it is. */
  readonly why: string | undefined;
}

export type NodeRole =
  | 'active'
  | 'standby'
  | 'performance-standby'
  | 'dr-secondary'
  | 'sealed'
  | 'uninitialised'
  | 'degraded'
  | 'unreachable';

export interface NodeAddress {
  readonly address: string;
  readonly caFile: string | undefined;
  readonly namespace?: string | undefined;
  /** http to another host than loopback. */
  readonly plainHttp?: boolean;
}

const roles: ReadonlyMap<number, { readonly role: NodeRole; readonly why: string | undefined }> = new Map([
  [200, { role: 'active', why: undefined }],
  [429, { role: 'standby', why: 'a standby: it passes requests to the leader' }],
  [472, { role: 'dr-secondary', why: 'a secondary for disaster recovery: it serves nothing' }],
  [473, { role: 'performance-standby', why: 'a performance standby' }],
  [501, { role: 'uninitialised', why: 'not initialised' }],
  [503, { role: 'sealed', why: 'sealed' }],
]);

const word = z.string().regex(/^[\w.+-]{1,80}$/);

const healthShape = z.object({
  initialized: z.boolean(),
  sealed: z.boolean(),
  version: word.optional().catch(undefined),
  cluster_name: word.optional().catch(undefined),
});

/** Never throws. Nothing is sent along: neither a token nor, since the root namespace alone answers it, a namespace. */
export async function nodeHealth(
  { address, caFile, plainHttp = false }: NodeAddress,
  o: AskOptions = {},
): Promise<NodeHealth> {
  const unknown = { address, version: undefined, clusterName: undefined };
  try {
    const origin = originOf(address, plainHttp, 'the address of the node');
    await using sender = new Sender({ origin, peers: [], ca: await authorityOf(caFile), namespace: undefined });
    const client = new Client(sender, createDriver(origin), noToken);
    return healthOf(address, await client.exchange({ method: 'GET', path: ['sys', 'health'] }, o, 0));
  } catch (error) {
    const why = error instanceof CastellanError ? error.message : 'it was not waited for';
    return { ...unknown, role: 'unreachable', why };
  }
}

function healthOf(address: string, { status, body }: Received): NodeHealth {
  const said = body === notJson ? undefined : healthShape.safeParse(body);
  const known = roles.get(status);
  const data = said?.success === true ? said.data : undefined;
  const seen = { address, version: data?.version, clusterName: data?.cluster_name };
  if (data === undefined) return { ...seen, role: 'degraded', why: `answered ${status}, and not as Vault does` };
  if (known === undefined)
    return { ...seen, role: 'degraded', why: `answered with the code ${status}, which says nothing good` };
  const serves = !['sealed', 'uninitialised'].includes(known.role);
  if (serves && (data.sealed || !data.initialized)) {
    return { ...seen, role: 'degraded', why: `answered ${status}, but says that it is sealed or not initialised` };
  }
  return { ...seen, ...known };
}

export interface Leader {
  readonly haEnabled: boolean;
  readonly isSelf: boolean;
  /** Undefined: no leader for now, whatever else is said. */
  readonly activeSince: Date | undefined;
  readonly leaderAddress: string | undefined;
  readonly committedIndex: number | undefined;
  readonly appliedIndex: number | undefined;
}

const leaderShape = z.object({
  ha_enabled: z.boolean(),
  is_self: z.boolean(),
  active_time: moment.nullish(),
  leader_address: z.string().nullish(),
  raft_committed_index: z.int().nonnegative().nullish(),
  raft_applied_index: z.int().nonnegative().nullish(),
});

export async function leaderOf(vault: VaultClient, o?: AskOptions): Promise<Leader> {
  const said = await vault.ask({ method: 'GET', path: ['sys', 'leader'], reply: leaderShape }, o);
  return {
    haEnabled: said.ha_enabled,
    isSelf: said.is_self,
    activeSince: said.active_time ?? undefined,
    leaderAddress: said.leader_address || undefined,
    committedIndex: said.raft_committed_index ?? undefined,
    appliedIndex: said.raft_applied_index ?? undefined,
  };
}

export interface HaNode {
  readonly hostname: string;
  readonly apiAddress: string;
  readonly active: boolean;
  readonly lastEcho: Date | undefined;
  readonly version: string | undefined;
}

const haShape = z.object({
  data: z.object({
    nodes: z.array(
      z.object({
        hostname: z.string(),
        api_address: z.string(),
        active_node: z.boolean(),
        last_echo: moment.nullish(),
        version: word.nullish().catch(undefined),
      }),
    ),
  }),
});

export async function haStatus(vault: VaultClient, o?: AskOptions): Promise<readonly HaNode[]> {
  const { data } = await vault.ask({ method: 'GET', path: ['sys', 'ha-status'], reply: haShape }, o);
  return data.nodes.map((node) => ({
    hostname: node.hostname,
    apiAddress: node.api_address,
    active: node.active_node,
    lastEcho: node.last_echo ?? undefined,
    version: node.version ?? undefined,
  }));
}

export interface RaftState {
  readonly healthy: boolean;
  readonly failureTolerance: number;
  /** The id of a server. */
  readonly leader: string;
  readonly servers: readonly RaftServer[];
}

export interface RaftServer {
  readonly id: string;
  readonly name: string;
  readonly address: string;
  readonly healthy: boolean;
  /** `leader`, `voter`, … */
  readonly status: string;
  /** As Vault writes it: `1.2s`. */
  readonly lastContact: string;
  readonly lastIndex: number;
  readonly stableSince: Date | undefined;
}

const raftShape = z.object({
  data: z.object({
    healthy: z.boolean(),
    failure_tolerance: z.int(),
    leader: z.string(),
    servers: z.record(
      z.string(),
      z.object({
        id: z.string(),
        name: z.string(),
        address: z.string(),
        healthy: z.boolean(),
        status: z.string(),
        last_contact: z.string(),
        last_index: z.int().nonnegative(),
        stable_since: instant.nullish().catch(undefined),
      }),
    ),
  }),
});

/** Undefined: the storage is not raft. */
export async function raftState(vault: VaultClient, o?: AskOptions): Promise<RaftState | undefined> {
  try {
    const path = ['sys', 'storage', 'raft', 'autopilot', 'state'];
    const { data } = await vault.ask({ method: 'GET', path, reply: raftShape }, o);
    const servers = Object.values(data.servers).map(({ last_contact, last_index, stable_since, ...server }) => ({
      ...server,
      lastContact: last_contact,
      lastIndex: last_index,
      stableSince: stable_since ?? undefined,
    }));
    return { healthy: data.healthy, failureTolerance: data.failure_tolerance, leader: data.leader, servers };
  } catch (error) {
    if (isOneOf(error, 'vault-unsupported')) return undefined;
    throw error;
  }
}
