import { z } from 'zod';
import { vaultError } from './errors.ts';
import type { AskOptions, VaultClient } from './port.ts';

const names = z.array(z.string());

/** What the token may do at each path: `read`, `list`, `deny`, `root`, … Paths as they stand in policies: `secret/data/apps`. */
export async function capabilitiesOf(
  vault: VaultClient,
  paths: readonly string[],
  o?: AskOptions,
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (paths.length === 0) return new Map();
  const request = { method: 'POST', path: ['sys', 'capabilities-self'], body: { paths: [...paths] } } as const;
  const { data } = await vault.ask({ ...request, reply: z.object({ data: z.record(z.string(), z.unknown()) }) }, o);
  return new Map(
    paths.map((path) => {
      const said = names.safeParse(data[path]);
      if (said.success) return [path, said.data] as const;
      // A path that is left out may be granted: nothing said is not the same as denied.
      throw vaultError('vault-reply-invalid', {
        message: 'Vault did not say of every path what the token may do there',
        next: 'ask for fewer paths, written as in a policy',
      });
    }),
  );
}
