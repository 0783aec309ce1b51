import type { ObjectRef } from '../owner.ts';
import { nameText } from '../words.ts';

/** What to call next about an object: `kubectl_describe target=pod/web-1 namespace=shop`. */
export function describeCall(ref: ObjectRef): string {
  return `kubectl_describe ${targetOf(ref)}`;
}

export function logsCall(pod: ObjectRef, { previous = false } = {}): string {
  return `kubectl_logs ${targetOf(pod)}${previous ? ' previous=true' : ''}`;
}

/** Kinds of operators are named with their group: several groups may use one word. */
function targetOf({ group, kind, namespace, name }: ObjectRef): string {
  const word = group.includes('.') && !group.endsWith('.k8s.io') ? `${kind}.${group}` : kind;
  const where = namespace === '' ? '' : ` namespace=${nameText(namespace)}`;
  return `target=${nameText(word).toLowerCase()}/${nameText(name)}${where}`;
}
