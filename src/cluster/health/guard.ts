import { at, numberAt } from '../fields.ts';
import { conditionsOf, type KindHealth, ok, problem, unknown } from './verdict.ts';

/** A budget that allows nothing while all its pods are well is as it was asked for: a rule says what follows from it. */
export const disruptionBudget: KindHealth = {
  shape: {
    status: {
      observedGeneration: true,
      disruptionsAllowed: true,
      currentHealthy: true,
      desiredHealthy: true,
      expectedPods: true,
    },
  },
  columns: ['allowed'],
  cells: ({ body }) => [numberAt(at(body, 'status'), 'disruptionsAllowed') ?? '?'],
  judge({ body }) {
    const status = at(body, 'status');
    const [healthy, wanted] = [numberAt(status, 'currentHealthy'), numberAt(status, 'desiredHealthy')];
    if (healthy === undefined || wanted === undefined) return unknown('no status');
    const observed = numberAt(status, 'observedGeneration') ?? 0;
    if (observed < (numberAt(at(body, 'metadata'), 'generation') ?? 0))
      return unknown('its last change has not been looked at yet');
    if (numberAt(status, 'expectedPods') === 0) return ok('selects no pods');
    return healthy < wanted ? problem(`${healthy} of at least ${wanted} pods healthy`) : ok(`${healthy} pods healthy`);
  },
};

export const autoscaler: KindHealth = {
  shape: {
    spec: { minReplicas: true, maxReplicas: true },
    status: { currentReplicas: true, desiredReplicas: true, conditions: true },
  },
  columns: ['replicas', 'range'],
  cells({ body }) {
    const spec = at(body, 'spec');
    return [
      numberAt(at(body, 'status'), 'currentReplicas') ?? '?',
      `${numberAt(spec, 'minReplicas') ?? 1}–${numberAt(spec, 'maxReplicas') ?? '?'}`,
    ];
  },
  judge(object) {
    const conditions = conditionsOf(object);
    if (conditions.length === 0) return unknown('no status');
    const bad = conditions.find(
      ({ type, status }) => (type === 'AbleToScale' || type === 'ScalingActive') && status !== 'True',
    );
    if (bad !== undefined)
      return problem(bad.type === 'AbleToScale' ? 'cannot scale' : 'does not scale', bad.reason, bad.message);
    const limited = conditions.some(({ type, status }) => type === 'ScalingLimited' && status === 'True');
    return ok(
      `${numberAt(at(object.body, 'status'), 'currentReplicas') ?? '?'} replicas${limited ? ', at its limit' : ''}`,
    );
  },
};
