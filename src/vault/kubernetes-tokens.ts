import { z } from 'zod';
import type { Secret } from '../kit/index.ts';
import { tokenShape } from './auth/held.ts';
import { segmentsOf } from './path.ts';
import type { AskOptions, VaultClient } from './port.ts';
import { anyReply } from './replies.ts';

/**
 * Tokens of a ServiceAccount that Vault's Kubernetes engine lends. The role in Vault says which account and where. Revoking
 * the lease takes away what the engine made for it: an account of its own, where the role has it made. Of an account that was
 * there before, a token stays good until its own end, so the time asked for should be short.
 */
export interface KubernetesTokenRequest {
  readonly mount: string;
  readonly role: string;
  readonly namespace: string;
  readonly ttlSeconds: number;
  /** The role makes an account for each token: bind it in the whole cluster instead of in the namespace. */
  readonly clusterWide: boolean;
}

export interface LentToken {
  readonly token: Secret;
  /** Opens what it stands for to whoever may revoke it, and tells them its path: not for logs. */
  readonly lease: Secret;
  readonly expiresAt: Date;
}

export interface KubernetesToken extends LentToken {
  /** `castellan/castellan`: namespace and name. */
  readonly account: string;
}

const name = z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/);

const credsShape = z.object({
  lease_id: tokenShape,
  lease_duration: z.number().positive(),
  data: z.object({
    service_account_token: tokenShape,
    service_account_name: name,
    service_account_namespace: name,
  }),
});

export async function mintKubernetesToken(
  vault: VaultClient,
  { mount, role, namespace, ttlSeconds, clusterWide }: KubernetesTokenRequest,
  o?: AskOptions,
): Promise<KubernetesToken> {
  const before = Date.now();
  const path = [...segmentsOf(mount), 'creds', role];
  const { lease_id, lease_duration, data } = await vault.ask(
    {
      method: 'POST',
      path,
      body: {
        kubernetes_namespace: namespace,
        ttl: `${ttlSeconds}s`,
        ...(clusterWide ? { cluster_role_binding: true } : {}),
      },
      reply: credsShape,
    },
    o,
  );
  return {
    token: data.service_account_token,
    lease: lease_id,
    // Counted from before it was asked for: rather ended here too early than refused there.
    expiresAt: new Date(before + lease_duration * 1_000),
    account: `${data.service_account_namespace}/${data.service_account_name}`,
  };
}

const renewedShape = z.object({ lease_duration: z.number().nonnegative(), renewable: z.boolean() });

/** Until when the lease lives now. The Kubernetes engine's own are not renewable (`vault-rejected`): another is minted. */
export async function renewLease(vault: VaultClient, lease: Secret, seconds: number, o?: AskOptions): Promise<Date> {
  const before = Date.now();
  const request = {
    method: 'POST',
    path: ['sys', 'leases', 'renew'],
    body: { lease_id: lease, increment: seconds },
  } as const;
  const { lease_duration } = await vault.ask({ ...request, reply: renewedShape }, o);
  return new Date(before + lease_duration * 1_000);
}

export async function revokeLease(vault: VaultClient, lease: Secret, o?: AskOptions): Promise<void> {
  await vault.ask({ method: 'POST', path: ['sys', 'leases', 'revoke'], body: { lease_id: lease }, reply: anyReply }, o);
}
