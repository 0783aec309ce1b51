import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { haStatus, type Leader, leaderOf, type NodeHealth, nodeHealth, raftState } from '../../src/vault/health.ts';
import type { VaultClient } from '../../src/vault/port.ts';
import type { Check } from './check.ts';
import type { VaultNode } from './port.ts';
import { attempt, plainName, whenText } from './words.ts';

/**
 * Whether Vault works, asked of Vault itself and never of a port that is open. A leader can hang with its listener up: its standbys
 * then go on naming it active, so what it says of itself counts for nothing unless it also does something.
 *
 *  cheap read   the session's own token is looked up: a read of storage, through audit, as every request is
 *  stuck        there is a leader, and the cheap read does not come, or ha-status fails
 */
const cheapMs = 2_000;
const betweenLooksMs = 1_500;
const nodeMs = 3_000;

/** What it holds beside this, the token itself among it, is dropped as it is read. */
const own = z.object({ data: z.object({ accessor: z.string() }) });

export async function nodeChecks(
  vault: VaultClient,
  nodes: readonly VaultNode[],
  signal: AbortSignal,
  pauseMs = betweenLooksMs,
): Promise<readonly Check[]> {
  const [health, first, cheap, ha] = await Promise.all([
    Promise.all(nodes.map((node) => nodeHealth(node, { signal, deadlineMs: nodeMs }))),
    attempt(() => leaderOf(vault, { signal, deadlineMs: cheapMs }), signal),
    attempt(() => cheapRead(vault, signal), signal),
    attempt(() => haStatus(vault, { signal, deadlineMs: nodeMs }), signal),
  ]);
  const raft = await attempt(() => raftState(vault, { signal, deadlineMs: nodeMs }), signal);
  const looksTwice = first.value?.committedIndex !== undefined;
  if (looksTwice) await sleep(pauseMs, undefined, { signal });
  const second = looksTwice ? await attempt(() => leaderOf(vault, { signal, deadlineMs: cheapMs }), signal) : first;
  return [
    ...health.map(nodeCheck),
    ...clusterChecks(health),
    ...leaderChecks({
      first,
      second,
      cheap: cheap.why,
      ha: ha.why,
      active: health.some(({ role }) => role === 'active'),
    }),
    ...haChecks(ha),
    ...raftChecks(raft),
  ];
}

async function cheapRead(vault: VaultClient, signal: AbortSignal): Promise<void> {
  await vault.ask(
    { method: 'GET', path: ['auth', 'token', 'lookup-self'], reply: own },
    { signal, deadlineMs: cheapMs },
  );
}

const fine: readonly NodeHealth['role'][] = ['active', 'standby', 'performance-standby'];

function nodeCheck({ address, role, version, why }: NodeHealth): Check {
  const what = `node ${plainName(address)}`;
  const told = `${role}${version === undefined ? '' : `, version ${plainName(version)}`}`;
  if (fine.includes(role)) return { state: 'ok', what, detail: told };
  const state = role === 'degraded' || role === 'dr-secondary' ? 'unknown' : 'PROBLEM';
  const next = role === 'sealed' ? 'a human unseals it; Castellan cannot' : undefined;
  return {
    state,
    what,
    detail: `${role.toUpperCase()}${why === undefined ? '' : `: ${why}`}`,
    ...(next === undefined ? {} : { next }),
  };
}

function clusterChecks(health: readonly NodeHealth[]): readonly Check[] {
  const what = 'cluster';
  const active = health.filter(({ role }) => role === 'active').length;
  const versions = new Set(health.flatMap(({ version }) => (version === undefined ? [] : [plainName(version)])));
  const unseen = health.filter(({ role }) => role === 'unreachable' || role === 'degraded').length;
  return [
    ...(active === 0
      ? [
          {
            state: unseen > 0 ? ('unknown' as const) : ('PROBLEM' as const),
            what,
            detail: 'NO ACTIVE NODE among those that answered',
          },
        ]
      : []),
    ...(active > 1 ? [{ state: 'PROBLEM' as const, what, detail: `${active} nodes call themselves active` }] : []),
    ...(versions.size > 1
      ? [{ state: 'unknown' as const, what, detail: `versions differ: ${[...versions].join(', ')}` }]
      : []),
  ];
}

type Look = Awaited<ReturnType<typeof attempt<Leader>>>;

