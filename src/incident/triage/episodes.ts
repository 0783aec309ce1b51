import { counted, listed, messageTemplate } from '../../cluster/index.ts';
import { knownObjects, objectsOfAlert, weightOf, weightOfAlert } from './evidence-weight.ts';
import type { Graph } from './graph.ts';
import type { Episode, SnapshotAlert } from './port.ts';
import { isShared, type Sight } from './sight.ts';
import { happeningWeight, mostEpisodes, otherHappeningWeight, sameEpisodeMs, stormFrom } from './weights.ts';

/**
 * What belongs together: things that went wrong with one object, or with objects of which one depends on the other, with no
 * more than ten minutes between. Many alerts that share something are one, told under it.
 *
 *  signal   one thing that went wrong, from when to when
 *  bout     signals of one object without a longer break
 */
interface Signal {
  readonly object: string;
  readonly from: number;
  readonly to: number;
  readonly text: string;
  readonly weight: number;
  readonly count: number;
  /** What a storm of alerts is told under. */
  readonly shared: string | undefined;
}

export interface FoundEpisode extends Episode {
  readonly weight: number;
  /** Of its signals, the first in the window; of none, its beginning. */
  readonly onset: number;
}

const mostObjects = 20;

/** The heaviest first. */
export function episodesOf(sight: Sight, graph: Graph): readonly FoundEpisode[] {
  const bouts = boutsOf([...happeningSignals(sight), ...findingSignals(sight), ...alertSignals(sight, graph)]);
  const groups = grouped(bouts, graph);
  return groups
    .map((group) => episodeOf(group.flat(), sight.from))
    .sort((a, b) => b.weight - a.weight || b.from.getTime() - a.from.getTime() || (a.what < b.what ? -1 : 1))
    .slice(0, mostEpisodes);
}

type Bout = readonly Signal[];

function happeningSignals({ snapshot: { happenings }, from, workload }: Sight): readonly Signal[] {
  return happenings
    .filter(({ warning, object, at, until }) => {
      const one = workload.get(object);
      return warning && Date.parse(until ?? at) >= from && one?.parked !== true && one?.job !== true;
    })
    .map(({ at, until, what, object, text, count }) => ({
      object,
      from: Date.parse(at),
      to: Date.parse(until ?? at),
      text,
      weight: (Object.hasOwn(happeningWeight, what) ? happeningWeight[what] : undefined) ?? otherHappeningWeight,
      count,
      shared: undefined,
    }));
}

function findingSignals({ findings, now }: Sight): readonly Signal[] {
  return findings
    .filter(({ severity }) => severity !== 'notice')
    .map((finding) => ({
      object: finding.root,
      from: finding.since === null ? now : Math.min(now, Date.parse(finding.since)),
      to: now,
      text: finding.summary,
      weight: weightOf(finding),
      count: 1,
      shared: undefined,
    }));
}

function alertSignals(sight: Sight, graph: Graph): readonly Signal[] {
  const known = knownObjects(sight.snapshot);
  const told = sight.alerts.map((alert) => ({
    alert,
    objects: objectsOfAlert(alert, known),
    at: Date.parse(alert.since),
  }));
  const shared = stormsOf(sight, graph, told);
  return told.flatMap(({ alert, objects, at }, index) =>
    (objects.length === 0 ? [`Alert ${alert.name}`] : objects).map((object) => ({
      object,
      from: at,
      to: Math.max(at, sight.now),
      text: `alert ${alert.name}`,
      weight: weightOfAlert(alert),
      count: 1,
      shared: shared.get(index),
    })),
  );
}

interface Told {
  readonly alert: SnapshotAlert;
  readonly objects: readonly string[];
  readonly at: number;
}

const shareLabels: readonly (readonly [label: string, kind: string])[] = [
  ['node', 'Node'],
  ['nodename', 'Node'],
  ['storageclass', 'StorageClass'],
  ['registry', 'Registry'],
  ['ingress_class', 'IngressClass'],
  ['ingress', 'Ingress'],
];

/** By the alert's place in the list, what it shares with so many others that began within ten minutes. */
function stormsOf({ snapshot, criticalOf }: Sight, graph: Graph, told: readonly Told[]): ReadonlyMap<number, string> {
  const members = new Map<string, { readonly index: number; readonly at: number; readonly key: string }[]>();
  for (const [index, { alert, objects, at }] of told.entries()) {
    const below = objects.flatMap((object) => [object, ...graph.below(object).keys()]);
    const labelled = shareLabels.flatMap(([label, kind]) =>
      alert.labels[label] === undefined ? [] : [`${kind} ${alert.labels[label]}`],
    );
    const parts = below.filter((object) => isShared(snapshot, object) || criticalOf(object) !== undefined);
    for (const part of new Set([...parts, ...labelled])) {
      pushAt(members, part, { index, at, key: `${alert.name} ${[...objects].sort().join(' ')}` });
    }
  }
  const storms = [...members]
    .map(([part, all]) => ({ part, hit: densest(all) }))
    .filter(({ hit }) => new Set(hit.map(({ key }) => key)).size >= stormFrom)
    .sort((a, b) => b.hit.length - a.hit.length || (a.part < b.part ? -1 : 1));
  const shared = new Map<number, string>();
  for (const { part, hit } of storms) for (const { index } of hit) if (!shared.has(index)) shared.set(index, part);
  return shared;
}

