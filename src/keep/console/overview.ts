import type { ChangeView } from '../../change/wire/change.ts';
import type { Overview } from './api.ts';
import type { ConsoleOptions } from './options.ts';
import { byUrgency, type ChangeSet, standingOf } from './sets.ts';

type Sources = Pick<ConsoleOptions, 'changes' | 'runs' | 'journal' | 'requests' | 'state'>;

/** More of each than anybody decides in a day; the page says what it shows. */
const mostOpen = 200;

export async function overviewOf(me: string, sources: Sources): Promise<Overview> {
  const { changes, runs, journal, requests, state } = sources;
  const leases = await journal.leases.all();
  const isLeased = ({ id, stack }: ChangeView): boolean =>
    leases.some((lease) => lease.change === id && lease.stack === stack);
  const sets = await openSets(changes, leases);
  const standing = (wanted: ReturnType<typeof standingOf>): ChangeSet[] =>
    sets.filter((set) => standingOf(set, isLeased) === wanted).sort(byUrgency);
  const latest = await runs.latest(mostOpen);
  return {
    keep: await state(),
    me,
    waiting: standing('waiting'),
    runs: latest.filter((run) => run.state === 'needs-consent'),
    underWay: standing('under-way'),
    troubled: standing('troubled'),
    leases: leases.map(({ stack, change, since }) => ({ stack, change, since: since.toISOString() })),
    requests: await waitingRequests(requests),
  };
}

/** Sets of which something is open, whole; and those of an interrupted apply, which is over and still holds its stack. */
async function openSets(
  changes: Sources['changes'],
  leases: readonly { readonly change: string }[],
): Promise<readonly ChangeSet[]> {
  const open = await changes.latest(mostOpen, true);
  const known = new Set(open.map(({ id }) => id));
  const held = leases.filter(({ change }) => !known.has(change));
  const ofLeases = (await Promise.all(held.map(({ change }) => changes.status(change, 0)))).flat();
  const ids = new Set([...open, ...ofLeases].map(({ set }) => set));
  return Promise.all([...ids].map(async (set) => ({ set, changes: [...(await changes.status(set, 0))] })));
}

/** The first that expires stands first. */
async function waitingRequests(requests: Sources['requests']): Promise<Overview['requests']> {
  const open = await requests.latest(mostOpen, true);
  const endOf = ({ expiresAt = '' }: Overview['requests'][number]): string => expiresAt;
  return open.filter(({ state }) => state === 'waiting').sort((a, b) => endOf(a).localeCompare(endOf(b)));
}
