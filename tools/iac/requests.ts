import type { KeepClient } from '../../src/change/wire/keep-port.ts';
import type { KeepReply, KeepState } from '../../src/change/wire/protocol.ts';
import type { RequestView } from '../../src/change/wire/secret.ts';
import { CastellanError } from '../../src/kit/index.ts';
import { iacError } from './errors.ts';
import type { Following } from './follow-change.ts';

/** What agents asked of humans about secrets, as the keep tells of it. */
export interface FollowedRequest {
  readonly request: RequestView;
  readonly keep: KeepState;
}

const lookMs = 10_000;

/** Looks at a request until a human moved it, or the time is over. */
export async function followRequest(
  id: string,
  { keep, until, signal, progress }: Following,
): Promise<FollowedRequest> {
  let followed = requestIn(await keep.ask({ verb: 'status', of: 'request', id, waitMs: 0 }, signal));
  for (;;) {
    const { state } = followed.request;
    const left = Math.round(until - performance.now());
    if (left <= 0 || (state !== 'waiting' && state !== 'signed')) return followed;
    progress(`${id}: ${state}`);
    const asked = performance.now();
    const waitMs = Math.min(left, lookMs);
    followed = requestIn(await keep.ask({ verb: 'status', of: 'request', id, waitMs }, signal));
    // A keep that does not wait is not asked in a circle.
    if (followed.request.state === state && performance.now() - asked < Math.min(200, waitMs)) return followed;
  }
}

/** Beside the changes. A keep that has no Vault has none: that is said, and the changes are told all the same. */
export async function requestsBeside(
  keep: KeepClient,
  limit: number,
  signal: AbortSignal,
): Promise<{ readonly requests: readonly RequestView[]; readonly why: string | undefined }> {
  try {
    const { requests = [] } = await keep.ask({ verb: 'status', of: 'requests', limit }, signal);
    return { requests, why: undefined };
  } catch (error) {
    if (signal.aborted || !(error instanceof CastellanError)) throw error;
    return { requests: [], why: error.code };
  }
}

export function requestIn({ requests, keep }: KeepReply): FollowedRequest {
  const request = requests?.[0];
  if (request !== undefined) return { request, keep };
  throw iacError('keep-reply-invalid', {
    message: 'what came back from the keep tells of no request',
    next: 'run keep and daemon of one version: restart both after an upgrade',
  });
}
