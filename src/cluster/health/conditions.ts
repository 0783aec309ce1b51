import { at, textAt } from '../fields.ts';
import { conditionsOf, type KindHealth, ok, problem, unknown } from './verdict.ts';

/** Conditions that are good when True, most telling first. */
const good = ['Ready', 'Available', 'Healthy', 'Established', 'Synced', 'Reconciled', 'Accepted', 'Programmed'];
const bad = /^(?:Degraded|Failed|Failure|Stalled|Error|.*Pressure|.*Failure|.*Failed)$/;

const goodPhases = new Set([
  'active',
  'available',
  'bound',
  // What CloudNativePG says of a whole Postgres cluster.
  'cluster in healthy state',
  'complete',
  'completed',
  'healthy',
  'ready',
  'running',
  'succeeded',
]);
const badPhases = new Set(['crashed', 'degraded', 'error', 'failed', 'lost', 'unhealthy', 'unavailable']);

/** Kinds without a rule of their own: what their conditions say, or failing that their phase. */
export const byConditions: KindHealth = {
  shape: { status: { conditions: true, phase: true, state: true, message: true } },
  columns: [],
  printed: true,
  cells: () => [],
  judge(object) {
    const conditions = conditionsOf(object);
    const failing = conditions.find(({ type, status }) => status === 'True' && bad.test(type));
    if (failing !== undefined) return problem('failing', failing.type, failing.reason, failing.message);
    for (const type of good) {
      const telling = conditions.find((condition) => condition.type === type);
      if (telling === undefined) continue;
      if (telling.status === 'True') return ok(type.toLowerCase());
      const verdict = telling.status === 'False' ? problem : unknown;
      return verdict(`not ${type.toLowerCase()}`, telling.reason, telling.message);
    }
    const status = at(object.body, 'status');
    const phase = textAt(status, 'phase') ?? textAt(status, 'state');
    if (phase !== undefined) {
      if (goodPhases.has(phase.toLowerCase())) return ok(phase.toLowerCase());
      if (badPhases.has(phase.toLowerCase())) return problem(phase.toLowerCase(), textAt(status, 'message'));
      return unknown('phase not understood', phase);
    }
    return conditions.length > 0
      ? unknown('conditions not understood', conditions.map(({ type, status: value }) => `${type}=${value}`).join(' '))
      : { status: 'stateless', summary: '' };
  },
};
