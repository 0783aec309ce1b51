import { at, listAt, textAt } from '../../fields.ts';
import { healthOf } from '../../health/health-of.ts';
import { nameText } from '../../words.ts';
import { autoscalerText, budgetText } from '../parts/guards.ts';
import { statusText, tallyLines } from '../parts/tally.ts';
import { quoted, type Section, section } from '../section.ts';
import type { Surroundings } from '../surroundings.ts';

/** What it scales, how far, and by what. */
export function autoscalerFacts(around: Surroundings): Section | undefined {
  const { body } = around.object;
  const metrics = listAt(at(body, 'spec'), 'metrics').map((metric) => JSON.stringify(metric));
  return section('autoscaler', [
    autoscalerText(around.object),
    targetText(around),
    ...metrics.map((metric) => quoted('metric', metric)),
  ]);
}

const scalable: Readonly<Record<string, string>> = {
  Deployment: 'deployments.apps',
  StatefulSet: 'statefulsets.apps',
  ReplicaSet: 'replicasets.apps',
};

function targetText({ object, view, unread, now }: Surroundings): string {
  const ref = at(object.body, 'spec', 'scaleTargetRef');
  const [kind = '', name = ''] = [textAt(ref, 'kind'), textAt(ref, 'name')];
  const kindId = Object.hasOwn(scalable, kind) ? scalable[kind] : undefined;
  const says = `scales ${kindId === undefined ? 'another kind' : kind} ${nameText(name)}`;
  if (kindId === undefined || unread.has(kindId)) return `${says}, not looked at`;
  const target = view.get(kindId, object.namespace, name);
  return target === undefined
    ? `${says}, which is NOT there`
    : `${says}: ${statusText(healthOf(target).judge(target, now))}`;
}

/** Whether a pod of it may be evicted, and so whether its nodes can be drained. */
export function budgetFacts(around: Surroundings): Section | undefined {
  const { object, pods } = around;
  const allowed = at(object.body, 'status')?.['disruptionsAllowed'];
  return section('budget', [
    budgetText(object),
    allowed === 0 ? 'no node that has one of its pods can be drained now' : undefined,
    ...(pods === undefined ? ['pods unknown: they could not be read'] : tallyLines(pods, 'pod', around)),
  ]);
}
