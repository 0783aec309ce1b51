import { z } from 'zod';
import type { DocumentOf } from '../../change/document/documents.ts';
import type { Secret } from '../../kit/index.ts';
import type { VaultDoor } from './door.ts';
import { requestError } from './errors.ts';
import { type ClusterAddress, kubeconfigOf } from './kubeconfig.ts';

export interface Loan {
  readonly kubeconfig: Secret;
  readonly until: Date;
  /** Takes it back, where it could not be handed over. */
  takeBack(): Promise<void>;
}

/** A lease of a batch token ends with it: that of this job lives as long as what it lends, and a little for the clocks. */
const spareSeconds = 60;
const takeBackSeconds = 60;

/**
 * A kubeconfig for whoever signed. It is theirs until it ends: nobody here keeps the lease or renews it. One that would be good for
 * longer than was signed is taken back and shown to nobody. Errors: `request-not-done`, those of Vault.
 */
export async function lend(
  door: VaultDoor,
  { role, namespace, minutes, clusterWide }: DocumentOf<'token'>,
  address: ClusterAddress,
  now: () => Date,
): Promise<Loan> {
  const ttlSeconds = minutes * 60;
  const before = now().getTime();
  return door.work('lend', ttlSeconds + spareSeconds, async (doing) => {
    const { token, lease, expiresAt } = await doing.mint({ role, namespace, ttlSeconds, clusterWide });
    const takeBack = (): Promise<void> => door.work('lend', takeBackSeconds, (later) => later.revoke(lease));
    const ends = [expiresAt, endOf(token)];
    const latest = now().getTime() + (ttlSeconds + spareSeconds) * 1_000;
    const tooLong = ends.some((end) => end === undefined || !(end.getTime() <= latest));
    if (tooLong) {
      await doing.revoke(lease);
      throw requestError('request-not-done', {
        message: `Vault lent a token that is good for longer than the ${minutes} minutes that were signed, or does not say how long`,
        next: 'look at token_max_ttl of the role; the token was taken back',
      });
    }
    const until = new Date(Math.min(...ends.map((end) => end?.getTime() ?? before)));
    return { kubeconfig: kubeconfigOf({ role, namespace, token }, address), until, takeBack };
  });
}

const claims = z.object({ exp: z.number() });

/** What the cluster itself holds it to: a lease may end before its token does. */
function endOf(token: Secret): Date | undefined {
  const [, body = ''] = token.reveal().split('.');
  try {
    const read = claims.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString())).data;
    return read === undefined ? undefined : new Date(read.exp * 1_000);
  } catch {
    // No JWT: nobody can say when it ends.
    return undefined;
  }
}
