import { fingerprinterError } from './errors.ts';
import type { KvMount, VaultReads } from './vault-reads.ts';

/** Of one question to Vault. */
const mostPaths = 100;

/** Beyond what it takes to read. `deny` on a path is no more than a path that cannot be read. */
const harmless: ReadonlySet<string> = new Set(['read', 'list', 'deny', 'subscribe', 'scan']);

/** Where the values of a secret are, and its metadata. */
export function pathsOf({ name, kvVersion }: KvMount, path: string): readonly string[] {
  return kvVersion === 1 ? [`${name}/${path}`] : [`${name}/data/${path}`, `${name}/metadata/${path}`];
}

/**
 * The one token that reads every value must not be able to do anything else: whoever took it could change them, and nobody would
 * have signed. Errors: `fingerprinter-token-writes`, and those of Vault.
 */
export async function assertOnlyReads(vault: VaultReads, paths: readonly string[], signal: AbortSignal): Promise<void> {
  for (let at = 0; at < paths.length; at += mostPaths) {
    const asked = paths.slice(at, at + mostPaths);
    const found = await vault.capabilities(asked, signal);
    for (const path of asked) {
      const rights = found.get(path);
      const more = rights === undefined ? ['unknown rights'] : rights.filter((right) => !harmless.has(right));
      if (more.length === 0) continue;
      throw fingerprinterError('fingerprinter-token-writes', {
        message: `the fingerprinter's token has more than read on ${path}: ${more.join(', ')}`,
        next: 'give it the policy of deploy/vault/castellan-fingerprinter.hcl alone, and no other',
      });
    }
  }
}