interface LeaderLooks {
  readonly first: Look;
  readonly second: Look;
  readonly cheap: string | undefined;
  readonly ha: string | undefined;
  readonly active: boolean;
}

const hung: readonly string[] = ['vault-deadline', 'vault-failing', 'vault-unreachable'];

function leaderChecks({ first, second, cheap, ha, active }: LeaderLooks): readonly Check[] {
  const what = 'leader';
  const says = first.value !== undefined && (first.value.leaderAddress !== undefined || first.value.isSelf);
  const isHung = (why: string | undefined): boolean => why !== undefined && hung.includes(why);
  const indices = [first.value?.committedIndex, second.value?.committedIndex];
  const still = indices[0] !== undefined && indices[0] === indices[1];
  const signs = [
    ...(isHung(cheap) ? [`an authenticated read did not come within ${cheapMs / 1_000} s (${cheap})`] : []),
    ...(isHung(ha) ? [`ha-status fails (${ha})`] : []),
    ...(first.value?.haEnabled === true && first.value.activeSince === undefined
      ? ['it does not know since when it is active']
      : []),
    ...(first.value !== undefined && isHung(second.why) ? [`at a second look it did not answer (${second.why})`] : []),
  ];
  if (signs.length > 0 && (says || active)) {
    const raft = still ? '; its raft index does not move' : '';
    return [
      {
        state: 'PROBLEM',
        what,
        detail: `STUCK: it is called active, but ${signs.join('; ')}${raft}`,
        next: 'look at its log and at the audit device (a full or hanging one blocks every request); follow the runbook, delete no data',
      },
    ];
  }
  if (cheap !== undefined) return [{ state: 'PROBLEM', what, detail: `an authenticated read fails (${cheap})` }];
  if (first.why !== undefined) return [{ state: 'unknown', what, detail: `it is not told (${first.why})` }];
  const moves =
    indices[0] === undefined
      ? ''
      : still
        ? '; raft index unchanged between two looks, as when nobody writes'
        : '; raft index advances';
  return [{ state: 'ok', what, detail: `answers an authenticated read within ${cheapMs / 1_000} s${moves}` }];
}

function haChecks({
  value,
  why,
}: Awaited<ReturnType<typeof attempt<Awaited<ReturnType<typeof haStatus>>>>>): readonly Check[] {
  const what = 'high availability';
  if (value === undefined) return [{ state: 'unknown', what, detail: `ha-status is not told (${why})` }];
  const now = new Date();
  const silent = value.filter(
    ({ active, lastEcho }) => !active && (lastEcho === undefined || now.getTime() - lastEcho.getTime() > 30_000),
  );
  const told = value
    .map(({ hostname, active }) => `${plainName(hostname)} ${active ? 'active' : 'standby'}`)
    .join(', ');
  if (silent.length === 0) return [{ state: 'ok', what, detail: told || 'one node alone' }];
  const names = silent.map(
    ({ hostname, lastEcho }) => `${plainName(hostname)} (last heard ${whenText(lastEcho, now)})`,
  );
  return [{ state: 'PROBLEM', what, detail: `standbys not heard of: ${names.join(', ')}; ${told}` }];
}

function raftChecks({
  value,
  why,
}: Awaited<ReturnType<typeof attempt<Awaited<ReturnType<typeof raftState>>>>>): readonly Check[] {
  const what = 'raft';
  if (why !== undefined) return [{ state: 'unknown', what, detail: `autopilot is not told (${why})` }];
  if (value === undefined) return [];
  const { healthy, failureTolerance, servers } = value;
  const newest = Math.max(0, ...servers.map(({ lastIndex }) => lastIndex));
  const sick = servers.filter((server) => !server.healthy);
  const told = servers
    .map(({ name, status, lastIndex }) => `${plainName(name)} ${plainName(status)} ${newest - lastIndex} behind`)
    .join(', ');
  if (healthy && sick.length === 0) {
    const tolerance = failureTolerance === 0 ? '; NO node may fail' : '';
    return [{ state: failureTolerance === 0 ? 'unknown' : 'ok', what, detail: `${told}${tolerance}` }];
  }
  return [
    {
      state: 'PROBLEM',
      what,
      detail: `UNHEALTHY: ${sick.map(({ name }) => plainName(name)).join(', ') || 'as a whole'}; ${told}`,
    },
  ];
}
