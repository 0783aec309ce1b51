import {
  at,
  type ClusterReader,
  currentSurvey,
  type Route,
  type Survey,
  servedKind,
  textAt,
} from '../../cluster/index.ts';
import { CastellanError, type Reach, type Untrusted } from '../../kit/index.ts';
import type { Alerts, Metrics } from '../../monitoring/port.ts';
import type { Probes } from '../../probe/port.ts';
import type { Window } from '../incident.ts';
import type { InfraRepository } from '../sources/port.ts';
import { dependenciesOf } from './dependencies.ts';
import { fitted } from './fit.ts';
import { factsOf, type SurveyFacts } from './from-survey.ts';
import { type ChronicleReader, readChronicle, readCommits } from './happenings.ts';
import type { SnapshotAlert, SnapshotProbe, TriageSnapshot } from './port.ts';
import { readWays } from './routes-read.ts';
import type { Rubric, Tier } from './rubric.ts';

/** What is looked at. Undefined is not configured; what is a Reach may fail when it is asked. Either stands in `unread`. */
export interface SnapshotPorts {
  readonly cluster: Reach<ClusterReader> | undefined;
  readonly chronicle: Reach<ChronicleReader> | undefined;
  readonly alerts: Reach<Alerts> | undefined;
  readonly metrics: Reach<Metrics> | undefined;
  readonly repository: Pick<InfraRepository, 'head' | 'log' | 'stacksOf'> | undefined;
  readonly probes: Probes | undefined;
  /** Opens what others wrote, redacted; without it, none of it is kept. */
  readonly textOf?: ((words: Untrusted) => string) | undefined;
}

export interface SnapshotRequest {
  readonly window: Window;
  /** Where the incident is; the whole cluster is looked at, these namespaces' stacks in any case. */
  readonly namespaces: readonly string[];
  readonly services: readonly string[];
  readonly rubric: Rubric;
  readonly signal: AbortSignal;
  readonly now: Date;
  /** URLs that are asked whether they answer. */
  readonly targets?: readonly string[] | undefined;
  /** Services of which one calls the other, `Service shop/web`: as castellan.yaml declares. */
  readonly calls?: readonly { readonly from: string; readonly to: string }[] | undefined;
  /** Of an incident that a failed expectation opened. */
  readonly change?: TriageSnapshot['change'] | undefined;
}

type Unread = TriageSnapshot['unread'][number];

const mostNamespaces = 10;
const latentMs = 14 * 86_400_000;
const beforeMs = 2 * 3_600_000;

/**
 * One look at everything, at most 64 KB. Throws only when the signal fires because whoever asked has gone; where it is time
 * that ran out, what was not seen by then is unread.
 */
