import type { ClusterObject } from '../../../reader.ts';
import { listed } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';

export const olmOperatorGroupConflict: Rule = {
  id: 'olm-operator-group-conflict',
  title: 'A namespace with a Subscription and no OperatorGroup, or with more than one: OLM installs nothing there.',
  needs: { 'operatorgroups.operators.coreos.com': {}, 'subscriptions.operators.coreos.com': {} },
  *find(view) {
    const groups = byNamespace(view.all('operatorgroups.operators.coreos.com'));
    for (const [first, ...others] of groups.values()) {
      if (first === undefined || others.length === 0) continue;
      yield {
        severity: 'critical',
        object: first,
        summary: `its namespace has another OperatorGroup, so operators there fail: ${listed(others.map(({ name }) => name))}`,
        next: describeCall(first),
      };
    }
    for (const [namespace, [subscription]] of byNamespace(view.all('subscriptions.operators.coreos.com'))) {
      if (subscription === undefined || groups.has(namespace)) continue;
      yield {
        severity: 'critical',
        object: subscription,
        summary: 'its namespace has no OperatorGroup, so nothing is installed',
        next: describeCall(subscription),
      };
    }
  },
};

function byNamespace(objects: readonly ClusterObject[]): ReadonlyMap<string, readonly ClusterObject[]> {
  const namespaces = new Map<string, ClusterObject[]>();
  for (const object of objects) namespaces.set(object.namespace, [...(namespaces.get(object.namespace) ?? []), object]);
  return namespaces;
}
