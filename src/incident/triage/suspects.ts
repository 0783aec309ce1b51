import { counted } from '../../cluster/index.ts';
import type { Own } from './evidence-weight.ts';
import type { Graph } from './graph.ts';
import type { SnapshotHappening, Suspect } from './port.ts';
import { isShared, type Sight } from './sight.ts';
import {
  changeLift,
  explainsFrom,
  gainPerSymptom,
  keptWhenExplained,
  leastSuspect,
  mostGains,
  mostSuspects,
  perStep,
  sharedFewest,
  sharedShare,
  sharedWeight,
} from './weights.ts';

/**
 * Ranked by what speaks for an object itself, less what is explained by something it depends on that is broken too, more for
 * each symptom it explains and for a change just before. Ties go by name, so that the same snapshot gives the same list.
 */
export interface RankedBy {
  readonly sight: Sight;
  readonly graph: Graph;
  readonly own: ReadonlyMap<string, Own>;
  /** From 0 to 1: how likely its nearest change is to have done it. */
  readonly changeScore: (object: string) => number;
  readonly onset: number;
}

export function suspectsOf({ sight, graph, own, changeScore, onset }: RankedBy): readonly Suspect[] {
  const weights = new Map([...own].map(([object, { weight }]) => [object, weight]));
  const reasons = new Map([...own].map(([object, { why }]) => [object, [...why]]));
  for (const [object, count] of sharedOnes(sight, graph, weights)) {
    weights.set(object, Math.max(sharedWeight, weights.get(object) ?? 0));
    reasons.set(object, [
      ...(reasons.get(object) ?? []),
      `${counted(count, 'object')} that depend on it show symptoms`,
    ]);
  }
  const causes = causesOf(sight, graph, weights);
  const explains = Map.groupBy(causes.values(), ({ object }) => object);
  const lastChanges = lastChangesOf(sight, onset);
  const ranked = [...weights].map(([object, weight]): Suspect => {
    const cause = causes.get(object);
    const symptoms = Math.min(mostGains, explains.get(object)?.length ?? 0);
    const why = [...(reasons.get(object) ?? [])].slice(0, 5);
    let score = weight + (1 - weight) * gainPerSymptom * symptoms;
    if (symptoms > 0) why.push(`explains ${counted(explains.get(object)?.length ?? 0, 'other symptom')}`);
    const change = changeScore(object);
    if (change > 0) score += (1 - score) * changeLift * change;
    const lastChange = lastChanges.get(object);
    if (change > 0.2 && lastChange !== undefined) why.push(`changed shortly before: ${lastChange.text}`);
    if (cause !== undefined) {
      score *= 1 - (1 - keptWhenExplained) * cause.strength;
      why.push(`depends on ${cause.object}, which is broken itself`);
    }
    return { object, score: rounded(score), why, explainedBy: cause?.object, lastChange };
  });
  const sorted = ranked
    .filter(({ score }) => score >= leastSuspect)
    .sort((a, b) => b.score - a.score || (a.object < b.object ? -1 : 1));
  return [...failedChange(sight, graph, sorted), ...sorted].slice(0, mostSuspects);
}

interface Cause {
  readonly object: string;
  readonly strength: number;
}

/** The strongest thing below that is broken, and of several the one that nothing explains. What depends on each other explains nothing. */
function causesOf(sight: Sight, graph: Graph, weights: ReadonlyMap<string, number>): ReadonlyMap<string, Cause> {
  const symptomatic = [...weights].filter(([, weight]) => weight >= leastSuspect).map(([object]) => object);
  const brokenBelow = new Map(
    symptomatic.map((object) => [
      object,
      [...graph.below(object)]
        .filter(([below]) => (weights.get(below) ?? 0) >= explainsFrom && !graph.below(below).has(object))
        .map(
          ([below, steps]): Cause => ({ object: below, strength: (weights.get(below) ?? 0) * perStep ** (steps - 1) }),
        ),
    ]),
  );
  const fewOn = tooFewOn(sight, brokenBelow);
  const causes = new Map<string, Cause>();
  for (const [object, all] of brokenBelow) {
    const able = all.filter((cause) => !fewOn.has(cause.object));
    const isRoot = (cause: Cause): boolean =>
      (brokenBelow.get(cause.object) ?? []).every((further) => fewOn.has(further.object));
    const [best] = able.sort(
      (a, b) => Number(isRoot(b)) - Number(isRoot(a)) || b.strength - a.strength || (a.object < b.object ? -1 : 1),
    );
    const strongest = Math.max(0, ...able.map(({ strength }) => strength));
    if (best !== undefined) causes.set(object, { object: best.object, strength: strongest });
  }
  return causes;
}