export async function takeSnapshot(ports: SnapshotPorts, request: SnapshotRequest): Promise<TriageSnapshot> {
  const { window, signal, now } = request;
  const unread: Unread[] = [];
  const ask = async <Answer>(what: string, port: (() => Promise<Answer>) | undefined): Promise<Answer | undefined> => {
    if (port === undefined) {
      unread.push({ what, why: 'not configured' });
      return undefined;
    }
    try {
      return await port();
    } catch (error) {
      endIfGone(signal);
      unread.push({ what, why: whyOf(error) });
      return undefined;
    }
  };
  const to = window.to !== undefined && window.to < now ? window.to : now;
  const { cluster, chronicle, alerts, metrics, repository, probes, textOf } = ports;
  const [seen, told, fill, answers] = await Promise.all([
    ask('cluster', cluster && (async () => readCluster(await cluster(), request, textOf, unread, ask))),
    ask('alerts', alerts && (async () => (await (await alerts()).current(signal)).map(alertOf))),
    ask('volume figures', metrics && (async () => readFill(await metrics(), now, signal))),
    askTargets(request, probes, unread),
  ]);
  const affected = affectedIn(seen?.facts, request.namespaces);
  const [noted, commits] = await Promise.all([
    ask(
      'chronicle',
      chronicle &&
        (async () =>
          readChronicle(await chronicle(), {
            context: seen?.context ?? '',
            since: new Date(window.from.getTime() - beforeMs),
            latent: new Date(to.getTime() - latentMs),
            until: to,
            rootOf: (text) => seen?.aliases.get(text) ?? text,
            textOf,
          })),
    ),
    ask(
      'infra repository',
      repository && (() => readCommits(repository, affected, { from: new Date(to.getTime() - latentMs), to }, signal)),
    ),
  ]);
  for (const gap of [...(noted?.unread ?? []), ...(commits?.unread ?? [])]) unread.push(gap);
  const happenings = [...(noted?.happenings ?? []), ...(commits?.happenings ?? [])];
  const hosts = seen?.hosts ?? new Map<string, readonly string[]>();
  return fitted({
    takenAt: now.toISOString(),
    window: { from: window.from.toISOString(), to: to.toISOString() },
    nodes: seen?.facts.nodes ?? [],
    workloads: [...(seen?.facts.workloads ?? [])].sort(
      (a, b) => missing(b) - missing(a) || (a.object < b.object ? -1 : 1),
    ),
    services: (seen?.facts.services ?? []).map((service) => ({ ...service, hosts: hosts.get(service.object) ?? [] })),
    volumes: (seen?.facts.volumes ?? []).map((volume) => ({ ...volume, used: fill?.get(volume.object) ?? null })),
    certificates: seen?.facts.certificates ?? [],
    findings: seen?.facts.findings ?? [],
    alerts: told ?? [],
    happenings: happenings.sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0)),
    dependencies: seen?.dependencies.edges ?? [],
    shared: seen?.dependencies.shared ?? {},
    probes: answers,
    unread: unread.sort((a, b) => (a.what < b.what ? -1 : 1)),
    change: request.change ?? null,
  });
}

type Ask = <Answer>(what: string, port: (() => Promise<Answer>) | undefined) => Promise<Answer | undefined>;

async function readCluster(
  reader: ClusterReader,
  { rubric, signal, now, calls }: SnapshotRequest,
  textOf: SnapshotPorts['textOf'],
  unread: Unread[],
  ask: Ask,
) {
  const survey = await currentSurvey(reader, { signal, now });
  for (const { kindId, why } of survey.unread) unread.push({ what: kindId, why });
  for (const id of survey.broken) unread.push({ what: `rule ${id}`, why: 'it failed on what it saw' });
  const [tiers, ways] = await Promise.all([
    ask('tiers of namespaces', () => readTiers(reader, rubric, signal)),
    ask('routes', () => readWays(reader, signal)),
  ]);
  for (const kindId of ways?.unread ?? []) unread.push({ what: kindId, why: 'the credential may not read it' });
  const facts = factsOf(survey, { tiers: tiers ?? new Map(), textOf });
  const routes = ways?.routes ?? [];
  return {
    context: reader.context,
    facts,
    hosts: hostsOf(routes),
    aliases: aliasesOf(survey, facts),
    dependencies: dependenciesOf(survey.view, facts, {
      routes,
      middlewares: ways?.middlewares ?? [],
      calls: calls ?? [],
    }),
  };
}

