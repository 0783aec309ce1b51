import { z } from 'zod';
import type { KeepReply, KeepRequest } from '../../../src/change/wire/protocol.ts';
import { currentSurvey } from '../../../src/cluster/index.ts';
import { incidentStatuses } from '../../../src/incident/incident.ts';
import {
  type Check,
  type SeenKeep,
  type SweepSight,
  type SweepSource,
  sweepSources,
} from '../../../src/incident/sweep/port.ts';
import { CastellanError, type Reach } from '../../../src/kit/index.ts';
import type { Sample } from '../../../src/monitoring/port.ts';
import type { VaultSession } from '../../../src/vault/index.ts';
import type { IncidentPorts } from '../port.ts';
import { vaultSight } from './vault-sight.ts';

/** What a sweep asks: the tools' ports, Vault, and which hosts are looked at each time. */
export interface SweepPorts
  extends Pick<
    IncidentPorts,
    'record' | 'cluster' | 'metrics' | 'alerts' | 'logStore' | 'keep' | 'repository' | 'probes'
  > {
  readonly vault: Reach<VaultSession> | undefined;
  readonly watch: Watched;
}

export interface Watched {
  readonly http: readonly string[];
  readonly tls: readonly string[];
  readonly dns: readonly string[];
}

export interface LookOptions {
  readonly checks: readonly Check[];
  readonly without: readonly SweepSource[];
  readonly signal: AbortSignal;
  readonly now: Date;
  progress(message: string, done: number, total: number): void;
}

/**
 * A source that does not answer by then is unknown; the sweep does not wait for it. Long, because nobody watches a sweep, and
 * because a daemon that was just started makes its database and reads what the cluster serves meanwhile.
 */
const patienceMs = 60_000;

type Looks = { readonly [Source in SweepSource]: (signal: AbortSignal) => Promise<Partial<SweepSight>> };

/** Asks everything at once. Only the caller's own signal ends it early; whatever else goes wrong stands in `failed`. */
export async function lookAround(ports: SweepPorts, options: LookOptions): Promise<SweepSight> {
  const { without, now, signal, progress } = options;
  const looks: Looks = {
    cluster: async (until) => ({
      survey: await currentSurvey(await reach(ports.cluster, 'kubernetes'), { signal: until, now }),
    }),
    metrics: (until) => metricsSight(ports, options, until),
    alerts: async (until) => {
      const alerts = await reach(ports.alerts, 'monitoring.alertmanager');
      const [{ ready }, current, silences] = await Promise.all([
        alerts.health(until),
        alerts.current(until),
        alerts.silences(until),
      ]);
      return { alerts: { ready, current, silences } };
    },
    logs: async (until) => ({ logs: await (await reach(ports.logStore, 'monitoring.loki')).health(until) }),
    probes: (until) => probesSight(ports, until),
    repository: async (until) => {
      if (ports.repository === undefined) throw new NotConfigured('incident.repository');
      return { repository: await ports.repository.head(until) };
    },
    vault: async (until) => ({ vault: await vaultSight(await reach(ports.vault, 'vault'), until) }),
    keep: async (until) => {
      const keep = await reach(ports.keep, 'keep');
      const ask = (request: KeepRequest): Promise<KeepReply> => keep.ask(request, until);
      const [stacks, changes] = await Promise.all([
        ask({ verb: 'status', of: 'stacks' }),
        ask({ verb: 'status', of: 'changes', limit: mostChanges, open: true }),
      ]);
      return { keep: keepSight(stacks, changes) };
    },
    record: () => recordSight(ports),
  };
  const asked = Object.entries(looks).filter(([source]) => !without.some((one) => one === source));
  const failed = new Map<SweepSource, string>();
  let done = 0;
  const seen = await Promise.all(
    asked.map(async ([source, look]): Promise<Partial<SweepSight>> => {
      const until = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
      try {
        return await waitedFor(look(until), until);
      } catch (error) {
        signal.throwIfAborted();
        failed.set(sourceName.parse(source), reasonOf(error));
        return {};
      } finally {
        done += 1;
        progress(`looked at ${source}`, done, asked.length);
      }
    }),
  );
  return Object.assign({ at: now, failed, samples: new Map() }, ...seen);
}

const sourceName = z.enum(sweepSources);

