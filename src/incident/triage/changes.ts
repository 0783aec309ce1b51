import { ageText } from '../../cluster/index.ts';
import type { Graph } from './graph.ts';
import type { SnapshotHappening, SuspectChange } from './port.ts';
import { kindOf, namespaceOf, type Sight } from './sight.ts';
import {
  byHandFactor,
  changePrior,
  explainsFrom,
  halfLifeMs,
  latentMs,
  latentWeight,
  leastChange,
  mostChanges,
  nearAfterMs,
  nearBeforeMs,
  otherChangePrior,
  ownership,
} from './weights.ts';

/** How near in time it is to the onset, times how near in place, times how often its kind is to blame. */
export interface ScoredChange {
  readonly happening: SnapshotHappening;
  readonly score: number;
  /** Without the place: what it says of the object it changed. */
  readonly byItself: number;
  readonly why: readonly string[];
}

export function scoreChanges(
  { snapshot }: Sight,
  graph: Graph,
  weights: ReadonlyMap<string, number>,
  onset: number,
): readonly ScoredChange[] {
  const placed = placesOf(graph, weights);
  return snapshot.happenings
    .filter(({ change }) => change)
    .flatMap((happening): readonly ScoredChange[] => {
      const time = timeOf(onset - Date.parse(happening.at));
      if (time === undefined) return [];
      const place = placed(happening);
      const byHand = isByHand(happening);
      const prior = Object.hasOwn(changePrior, happening.what) ? changePrior[happening.what] : undefined;
      const byItself = Math.min(1, time.weight * (prior ?? otherChangePrior) * (byHand ? byHandFactor : 1));
      const why = [time.why, place.why, ...(byHand ? ['by hand, past what is written down'] : [])];
      return [{ happening, byItself, score: byItself * place.weight, why }];
    })
    .sort(
      (a, b) =>
        b.score - a.score ||
        Date.parse(b.happening.at) - Date.parse(a.happening.at) ||
        (keyOf(a.happening) < keyOf(b.happening) ? -1 : 1),
    );
}

export function topChanges(scored: readonly ScoredChange[]): readonly SuspectChange[] {
  return scored
    .filter(({ score }) => score >= leastChange)
    .slice(0, mostChanges)
    .map(({ happening: { at, what, object, text, by }, score, why }) => ({
      at: new Date(at),
      what,
      object,
      text,
      by: by ?? undefined,
      score: Math.round(score * 1_000) / 1_000,
      why,
    }));
}

function timeOf(beforeMs: number): { readonly weight: number; readonly why: string } | undefined {
  if (beforeMs < -nearAfterMs || beforeMs > latentMs) return undefined;
  if (beforeMs < 0) return { weight: 0.6, why: `${ageText(-beforeMs)} after the first symptom was seen` };
  const why = `${ageText(beforeMs)} before the first symptom`;
  const near = 0.5 ** (beforeMs / halfLifeMs);
  if (beforeMs <= nearBeforeMs) return { weight: Math.max(latentWeight, near), why };
  return { weight: latentWeight * (1 - beforeMs / latentMs), why };
}

interface Place {
  readonly weight: number;
  readonly why: string;
}

function placesOf(graph: Graph, weights: ReadonlyMap<string, number>): (happening: SnapshotHappening) => Place {
  const ill = [...weights]
    .filter(([, weight]) => weight >= explainsFrom)
    .map(([object]) => object)
    .sort();
  const illSet = new Set(ill);
  const below = new Map<string, string>();
  for (const object of ill) for (const one of graph.below(object).keys()) if (!below.has(one)) below.set(one, object);
  const namespaces = new Set(ill.map(namespaceOf).filter((name) => name !== ''));
  return ({ object, what }) => {
    const space = namespaceOf(object);
    if (illSet.has(object)) return { weight: ownership.same, why: 'of an object that is wrong itself' };
    const dependant = below.get(object);
    if (dependant !== undefined) {
      const weight = kindOf(object) === 'Node' ? ownership.node : ownership.dependency;
      return { weight, why: `${dependant} depends on it` };
    }
    if (space !== '' && namespaces.has(space)) {
      if (what === 'commit') return { weight: ownership.stack, why: `to the stack of namespace ${space}` };
      return { weight: ownership.namespace, why: `in namespace ${space}, where something is wrong` };
    }
    return { weight: ownership.elsewhere, why: 'elsewhere' };
  };
}

function isByHand({ what, by, text }: SnapshotHappening): boolean {
  return what === 'edited' ? true : /\bby hand\b/.test(text) || /^kubectl(?:-|$)/.test(by ?? '');
}

function keyOf({ object, what, text }: SnapshotHappening): string {
  return `${object} ${what} ${text}`;
}