/** By Service, the hosts that lead there. */
function hostsOf(routes: readonly Route[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, Set<string>>();
  for (const { host, services } of routes) {
    for (const { namespace, name } of services) {
      const object = `Service ${namespace}/${name}`;
      found.set(object, (found.get(object) ?? new Set()).add(host));
    }
  }
  return new Map([...found].map(([object, hosts]) => [object, [...hosts].slice(0, 5)]));
}

/** The chronicle tells things of the owner at the top, where an operator made a workload: here they are told of the workload, when it has one. */
function aliasesOf({ view }: Survey, facts: SurveyFacts): ReadonlyMap<string, string> {
  const made = new Map<string, Set<string>>();
  for (const id of ['deployments.apps', 'statefulsets.apps', 'daemonsets.apps']) {
    for (const object of view.all(id)) {
      const { kind, namespace, name } = view.rootOf(object);
      const top = `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;
      made.set(top, (made.get(top) ?? new Set()).add(facts.rootOf(object)));
    }
  }
  return new Map(
    [...made].flatMap(([top, [only, ...others]]) =>
      only !== undefined && others.length === 0 ? [[top, only] as const] : [],
    ),
  );
}

async function readTiers(
  reader: ClusterReader,
  { tiers }: Rubric,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Tier>> {
  const kind = await servedKind(reader, 'namespaces', signal);
  if (kind === undefined) return new Map();
  const { objects } = await reader.list(kind, { shape: { metadata: { labels: true } }, signal });
  return new Map(
    objects.flatMap(({ name, body }) => {
      const labels = at(body, 'metadata', 'labels');
      const said = tiers.labels.map((label) => textAt(labels, label)).find((value) => value !== undefined);
      const tier = said !== undefined && Object.hasOwn(tiers.values, said) ? tiers.values[said] : undefined;
      return tier === undefined ? [] : [[name, tier] as const];
    }),
  );
}

const keptLabels =
  /^(?:namespace|exported_namespace|pod|container|deployment|statefulset|daemonset|cronjob|job_name|job|service|node|nodename|instance|persistentvolumeclaim|storageclass|registry|ingress|ingress_class)$/;

function alertOf({
  name,
  state,
  since,
  labels,
  annotations,
}: Awaited<ReturnType<Alerts['current']>>[number]): SnapshotAlert {
  return {
    name: name.slice(0, 200),
    severity: labels['severity']?.slice(0, 40) ?? null,
    state,
    since: since.toISOString(),
    labels: Object.fromEntries(
      Object.entries(labels)
        .filter(([label]) => keptLabels.test(label))
        .map(([label, value]) => [label, value.slice(0, 253)]),
    ),
    summary: (annotations['summary'] ?? annotations['description'])?.slice(0, 200) ?? null,
  };
}

async function readFill(metrics: Metrics, now: Date, signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
  const samples = await metrics.instant(
    'max by (namespace, persistentvolumeclaim) (kubelet_volume_stats_used_bytes / kubelet_volume_stats_capacity_bytes)',
    now,
    signal,
  );
  return new Map(
    samples.flatMap(({ labels, value }) =>
      Number.isFinite(value) && value >= 0
        ? [
            [
              `PersistentVolumeClaim ${labels['namespace'] ?? ''}/${labels['persistentvolumeclaim'] ?? ''}`,
              value,
            ] as const,
          ]
        : [],
    ),
  );
}

async function askTargets(
  { targets = [], signal }: SnapshotRequest,
  probes: Probes | undefined,
  unread: Unread[],
): Promise<readonly SnapshotProbe[]> {
  if (targets.length === 0) return [];
  if (probes === undefined) {
    unread.push({ what: 'probes', why: 'not configured' });
    return [];
  }
  return Promise.all(
    targets.map(async (target): Promise<SnapshotProbe> => {
      const seen = { target, vantage: 'inside', since: null } as const;
      try {
        const { works, status, pretends, problem } = await probes.http(target, signal);
        const ok = works === 'unknown' ? null : works === 'yes' && pretends === undefined;
        return { ...seen, ok, detail: pretends ?? problem ?? `status ${status ?? '?'}` };
      } catch (error) {
        endIfGone(signal);
        return { ...seen, ok: null, detail: whyOf(error) };
      }
    }),
  );
}

function affectedIn(facts: SurveyFacts | undefined, asked: readonly string[]): readonly string[] {
  const hit = (facts?.findings ?? [])
    .filter(({ severity }) => severity !== 'notice')
    .map(({ root }) => /^\S+ ([^/]+)\//.exec(root)?.[1])
    .filter((namespace) => namespace !== undefined);
  return [...new Set([...asked, ...hit])].slice(0, mostNamespaces);
}

function missing({ desired, ready, parked, job }: TriageSnapshot['workloads'][number]): number {
  return parked || job || desired === 0 ? 0 : (desired - ready) / desired;
}

function endIfGone(signal: AbortSignal): void {
  if (signal.aborted && !isTimeout(signal.reason)) throw signal.reason;
}

function isTimeout(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === 'TimeoutError';
}

/** Only our own errors have words of ours. */
function whyOf(error: unknown): string {
  if (isTimeout(error)) return 'it took too long';
  return error instanceof CastellanError
    ? `${error.code}: ${error.message}`
    : 'it failed in a way that nobody expected';
}
