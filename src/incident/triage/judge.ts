import { scoreChanges, topChanges } from './changes.ts';
import { domainsOf, specialistsFor } from './domains.ts';
import { episodesOf } from './episodes.ts';
import { ownEvidence } from './evidence-weight.ts';
import { graphOf } from './graph.ts';
import type { Judgement, TriageSnapshot } from './port.ts';
import type { Rubric } from './rubric.ts';
import { severityOf } from './severity/severity.ts';
import { namespaceOf, type Sight, sightOf } from './sight.ts';
import { suspectsOf } from './suspects.ts';
import { explainsFrom } from './weights.ts';

/** Of a change that near, whoever made it is asked. */
const nearChange = 0.3;
const mostNamespaces = 20;

/** Pure: what a snapshot comes to by a rubric. The order of its lists says nothing, and no clock is looked at. */
export function judge(given: TriageSnapshot, rubric: Rubric): Judgement {
  const snapshot = ordered(given);
  const sight = sightOf(snapshot, rubric);
  const graph = graphOf(snapshot);
  const severity = severityOf(sight);
  const episodes = episodesOf(sight, graph);
  const own = ownEvidence(sight);
  const weights = new Map([...own].map(([object, { weight }]) => [object, weight]));
  const onset = episodes[0]?.onset ?? Date.parse(snapshot.window.to);
  const scored = scoreChanges(sight, graph, weights, onset);
  const byObject = new Map<string, number>();
  for (const { happening, byItself } of scored) {
    byObject.set(happening.object, Math.max(byItself, byObject.get(happening.object) ?? 0));
  }
  const changeScore = (object: string): number => byObject.get(object) ?? 0;
  const suspects = suspectsOf({ sight, graph, own, changeScore, onset });
  const changes = topChanges(scored);
  const domains = domainsOf(sight, weights);
  const [nearest] = changes;
  return {
    rubric: rubric.name,
    severity: severity.level,
    rules: severity.rules,
    wouldRaise: severity.wouldRaise,
    episodes: episodes.map(({ weight: _weight, onset: _onset, ...episode }) => episode),
    suspects,
    changes,
    namespaces: namespacesOf(weights),
    domains: [...domains.keys()],
    nodes: nodesOf(snapshot),
    specialists: specialistsFor(
      domains,
      nearest !== undefined && nearest.score >= nearChange ? nearest.object : undefined,
    ),
    unread: unreadOf(sight),
    window: { from: new Date(snapshot.window.from), to: new Date(snapshot.window.to) },
  };
}

/** One order, whatever order it came in: what is told first of equals is then always the same. */
function ordered(given: TriageSnapshot): TriageSnapshot {
  return {
    ...given,
    nodes: sorted(given.nodes),
    workloads: sorted(given.workloads),
    services: sorted(given.services),
    volumes: sorted(given.volumes),
    certificates: sorted(given.certificates),
    findings: sorted(given.findings),
    alerts: sorted(given.alerts),
    happenings: sorted(given.happenings),
    dependencies: sorted(given.dependencies),
    probes: sorted(given.probes),
  };
}

function sorted<Item>(items: readonly Item[]): readonly Item[] {
  return items
    .map((item) => ({ item, key: JSON.stringify(item) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ item }) => item);
}

/** Where something is wrong, the worst first. */
function namespacesOf(weights: ReadonlyMap<string, number>): readonly string[] {
  const sums = new Map<string, number>();
  for (const [object, weight] of [...weights].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))) {
    const namespace = namespaceOf(object);
    if (namespace !== '' && weight >= explainsFrom) sums.set(namespace, (sums.get(namespace) ?? 0) + weight);
  }
  return [...sums]
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .map(([namespace]) => namespace)
    .slice(0, mostNamespaces);
}

function nodesOf({ nodes, leftOut }: TriageSnapshot): Judgement['nodes'] {
  const well = leftOut?.nodes ?? 0;
  return {
    ready: nodes.filter(({ ready }) => ready === true).length + well,
    total: nodes.length + well,
    notReady: nodes
      .filter(({ ready }) => ready !== true)
      .map(({ name }) => name)
      .sort(),
  };
}

/** And what was asked and gave no answer. */
function unreadOf({ snapshot: { unread, nodes, probes } }: Sight): Judgement['unread'] {
  const silent = [
    ...nodes
      .filter(({ ready }) => ready === null)
      .map(({ name }) => ({ what: `Node ${name}`, why: 'it does not say whether it is ready' })),
    ...probes.filter(({ ok }) => ok === null).map(({ target, detail }) => ({ what: `Probe ${target}`, why: detail })),
  ];
  return [...unread, ...silent.sort((a, b) => (a.what < b.what ? -1 : 1))];
}
