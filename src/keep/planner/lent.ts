import { z } from 'zod';
import { Secret } from '../../kit/index.ts';
import type { StoreLog } from '../../store/log.ts';
import { mintKubernetesToken, revokeLease } from '../../vault/kubernetes-tokens.ts';
import { segmentsOf } from '../../vault/path.ts';
import type { VaultClient } from '../../vault/port.ts';
import type { LentToPlans, Profile } from '../config/valid.ts';
import { unusable } from './errors.ts';
import type { Planner } from './port.ts';

/**
 * Credentials of one plan, lent by Vault: minted just before it, put where the files of keep.yaml would be, and given back
 * right after it, however it ended. An apply is lent nothing. A plan that cannot be lent what its profile says is not made.
 */
export interface LendingOptions {
  /** Undefined: keep.yaml names no Vault. */
  readonly vault: () => VaultClient | undefined;
  readonly log: StoreLog;
}

export function lendingPlanner(planner: Planner, { vault, log }: LendingOptions): Planner {
  return {
    cleanUp: () => planner.cleanUp(),
    async plan(request, signal) {
      const { profile } = request;
      if (profile.vault === undefined) return planner.plan(request, signal);
      const lender = vault();
      if (lender === undefined) {
        throw unusable(
          `the profile ${profile.name} is lent credentials and no Vault is named`,
          'add `vault` to keep.yaml',
        );
      }
      const leases: Secret[] = [];
      try {
        const lent = await withLent(profile, profile.vault, lender, leases, signal);
        return await planner.plan({ ...request, profile: lent }, signal);
      } finally {
        for (const lease of leases) await giveBack(lender, lease, log);
      }
    },
  };
}

/** Each lease is noted as soon as it is there, so that it is given back also where the next cannot be had. */
async function withLent(
  profile: Profile,
  { kubernetes, credentials }: LentToPlans,
  vault: VaultClient,
  leases: Secret[],
  signal: AbortSignal,
): Promise<Profile> {
  const read: Record<string, Secret> = {};
  for (const [variable, { path, field }] of Object.entries(credentials)) {
    if (variable in profile.credentials || variable in profile.env) {
      throw unusable(
        `the profile ${profile.name} gives ${variable} twice`,
        'name it in `env`, `credentials` or `vault`, once',
      );
    }
    read[variable] = await readField(profile.name, vault, { path, field }, leases, signal);
  }
  const lent = { ...profile, credentials: { ...profile.credentials, ...read } };
  if (kubernetes === undefined) return lent;
  const { minutes, ...asked } = kubernetes;
  if (profile.kubernetes === undefined || minutes * 60 < profile.timeoutSeconds) {
    const why =
      profile.kubernetes === undefined ? 'has no `kubernetes` to use it with' : 'may plan longer than it lives';
    throw unusable(
      `the profile ${profile.name} is lent a token of the cluster and ${why}`,
      'name the kubeconfig of the API server, and more minutes than timeoutSeconds are',
    );
  }
  const { token, lease } = await mintKubernetesToken(vault, { ...asked, ttlSeconds: minutes * 60 }, { signal });
  leases.push(lease);
  return { ...lent, kubernetes: { ...profile.kubernetes, token } };
}

const lentShape = z.object({
  lease_id: z.string().nullish(),
  data: z.record(z.string(), z.unknown()),
});

async function readField(
  profile: string,
  vault: VaultClient,
  { path, field }: { readonly path: string; readonly field: string },
  leases: Secret[],
  signal: AbortSignal,
): Promise<Secret> {
  const { lease_id, data } = await vault.ask({ method: 'GET', path: segmentsOf(path), reply: lentShape }, { signal });
  if (typeof lease_id === 'string' && lease_id !== '') leases.push(new Secret(lease_id));
  const value = Object.hasOwn(data, field) ? data[field] : undefined;
  if (typeof value === 'string' && value !== '') return new Secret(value);
  throw unusable(`what Vault lends the profile ${profile} at ${path} has no ${field}`, 'correct `field` in keep.yaml');
}

/** It ends by itself with its time; that it lives on until then must be seen. */
async function giveBack(vault: VaultClient, lease: Secret, log: StoreLog): Promise<void> {
  try {
    await revokeLease(vault, lease);
  } catch (error) {
    log.warn({ code: error instanceof Error && 'code' in error ? error.code : 'unexpected' }, 'plan.lease-not-revoked');
  }
}
