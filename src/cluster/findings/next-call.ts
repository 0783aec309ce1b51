import type { ObjectRef } from '../owner.ts';

/** What to call next about an object: `kubectl_describe target=pod/web-1 namespace=shop`. */
export function describeCall(ref: ObjectRef): string {
  return `kubectl_describe ${targetOf(ref)}`;
}

export function logsCall(pod: ObjectRef, { previous = false } = {}): string {
  return `kubectl_logs ${targetOf(pod)}${previous ? ' previous=true' : ''}`;
}

function targetOf({ kind, namespace, name }: ObjectRef): string {
  return `target=${kind.toLowerCase()}/${name}${namespace === '' ? '' : ` namespace=${namespace}`}`;
}
