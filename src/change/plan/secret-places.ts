import { isObject, member } from './plan-json.ts';
import type { PlanValue } from './reading.ts';

/** Where a value is a secret whatever is said of it, even when it stands in the source. */

/** A Secret of Kubernetes, wherever it lies: in a manifest, in a list, among the values of a chart. */
export function isSecretObject(value: PlanValue | undefined): boolean {
  if (!isObject(value)) return false;
  const kind = member(value, 'kind');
  return kind === 'Secret' || kind === 'SecretList' || isObject(member(value, 'stringData'));
}

const secretType = /(?:^|_)(?:secrets?|passwords?|tokens?|credentials?|private_key|key_pair|api_key)(?:_|$)/;
const contents = new Set([
  'data',
  'binary_data',
  'string_data',
  'data_wo',
  'binary_data_wo',
  'data_json',
  'data_json_wo',
]);
const copies = new Set(['kubectl.kubernetes.io/last-applied-configuration', 'last-applied-configuration']);

/** What a `kubernetes_secret` or a `vault_kv_secret_v2` keeps, and the copy of an object in its own annotations. */
export function isSecretAttribute(type: string, labels: readonly unknown[]): boolean {
  const last = labels.at(-1);
  if (typeof last === 'string' && copies.has(last)) return true;
  return labels.length === 1 && typeof last === 'string' && contents.has(last) && secretType.test(type);
}

/** Whether a document the provider marks as a whole may be looked into: not where holding secrets is what the type is for. */
export function opensDocuments(type: string): boolean {
  return !secretType.test(type);
}
