import type { JsonValue } from '../../kit/index.ts';
import type { ClusterObject } from '../reader.ts';

/** Words a rule may put into its sentences. What is read from a spec is somebody else's text until its form says otherwise. */

const objectName = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

/** A name an object refers to another by; `?` when it has not the form of one. */
export function nameText(name: JsonValue | undefined): string {
  return typeof name === 'string' && objectName.test(name) ? name : '?';
}

/** A port's number or name. */
export function portText(port: JsonValue | undefined): string {
  if (typeof port === 'number') return String(port);
  return typeof port === 'string' && /^[a-z0-9-]{1,15}$/i.test(port) ? port : '?';
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** At most three of them, and how many more there are. */
export function listed(names: readonly string[]): string {
  const shown = [...new Set(names)];
  const more = shown.length - 3;
  return more > 0 ? `${shown.slice(0, 3).join(', ')} and ${more} more` : shown.join(', ');
}

/** The call that shows everything about an object; kinds whose word other groups may have as well are named with their group. */
export function describeCall({ group, kind, namespace, name }: ClusterObject): string {
  const word = kind.toLowerCase();
  const target = group.includes('.') && !group.endsWith('k8s.io') ? `${word}.${group}` : word;
  return `kubectl_describe target=${target}/${name}${namespace === '' ? '' : ` namespace=${namespace}`}`;
}
