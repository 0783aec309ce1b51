import { z } from 'zod';
import { Secret } from '../../kit/index.ts';
import { capabilitiesOf } from '../../vault/capabilities.ts';
import { flatten } from '../../vault/flat.ts';
import { listAt, listKeys, metadataOf, mountsOf } from '../../vault/kv.ts';
import { segmentsOf } from '../../vault/path.ts';
import type { VaultClient } from '../../vault/port.ts';
import { readValues } from '../../vault/values.ts';
import type { KvMount, VaultReads } from './vault-reads.ts';

// No copy of what came: z.record would drop a key named __proto__, which then would be a value nobody knows of.
const object = z.custom<object>((given) => typeof given === 'object' && given !== null && !Array.isArray(given));
const plainValues = z.object({ data: object });

/** The real Vault, through the one hardened client. */
export function vaultReads(vault: VaultClient, now: () => Date): VaultReads {
  return {
    mounts: async (signal) =>
      (await mountsOf(vault, { signal })).flatMap(({ name, kvVersion }): readonly KvMount[] =>
        kvVersion === undefined ? [] : [{ name, kvVersion }],
      ),
    list: ({ name, kvVersion }, path, signal) =>
      kvVersion === 2
        ? listKeys(vault, name, path, { signal })
        : listAt(vault, [...segmentsOf(name), ...segmentsOf(path)], { signal }),
    metadata: ({ name }, path, signal) => metadataOf(vault, name, path, { signal }),
    values: async ({ name, kvVersion }, path, version, signal) => {
      if (kvVersion === 2) return readValues(vault, name, path, version, { signal });
      const at = [...segmentsOf(name), ...segmentsOf(path)];
      const { data } = await vault.ask({ method: 'GET', path: at, reply: plainValues }, { signal });
      const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
      return {
        values: new Map(flatten(data).map(([key, value]) => [key, new Secret(text(value))])),
        version: 1,
        createdAt: now(),
      };
    },
    capabilities: (paths, signal) => capabilitiesOf(vault, paths, { signal }),
  };
}
