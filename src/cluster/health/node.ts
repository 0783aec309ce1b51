import { at, textAt } from '../fields.ts';
import { plainText } from '../words.ts';
import { conditionsOf, type KindHealth, knownReason, ok, problem, unknown } from './verdict.ts';

export const node: KindHealth = {
  shape: {
    spec: { unschedulable: true },
    status: { conditions: true, nodeInfo: { kubeletVersion: true } },
  },
  columns: ['version'],
  cells: (object) => [plainText(textAt(at(object.body, 'status', 'nodeInfo'), 'kubeletVersion'), /^v[\w.+-]{1,40}$/)],
  judge(object) {
    const conditions = conditionsOf(object);
    const ready = conditions.find(({ type }) => type === 'Ready');
    if (ready === undefined) return unknown('no status');
    if (ready.status !== 'True') {
      return problem('not ready', knownReason(ready.reason) === undefined ? ready.reason : undefined, ready.message);
    }
    const pressure = conditions.find(({ type, status }) => type !== 'Ready' && status === 'True');
    if (pressure !== undefined) return problem('under pressure', pressure.type, pressure.message);
    if (at(object.body, 'spec')?.['unschedulable'] === true) return problem('cordoned');
    return ok('ready');
  },
};
