import { z } from 'zod';
import type { Bearer } from '../../src/cluster/index.ts';
import type { ProbeFinding, Reach } from '../../src/kit/index.ts';
import type { VaultSession } from '../../src/vault/index.ts';
import { mintKubernetesToken, revokeLease } from '../../src/vault/kubernetes-tokens.ts';
import { openLeased } from '../../src/vault/leased.ts';

/**
 * The account that reads the cluster, lent by Vault: its token is minted when it is first needed, replaced before it ends and
 * given back with the connection. What it may do is checked as with any other; the kubeconfig then holds nothing worth taking.
 */
const word = z.string().regex(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}$/, 'takes a name');

export const lentAccountConfig = z.strictObject({
  mount: z
    .string()
    .regex(/^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/, 'takes the path of a mount')
    .default('kubernetes')
    .describe("Vault's Kubernetes engine"),
  role: word.describe('its role, of an account that only reads'),
  namespace: word.describe('where the role may make the token'),
  clusterWide: z.boolean().default(false).describe('bind the account of the role in the whole cluster'),
  minutes: z.int().min(10).max(1_440).default(60).describe('how long one token lives'),
});

export interface LentAccount extends AsyncDisposable {
  readonly bearer: Bearer;
  probe(): ProbeFinding;
}

export function openLentAccount(
  { minutes, ...request }: z.output<typeof lentAccountConfig>,
  vault: Reach<VaultSession>,
): LentAccount {
  const leased = openLeased({
    mint: async () => mintKubernetesToken(await vault(), { ...request, ttlSeconds: minutes * 60 }),
    revoke: async (lease) => revokeLease(await vault(), lease),
  });
  return {
    bearer: (signal, refused) => leased.current(signal, refused),
    probe: () => {
      const check = 'token lent by Vault';
      const { state, expiresAt, failure } = leased.standing();
      if (state !== 'lent') {
        const next = `check vault_health, and that its policy grants update on ${request.mount}/creds/${request.role}`;
        return {
          check,
          status: 'unknown',
          detail: `none is held${failure === undefined ? '' : ` (${failure})`}`,
          next,
        };
      }
      const until = `good until ${expiresAt?.toISOString().slice(0, 16)}Z`;
      if (failure === undefined) return { check, status: 'pass', detail: until };
      return {
        check,
        status: 'fail',
        detail: `${until}, and the last try failed (${failure})`,
        next: 'look at vault_health',
      };
    },
    [Symbol.asyncDispose]: () => leased[Symbol.asyncDispose](),
  };
}
