import {
  type ClusterSecretReference,
  clusterSecretReference,
  type SecretReference,
  secretReference,
} from '../../src/change/wire/secret.ts';
import { vaultToolError } from './errors.ts';
import { isPlain } from './words.ts';

/**
 * References, as people write them.
 *
 *  secret/apps/mail#password@3      mount, path, key, version; `vault://` before it is allowed
 *  k8s:mail/server#password         namespace, name and key of a Kubernetes Secret
 *
 * No error repeats what was given: it may be a value that somebody took for a reference.
 */
export function parseReference(text: string, mounts: readonly string[]): SecretReference {
  const whole = text.trim().replace(/^vault:\/\//, '');
  const hash = whole.indexOf('#');
  const [place, key] = hash === -1 ? [whole, undefined] : [whole.slice(0, hash), whole.slice(hash + 1)];
  const [named = '', version] = cutVersion(key ?? place);
  const full = (key === undefined ? named : place).replace(/^\/+|\/+$/g, '');
  const mount = mountOf(full, mounts);
  if (mount === undefined) throw invalid(`it begins with no mount of this Vault`, mounts);
  const path = full.slice(mount.length + 1);
  const found = secretReference.safeParse({
    mount,
    path: path.startsWith('data/') ? path.slice('data/'.length) : path,
    ...(key === undefined ? {} : { key: named }),
    ...(version === undefined ? {} : { version }),
  });
  if (!found.success) throw invalid(path === '' ? 'it has no path' : 'its path, key or version cannot be one', mounts);
  if (/[\p{Cc}\p{Cf}\p{Cs}]/u.test(found.data.key ?? '')) throw invalid('its key has characters nobody sees', mounts);
  return found.data;
}

/** Undefined when it does not begin with `k8s:`. */
export function parseClusterReference(text: string): ClusterSecretReference | undefined {
  const rest = /^k8s:(.*)$/s.exec(text.trim())?.[1];
  if (rest === undefined) return undefined;
  const [, namespace, name, key] = /^([a-z0-9][a-z0-9-]*)\/([a-z0-9][a-z0-9.-]*)#([-._A-Za-z0-9]+)$/.exec(rest) ?? [];
  const found = clusterSecretReference.safeParse({ namespace, name, key });
  if (found.success) return found.data;
  throw vaultToolError('vault-reference-invalid', {
    message: 'what follows k8s: is not the key of a Kubernetes Secret',
    next: 'write it as k8s:namespace/name#key',
  });
}

function cutVersion(text: string): readonly [string, number | undefined] {
  const [, before, digits] = /^(.*)@([1-9]\d{0,8})$/s.exec(text) ?? [];
  return before === undefined ? [text, undefined] : [before, Number(digits)];
}

/** The longest: one mount may stand below another. */
function mountOf(full: string, mounts: readonly string[]): string | undefined {
  return mounts
    .map((mount) => mount.replace(/\/+$/, ''))
    .filter((mount) => mount !== '' && full.startsWith(`${mount}/`))
    .toSorted((a, b) => b.length - a.length)[0];
}

function invalid(what: string, mounts: readonly string[]): Error {
  const plain = mounts.map((mount) => mount.replace(/\/+$/, '')).filter(isPlain);
  const named = plain.length === 0 ? '' : `; mounts: ${plain.slice(0, 12).join(', ')}`;
  return vaultToolError('vault-reference-invalid', {
    message: `this is no reference to a secret: ${what}`,
    next: `write it as mount/path#key, like secret/apps/mail#password; vault_search finds it${named}`,
  });
}