/** Where so many share something, only several symptoms on it are its doing. What is down for certain needs no company. */
function tooFewOn({ snapshot }: Sight, brokenBelow: ReadonlyMap<string, readonly Cause[]>): ReadonlySet<string> {
  const counts = new Map<string, number>();
  const strongest = new Map<string, number>();
  for (const { object, strength } of [...brokenBelow.values()].flat()) {
    counts.set(object, (counts.get(object) ?? 0) + 1);
    strongest.set(object, Math.max(strength, strongest.get(object) ?? 0));
  }
  return new Set(
    [...counts]
      .filter(
        ([object, count]) => isShared(snapshot, object) && count < sharedFewest && (strongest.get(object) ?? 0) < 0.85,
      )
      .map(([object]) => object),
  );
}

/** Nodes, stores and registries that show nothing themselves, but most of what depends on them does. */
function sharedOnes(
  { snapshot }: Sight,
  graph: Graph,
  weights: ReadonlyMap<string, number>,
): readonly (readonly [object: string, count: number])[] {
  const hit = new Map<string, number>();
  for (const [object, weight] of weights) {
    if (weight < explainsFrom || isShared(snapshot, object)) continue;
    const below = graph.dependenciesOf(object);
    // What is explained by something of its own speaks for nothing that all share.
    if (below.some((one) => !isShared(snapshot, one) && (weights.get(one) ?? 0) >= explainsFrom)) continue;
    for (const one of below) if (isShared(snapshot, one)) hit.set(one, (hit.get(one) ?? 0) + 1);
  }
  return [...hit].filter(([object, count]) => {
    const all = Math.max(snapshot.shared?.[object] ?? 0, graph.dependantsOf(object).length);
    return count >= sharedFewest && count >= sharedShare * all;
  });
}

/** The last change of each object before things went wrong, however old. */
function lastChangesOf(
  { snapshot: { happenings } }: Sight,
  onset: number,
): ReadonlyMap<string, NonNullable<Suspect['lastChange']>> {
  const last = new Map<string, SnapshotHappening>();
  for (const one of happenings) {
    if (!one.change || Date.parse(one.at) > onset) continue;
    const there = last.get(one.object);
    if (there === undefined || isLater(one, there)) last.set(one.object, one);
  }
  return new Map([...last].map(([object, { at, text }]) => [object, { at: new Date(at), text }]));
}

function isLater(one: SnapshotHappening, than: SnapshotHappening): boolean {
  const ahead = Date.parse(one.at) - Date.parse(than.at);
  return ahead > 0 || (ahead === 0 && one.text < than.text);
}

/** The change whose expectation failed comes first, whatever else there is: it was the last that somebody meant to be so. */
function failedChange({ snapshot: { change } }: Sight, graph: Graph, sorted: readonly Suspect[]): readonly Suspect[] {
  if (change === null) return [];
  const touched = new Set(change.objects);
  const hit = sorted.filter(
    ({ object }) =>
      touched.has(object) ||
      [...graph.below(object).keys()].some((below) => touched.has(below)) ||
      change.objects.some((one) => graph.below(one).has(object)),
  );
  const reaches = hit
    .slice(0, 3)
    .map(({ object }) => (touched.has(object) ? `changed ${object}` : `reaches ${object}`));
  const nothing =
    change.objects.length === 0 ? 'what it changed is not known' : 'nothing that it changed shows a symptom';
  return [
    {
      object: `Change ${change.id}`,
      // Where what it changed is well, it is no surer than what comes next.
      score: reaches.length > 0 || change.objects.length === 0 ? 1 : (sorted[0]?.score ?? 0.5),
      why: ['what it was expected to bring about failed', ...(reaches.length === 0 ? [nothing] : reaches)],
      explainedBy: undefined,
      lastChange: { at: new Date(change.at), text: `applied to ${change.stack}` },
    },
  ];
}

function rounded(score: number): number {
  return Math.round(Math.min(1, Math.max(0, score)) * 1_000) / 1_000;
}
