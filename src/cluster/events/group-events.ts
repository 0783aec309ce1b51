import type { Untrusted } from '../../kit/index.ts';
import { earliest, latest } from '../fields.ts';
import { type ObjectRef, refText } from '../owner.ts';

/**
 * Events told as few things as there are: by what they say, about what. Three steps, each taken only where it helps.
 *
 *  same      one reason, one root owner, one template: always one group
 *  variants  more than three templates of one reason about one owner: one group, the newest message for all
 *  spread    one reason and template about more than four owners: one group, the owners counted
 */
export interface Occurrence {
  readonly warning: boolean;
  readonly reason: string;
  readonly message: Untrusted;
  /** What the message says without what changes (`templateOf`); to compare, never to show. */
  readonly template: string;
  readonly about: ObjectRef;
  readonly root: ObjectRef;
  readonly count: number;
  readonly first: Date;
  readonly last: Date;
  /** The API server itself, or what Castellan wrote down. */
  readonly from: 'api' | 'chronicle';
}

export interface EventGroup extends Omit<Occurrence, 'from'> {
  /** Root owners, the one heard of last first. */
  readonly roots: readonly ObjectRef[];
  /** How many templates it stands for. */
  readonly variants: number;
  readonly from: 'api' | 'chronicle' | 'both';
}

const mostVariants = 3;
const mostRoots = 4;

/** Newest first. */
export function groupEvents(occurrences: readonly Occurrence[]): readonly EventGroup[] {
  const same = gather(occurrences, (one) => [reasonOf(one), refText(one.root), one.template]).map(sameThing);
  const varied = mergeWhere(same, (one) => [reasonOf(one), refText(one.root)], mostVariants);
  const spread = mergeWhere(varied, (one) => [reasonOf(one), one.template], mostRoots);
  return [...spread].sort(newestFirst);
}

function reasonOf({ warning, reason }: Pick<Occurrence, 'warning' | 'reason'>): string {
  return `${warning ? 'Warning' : 'Normal'} ${reason}`;
}

function gather<One>(
  all: readonly One[],
  keyOf: (one: One) => readonly string[],
): readonly (readonly [One, ...One[]])[] {
  const groups = new Map<string, [One, ...One[]]>();
  for (const one of all) {
    const key = keyOf(one).join('\n');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups.values()];
}

function mergeWhere(
  groups: readonly EventGroup[],
  keyOf: (one: EventGroup) => readonly string[],
  most: number,
): readonly EventGroup[] {
  return gather(groups, keyOf).flatMap((members) => (members.length > most ? [merged(members)] : members));
}

/** The chronicle wrote down what the API server still has, too: it is counted once. */
function sameThing(members: readonly [Occurrence, ...Occurrence[]]): EventGroup {
  const live = members.filter(({ from }) => from === 'api');
  const kept = members.filter(({ from }) => from === 'chronicle');
  const [liveFirst, liveLast] = [firstOf(live), lastOf(live)];
  const isLive = ({ first, last }: Occurrence): boolean => last >= liveFirst && first <= liveLast;
  const older = kept.filter((one) => !isLive(one));
  const count = Math.max(sum(live), sum(kept.filter(isLive))) + sum(older);
  const newest = newestOf(live.length > 0 ? live : members, members[0]);
  return {
    ...newest,
    roots: [newest.root],
    variants: 1,
    count,
    first: firstOf(members),
    last: lastOf(members),
    from: live.length === 0 ? 'chronicle' : older.length === 0 ? 'api' : 'both',
  };
}

function merged(members: readonly [EventGroup, ...EventGroup[]]): EventGroup {
  const sorted = [...members].sort(newestFirst);
  const roots = new Map(sorted.flatMap((one) => one.roots).map((root) => [refText(root), root]));
  const froms = new Set(members.map(({ from }) => from));
  const [from = 'api'] = froms;
  return {
    ...newestOf(members, members[0]),
    roots: [...roots.values()],
    variants: Math.max(...members.map(({ variants }) => variants), roots.size > 1 ? 1 : members.length),
    count: sum(members),
    first: firstOf(members),
    last: lastOf(members),
    from: froms.size === 1 ? from : 'both',
  };
}

function newestOf<One extends { readonly last: Date }>(all: readonly One[], first: One): One {
  return all.reduce((newest, one) => (one.last > newest.last ? one : newest), all[0] ?? first);
}

function newestFirst(a: EventGroup, b: EventGroup): number {
  return b.last.getTime() - a.last.getTime() || b.count - a.count;
}

function sum(all: readonly { readonly count: number }[]): number {
  return all.reduce((total, { count }) => total + count, 0);
}

function firstOf(all: readonly { readonly first: Date }[]): Date {
  return earliest(...all.map(({ first }) => first));
}

function lastOf(all: readonly { readonly last: Date }[]): Date {
  return latest(...all.map(({ last }) => last));
}
