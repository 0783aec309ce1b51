import { at, textAt } from '../fields.ts';
import { type KindHealth, ok, problem, unknown } from './verdict.ts';

export const namespace: KindHealth = {
  shape: { status: { phase: true, conditions: true } },
  columns: [],
  cells: () => [],
  judge(object) {
    const phase = textAt(at(object.body, 'status'), 'phase');
    if (phase === 'Active') return ok('active');
    return phase === 'Terminating' ? problem('terminating') : unknown('no status');
  },
};