function densest<Item extends { readonly at: number }>(all: readonly Item[]): readonly Item[] {
  const sorted = [...all].sort((a, b) => a.at - b.at);
  let best: readonly Item[] = [];
  let start = 0;
  for (const [end, { at }] of sorted.entries()) {
    while (at - (sorted[start]?.at ?? at) > sameEpisodeMs) start += 1;
    if (end - start + 1 > best.length) best = sorted.slice(start, end + 1);
  }
  return best;
}

function boutsOf(signals: readonly Signal[]): readonly Bout[] {
  return [...Map.groupBy(signals, ({ object, shared }) => shared ?? object).values()].flatMap((own) => {
    const sorted = [...own].sort((a, b) => a.from - b.from || a.to - b.to || (a.text < b.text ? -1 : 1));
    const bouts: Signal[][] = [];
    let until = Number.NEGATIVE_INFINITY;
    for (const signal of sorted) {
      const last = bouts.at(-1);
      if (last !== undefined && signal.from - until <= sameEpisodeMs) last.push(signal);
      else bouts.push([signal]);
      until = Math.max(until, signal.to);
    }
    return bouts;
  });
}

/** Bouts near in time of objects of which one is below the other. */
function grouped(bouts: readonly Bout[], graph: Graph): readonly (readonly Bout[])[] {
  const parents = bouts.map((_, index) => index);
  const spans = bouts.map(spanOf);
  const areNear = (one: number, other: number): boolean => {
    const [a, b] = [spans[one], spans[other]];
    return a !== undefined && b !== undefined && a.from - b.to <= sameEpisodeMs && b.from - a.to <= sameEpisodeMs;
  };
  const rootOf = (index: number): number => {
    let here = index;
    for (let above = parents[here] ?? here; above !== here; above = parents[here] ?? here) {
      // Halves the way for whoever asks next.
      parents[here] = parents[above] ?? above;
      here = above;
    }
    return here;
  };
  const byObject = new Map<string, number[]>();
  for (const [index, bout] of bouts.entries()) {
    for (const object of new Set(
      bout.flatMap(({ object: own, shared }) => (shared === undefined ? [own] : [own, shared])),
    )) {
      pushAt(byObject, object, index);
    }
  }
  for (const [object, own] of byObject) {
    for (const below of [object, ...graph.below(object).keys()]) {
      for (const one of byObject.get(below) ?? []) {
        for (const other of own) if (areNear(one, other)) parents[rootOf(one)] = rootOf(other);
      }
    }
  }
  return [...Map.groupBy(bouts, (_, index) => rootOf(index)).values()];
}

function spanOf(signals: readonly Signal[]): { readonly from: number; readonly to: number } {
  return {
    from: signals.reduce((least, { from }) => Math.min(least, from), Number.POSITIVE_INFINITY),
    to: signals.reduce((most, { to }) => Math.max(most, to), Number.NEGATIVE_INFINITY),
  };
}

function episodeOf(signals: readonly Signal[], windowFrom: number): FoundEpisode {
  const { from, to } = spanOf(signals);
  const sorted = [...signals].sort((a, b) => b.weight - a.weight || a.from - b.from || (keyOf(a) < keyOf(b) ? -1 : 1));
  const objects = [...new Set(sorted.map(({ object }) => object))];
  const said = [
    ...new Map(sorted.map(({ object, text }) => [`${object} ${messageTemplate(text)}`, `${object}: ${text}`])).values(),
  ];
  const inWindow = signals.map((signal) => signal.from).filter((at) => at >= windowFrom);
  const shared = sorted.find((signal) => signal.shared !== undefined)?.shared;
  const count = signals.reduce((sum, signal) => sum + signal.count, 0);
  const storm = shared === undefined ? '' : `${counted(count, 'signal')} that share ${shared}: `;
  return {
    from: new Date(from),
    to: new Date(to),
    what: `${storm}${listed(said, 2)}`,
    objects: objects.slice(0, mostObjects),
    count,
    shared,
    weight: sorted.slice(0, 50).reduce((sum, { weight }) => sum + weight, 0),
    onset: inWindow.reduce((least, at) => Math.min(least, at), inWindow.length === 0 ? from : Number.POSITIVE_INFINITY),
  };
}

function keyOf({ object, text }: Signal): string {
  return `${object} ${text}`;
}

function pushAt<Item>(lists: Map<string, Item[]>, key: string, item: Item): void {
  const there = lists.get(key);
  if (there === undefined) lists.set(key, [item]);
  else there.push(item);
}
