import { at, textAt } from '../../../fields.ts';
import type { ClusterObject } from '../../../reader.ts';
import type { Shape } from '../../../shape.ts';
import type { ClusterView } from '../../../view.ts';
import { nameText } from '../../../words.ts';

/** What is scaled, where it can be looked up; other kinds are left to the autoscaler's own conditions. */
const targets: Readonly<Record<string, string>> = {
  Deployment: 'deployments.apps',
  StatefulSet: 'statefulsets.apps',
  ReplicaSet: 'replicasets.apps',
};

export const targetNeeds: Readonly<Record<string, Shape>> = Object.fromEntries(
  Object.values(targets).map((kindId) => [kindId, {}]),
);

/** `there is no Deployment web to scale`; undefined when it is there, or of a kind that is not looked up. */
export function missingTarget(view: ClusterView, { namespace, body }: ClusterObject): string | undefined {
  const target = at(body, 'spec', 'scaleTargetRef');
  const [kind = '', name = ''] = [textAt(target, 'kind'), textAt(target, 'name')];
  const kindId = Object.hasOwn(targets, kind) ? targets[kind] : undefined;
  if (kindId === undefined || textAt(target, 'apiVersion')?.startsWith('apps/') === false) return undefined;
  return view.get(kindId, namespace, name) === undefined ? `there is no ${kind} ${nameText(name)} to scale` : undefined;
}
