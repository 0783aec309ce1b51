import { alertFilter, judgeAlerts, judgeMetric } from '../../change/expect/judge-answers.ts';
import { judgeRollout } from '../../change/expect/judge-rollout.ts';
import { fails, holds, type Look, unmeasured } from '../../change/expect/look.ts';
import type { Expectation } from '../../change/expect/predicates.ts';
import { probeRefusal } from '../../change/expect/probe-address.ts';
import type { ClusterReader } from '../../cluster/index.ts';
import { servedKind } from '../../cluster/read-kinds.ts';
import { CastellanError } from '../../kit/index.ts';
import type { KeepConfig } from '../config/valid.ts';
import type { Expectations } from './port.ts';
import { type Clock, realClock, watchAll } from './watch.ts';
import { below, openWeb, Unreachable, type Web } from './web.ts';

export interface ExpectationsOptions {
  /** Read-only; undefined: rollouts are unknown. */
  readonly cluster: Pick<ClusterReader, 'kind' | 'get'> | undefined;
  readonly config: KeepConfig['expect'];
  readonly clock?: Clock;
  readonly web?: Web;
}

type Of<Kind extends Expectation['kind']> = Extract<Expectation, { kind: Kind }>;

/** Looks at what was expected, every few seconds, over connections of its own. */
export function openExpectations(options: ExpectationsOptions): Expectations & AsyncDisposable {
  const { cluster, config, clock = realClock, web = openWeb() } = options;

  const rollout = async ({ workload, namespace, name }: Of<'rollout'>, signal: AbortSignal): Promise<Look> => {
    if (cluster === undefined) return unmeasured('keep.yaml names no cluster to look at');
    const kind = await servedKind(cluster, `${workload}s.apps`, signal);
    if (kind === undefined) return unmeasured('the cluster serves no such kind');
    try {
      return judgeRollout(await cluster.get(kind, name, { namespace, signal }));
    } catch (error) {
      if (error instanceof CastellanError && error.code === 'cluster-not-found')
        return fails('there is no such object');
      throw error;
    }
  };

  const probe = async ({ url, status }: Of<'probe'>, signal: AbortSignal): Promise<Look> => {
    const refusal = probeRefusal(url, config.probes);
    if (refusal !== undefined) return unmeasured(refusal);
    const found = await web.status(new URL(url), signal);
    return found === status ? holds(`it answers ${found}`) : fails(`it answers ${found}, and must answer ${status}`);
  };

  const alert = async (expected: Of<'alert-quiet'>, signal: AbortSignal): Promise<Look> => {
    if (config.alertmanager === undefined) return unmeasured('keep.yaml names no Alertmanager');
    const query = {
      filter: alertFilter(expected.alert),
      active: 'true',
      silenced: 'true',
      inhibited: 'true',
      unprocessed: 'true',
    };
    return judgeAlerts(await web.json(below(config.alertmanager, '/api/v2/alerts', query), signal), expected.alert);
  };

  const metric = async (expected: Of<'metric'>, signal: AbortSignal): Promise<Look> => {
    if (config.prometheus === undefined) return unmeasured('keep.yaml names no Prometheus');
    const url = below(config.prometheus, '/api/v1/query', { query: expected.query });
    return judgeMetric(await web.json(url, signal), expected);
  };

  const measure = (expected: Expectation, signal: AbortSignal): Promise<Look> => {
    switch (expected.kind) {
      case 'rollout':
        return rollout(expected, signal);
      case 'probe':
        return probe(expected, signal);
      case 'alert-quiet':
        return alert(expected, signal);
      case 'metric':
        return metric(expected, signal);
    }
  };

  /** What could not be reached was not measured. */
  const look = async (expected: Expectation, signal: AbortSignal): Promise<Look> => {
    try {
      return await measure(expected, signal);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof Unreachable) return unmeasured(error.message);
      if (error instanceof CastellanError) return unmeasured(`the cluster could not be read (${error.code})`);
      throw error;
    }
  };

  return {
    watch: (expected, signal) => watchAll(expected, { look, clock, signal }),
    [Symbol.asyncDispose]: () => web[Symbol.asyncDispose](),
  };
}
