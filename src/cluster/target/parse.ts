import { targetError } from './errors.ts';

/**
 * What a target says, before anybody looks whether it is there.
 *
 *  object  `deploy/server`, or `photos/deploy/server` with the namespace first
 *  word    `photos`, `photos.example.net`: the name of a workload, a pod, an app, a namespace or a host
 */
export type AskedTarget =
  | {
      readonly form: 'object';
      readonly kind: string;
      readonly name: string;
      readonly namespace: string | undefined;
    }
  | { readonly form: 'word'; readonly word: string; readonly namespace: string | undefined };

const kindWord = /^[A-Za-z][-A-Za-z0-9.]{0,251}$/;
const objectName = /^[A-Za-z0-9]([-A-Za-z0-9._:]{0,251}[A-Za-z0-9])?$/;
const namespaceName = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Throws `target-invalid`. What passes is plain: no separator, escape or second name is left in any part. */
export function parseTarget(target: string, namespace?: string): AskedTarget {
  const parts = target.trim().split('/');
  const [last = ''] = parts.slice(-1);
  const kind = parts.at(-2);
  const first = parts.length === 3 ? parts[0] : undefined;
  const plain =
    parts.length <= 3 &&
    isPlain(last, objectName) &&
    (kind === undefined || isPlain(kind, kindWord)) &&
    [first, namespace].every((given) => given === undefined || namespaceName.test(given));
  if (!plain) throw invalid(`${JSON.stringify(target.slice(0, 60))} is no target`);
  if (first !== undefined && namespace !== undefined && first !== namespace) {
    throw invalid(`the target is in namespace ${first}, and the namespace asked for is ${namespace}`);
  }
  const where = first ?? namespace;
  return kind === undefined
    ? { form: 'word', word: last, namespace: where }
    : { form: 'object', kind, name: last, namespace: where };
}

function isPlain(part: string, pattern: RegExp): boolean {
  return pattern.test(part) && !part.includes('..');
}

function invalid(message: string): Error {
  return targetError('target-invalid', {
    message,
    next: 'give one of: kind/name, namespace/kind/name, an app or workload name, a host name',
  });
}
