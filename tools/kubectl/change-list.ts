import {
  type Entry,
  earliest,
  isPastOf,
  latest,
  type Noted,
  type ObjectRef,
  type PastRoot,
  refText,
  type What,
  whats,
} from '../../src/cluster/index.ts';
import { Untrusted } from '../../src/kit/index.ts';

/**
 * Changes as somebody would tell them.
 *
 *  change  what happened to one root at one moment: a new image and who put it there are one change
 *  tier    what kind of thing it is: 0 somebody or something interfered, 1 something was changed, 2 something broke,
 *          3 what happens every day
 */
export interface Change {
  readonly at: Date;
  readonly last: Date;
  /** It happened after this and before `at`, while nobody followed. */
  readonly notBefore: Date | undefined;
  readonly count: number;
  readonly roots: readonly ObjectRef[];
  readonly whats: readonly What[];
  readonly texts: readonly string[];
  readonly warning: boolean;
  readonly tier: number;
  readonly detail: Untrusted | undefined;
  /** Only the chronicle knows it; the objects no longer tell. */
  readonly onlyKept: boolean;
}

/** One apply, one edit: what it does to an object shows within this. */
const burstMs = 10_000;
/** One apply over many objects, one reboot of many nodes. */
const spreadMs = 600_000;
const mostAlike = 3;

const tiers: Partial<Readonly<Record<What, number>>> = {
  drift: 0,
  'node-boot': 0,
  cordon: 0,
  oom: 2,
  evicted: 2,
  'node-condition': 2,
  restart: 3,
  'job-started': 3,
  'job-finished': 3,
  renewed: 3,
};

/** By tier, then the newest first. What both the objects and the chronicle tell is told once. */
export function changesOf(
  looked: readonly Noted[],
  kept: readonly Entry[],
  meant: readonly PastRoot[] | undefined,
): readonly Change[] {
  const keys = new Set(looked.map(({ key }) => key));
  const known = new Set(kept.map(({ key }) => key));
  const single = [
    ...kept.map((entry) => changeOf(entry, entry.detail, !keys.has(entry.key))),
    ...looked
      .filter(({ key }) => !known.has(key))
      .map((noted) => changeOf(noted, noted.detail === undefined ? undefined : new Untrusted(noted.detail), false)),
  ].filter(({ roots }) => meant === undefined || roots.some((root) => meant.some((asked) => isPastOf(asked, root))));
  return spread(bursts(single)).sort((a, b) => a.tier - b.tier || b.last.getTime() - a.last.getTime());
}

export function isIn({ at, last }: Change, { since, until }: { readonly since: Date; readonly until: Date }): boolean {
  return last >= since && at <= until;
}

function changeOf(
  { what, at, last, notBefore, count, about, root, text, warning }: Noted | Entry,
  detail: Untrusted | undefined,
  onlyKept: boolean,
): Change {
  const isWarning = warning === true;
  return {
    ...{ at, last, notBefore, count, roots: [root], whats: [what], texts: [text], detail, onlyKept },
    warning: isWarning,
    tier: tierOf(what, isWarning, about),
  };
}

function tierOf(what: What, warning: boolean, about: ObjectRef): number {
  // Pods come and go; what was made by somebody does not.
  if (what === 'deleted' && about.kind === 'Pod') return 3;
  if (what === 'job-finished' && warning) return 2;
  const tier = tiers[what] ?? 1;
  return warning && tier === 1 ? 0 : tier;
}

/** What was changed of one root within a moment. What broke is told by itself. */
function bursts(single: readonly Change[]): readonly Change[] {
  const alone = ({ tier, whats }: Change): boolean => tier > 1 || whats.includes('created');
  const byRoot = Map.groupBy(single, (change) => (alone(change) ? '' : refText(change.roots[0] ?? nobody)));
  return [...byRoot].flatMap(([root, changes]) => (root === '' ? changes : inBursts(changes)));
}

const nobody: ObjectRef = { group: '', kind: '', namespace: '', name: '' };

function inBursts(changes: readonly Change[]): readonly Change[] {
  const place = ({ whats: [what = 'event'] }: Change): number => whats.indexOf(what);
  const sorted = [...changes].sort((a, b) => a.at.getTime() - b.at.getTime() || place(a) - place(b));
  const told: Change[] = [];
  for (const change of sorted) {
    const before = told.at(-1);
    if (before !== undefined && change.at.getTime() - before.at.getTime() <= burstMs) {
      told[told.length - 1] = together(before, change);
    } else told.push(change);
  }
  return told;
}

/** The same about many objects, as one. */
function spread(changes: readonly Change[]): Change[] {
  const alike = Map.groupBy(changes, ({ texts, whats, at }) =>
    [...whats, ...texts, Math.floor(at.getTime() / spreadMs)].join('\n'),
  );
  return [...alike.values()].flatMap((same) => {
    const [first, ...others] = same;
    if (first === undefined || same.length <= mostAlike) return same;
    return [others.reduce(together, first)];
  });
}

function together(one: Change, other: Change): Change {
  return {
    at: earliest(one.at, other.at),
    last: latest(one.last, other.last),
    notBefore: one.notBefore ?? other.notBefore,
    count: Math.max(one.count, other.count),
    roots: unique([...one.roots, ...other.roots], refText),
    whats: unique([...one.whats, ...other.whats], String),
    texts: unique([...one.texts, ...other.texts], String),
    warning: one.warning || other.warning,
    tier: Math.min(one.tier, other.tier),
    detail: one.detail ?? other.detail,
    onlyKept: one.onlyKept && other.onlyKept,
  };
}

function unique<One>(all: readonly One[], keyOf: (one: One) => string): readonly One[] {
  return [...new Map(all.map((one) => [keyOf(one), one])).values()];
}
