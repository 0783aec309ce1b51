import { z } from 'zod';
import { Secret } from '../../kit/index.ts';
import type { AskOptions, VaultClient } from '../port.ts';

/** A token and what is known of it. Only the keeper has one. */
export interface Held {
  readonly token: Secret;
  readonly accessor: string | undefined;
  readonly displayName: string | undefined;
  /** `policies` and `identity_policies`: those of a person or a group stand in the second alone. */
  readonly policies: readonly string[];
  readonly renewable: boolean;
  readonly batch: boolean;
  /** Undefined: it does not expire. */
  readonly expiresAt: number | undefined;
}

/** What may stand in a header; a newline would begin another one. */
export const tokenShape = z
  .string()
  .regex(/^[\x21-\x7e]{1,8192}$/)
  .transform((text) => new Secret(text));

const names = z.array(z.string()).nullish();

/** Of every reply that gives a token. */
export const grantShape = z.object({
  auth: z.object({
    client_token: tokenShape,
    accessor: z.string().nullish(),
    policies: names,
    identity_policies: names,
    lease_duration: z.number().nonnegative(),
    renewable: z.boolean(),
    token_type: z.string().nullish(),
  }),
});

const renewedShape = z.object({
  auth: z.object({ lease_duration: z.number().nonnegative(), renewable: z.boolean() }),
});

/** Without `id`, which is the token. */
const lookedUpShape = z.object({
  data: z.object({
    accessor: z.string().nullish(),
    display_name: z.string().nullish(),
    policies: names,
    identity_policies: names,
    ttl: z.number().nonnegative(),
    expire_time: z.string().nullish(),
    renewable: z.boolean().nullish(),
    type: z.string().nullish(),
  }),
});

export function heldOf({ auth }: z.output<typeof grantShape>, now: number): Held {
  return {
    token: auth.client_token,
    accessor: auth.accessor || undefined,
    displayName: undefined,
    policies: merged(auth.policies, auth.identity_policies),
    renewable: auth.renewable,
    batch: auth.token_type === 'batch',
    expiresAt: auth.lease_duration === 0 ? undefined : now + auth.lease_duration * 1_000,
  };
}

/** Asks Vault what the token is. `vault` asks with that token. */
export async function lookUp(vault: VaultClient, token: Secret, now: number, o?: AskOptions): Promise<Held> {
  const { data } = await vault.ask({ method: 'GET', path: ['auth', 'token', 'lookup-self'], reply: lookedUpShape }, o);
  const lives = data.ttl === 0 && (data.expire_time === undefined || data.expire_time === null);
  return {
    token,
    accessor: data.accessor || undefined,
    displayName: data.display_name || undefined,
    policies: merged(data.policies, data.identity_policies),
    renewable: data.renewable === true,
    batch: data.type === 'batch',
    expiresAt: lives ? undefined : now + data.ttl * 1_000,
  };
}

/** Vault says how long it lives from now, which may be less than before: no token outlives its longest time. */
export async function renewed(vault: VaultClient, held: Held, now: number): Promise<Held> {
  const path = ['auth', 'token', 'renew-self'];
  const { auth } = await vault.ask({ method: 'POST', path, body: {}, reply: renewedShape });
  const expiresAt = auth.lease_duration === 0 ? held.expiresAt : now + auth.lease_duration * 1_000;
  return { ...held, renewable: auth.renewable, expiresAt };
}

function merged(...lists: readonly (readonly string[] | null | undefined)[]): readonly string[] {
  return [...new Set(lists.flatMap((list) => list ?? []))].sort();
}