class NotConfigured extends Error {
  constructor(section: string) {
    super(`not configured: \`${section}\` in castellan.yaml`);
  }
}

async function reach<Port>(port: Reach<Port> | undefined, section: string): Promise<Port> {
  if (port === undefined) throw new NotConfigured(section);
  return port();
}

/** A port that does not listen to its signal is left behind. */
async function waitedFor<Result>(work: Promise<Result>, until: AbortSignal): Promise<Result> {
  const late = Promise.withResolvers<never>();
  const onAbort = (): void => late.reject(until.reason);
  until.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    until.removeEventListener('abort', onAbort);
    work.catch(() => undefined); // Nobody waits for it any more.
  }
}

/** Of others' errors no message is told: it may quote what it was sent. */
function reasonOf(error: unknown): string {
  if (error instanceof CastellanError) return `${error.code}: ${error.message}`;
  if (error instanceof NotConfigured) return error.message;
  if (error instanceof DOMException && error.name === 'TimeoutError') return `no answer in ${patienceMs / 1_000} s`;
  return 'it failed in a way that is not known';
}

async function metricsSight(
  ports: SweepPorts,
  { checks, now }: LookOptions,
  until: AbortSignal,
): Promise<Partial<SweepSight>> {
  const metrics = await reach(ports.metrics, 'monitoring.prometheus');
  const [{ ready, version }, rules] = await Promise.all([metrics.health(until), metrics.rules(until)]);
  const queries = [...new Set(checks.flatMap((check) => check.queries ?? []))];
  const samples = await Promise.all(
    queries.map(async (query): Promise<[string, readonly Sample[] | string]> => {
      try {
        return [query, await metrics.instant(query, now, until)];
      } catch (error) {
        until.throwIfAborted();
        return [query, reasonOf(error)];
      }
    }),
  );
  return { metrics: { ready, version, rules }, samples: new Map(samples) };
}

async function probesSight({ probes, watch }: SweepPorts, until: AbortSignal): Promise<Partial<SweepSight>> {
  if (watch.http.length + watch.tls.length + watch.dns.length === 0) throw new NotConfigured('incident.probes.watch');
  const [http, tls, dns] = await Promise.all([
    Promise.all(watch.http.map((url) => probes.http(url, until))),
    Promise.all(watch.tls.map((target) => probes.tls(target, until))),
    Promise.all(watch.dns.map((name) => probes.dns(name, until))),
  ]);
  return { probes: { http, tls, dns } };
}

/** As many as the keep tells at once. */
const mostChanges = 50;

function keepSight({ keep, stacks = [] }: KeepReply, { changes = [] }: KeepReply): SeenKeep {
  return {
    boundary: keep.boundary,
    frozenSince: keep.frozenSince,
    problems: [
      ...keep.problems,
      ...(changes.length < mostChanges ? [] : [`more than ${mostChanges} changes are open; the newest were looked at`]),
    ],
    foreign: keep.foreign ?? [],
    stacks: stacks
      .filter(({ skipped }) => skipped === undefined)
      .map(({ stack, drift: { state, at, why } }) => ({ stack, drift: state, at, why })),
    changes: changes.map(({ id, stack, state, changedAt }) => ({
      id,
      stack,
      state,
      changedAt,
      failedExpectation: state === 'failed-expectation',
    })),
  };
}

const pageSize = 500;

async function recordSight({ record }: SweepPorts): Promise<Partial<SweepSight>> {
  const status = incidentStatuses.filter((one) => !['final', 'amended', 'dismissed', 'merged'].includes(one));
  const [open, actions, { broken }] = await Promise.all([
    everyPage(async (skip) => (await record.list({ status, limit: pageSize, skip })).incidents),
    everyPage(
      async (skip) =>
        (await record.actions({ status: ['open', 'in-progress', 'regressed'], limit: pageSize, skip })).actions,
    ),
    record.verify(),
  ]);
  return { record: { open, actions, broken } };
}

/** The oldest come last, and are what a sweep is for. */
async function everyPage<Row>(page: (skip: number) => Promise<readonly Row[]>): Promise<readonly Row[]> {
  const all: Row[] = [];
  for (;;) {
    const rows = await page(all.length);
    all.push(...rows);
    if (rows.length < pageSize) return all;
  }
}
