import { CastellanError, type Secret } from '../kit/index.ts';
import type { StoreLog } from '../store/log.ts';
import type { LentToken } from './kubernetes-tokens.ts';
import { untilSettledOr } from './until.ts';

/**
 * A credential that is lent: minted when it is first needed, prolonged or replaced before four fifths of its time are over,
 * given back at the end. What replaces another gives that one back too, so there is never more than one that lives on.
 */
export interface Leased extends AsyncDisposable {
  /** `refused`: the one that was not accepted where it was shown; another is minted, unless that has happened already. */
  current(signal?: AbortSignal, refused?: Secret): Promise<Secret>;
  standing(): LeaseStanding;
}

export interface LeaseStanding {
  readonly state: 'none' | 'lent' | 'expired';
  readonly expiresAt: Date | undefined;
  /** The code of what went wrong last; undefined where the last thing went well. */
  readonly failure: string | undefined;
}

export interface LeasedOptions {
  mint(): Promise<LentToken>;
  /** Until when it lives then; without it, another is minted instead. */
  renew?(lease: Secret): Promise<Date>;
  revoke(lease: Secret): Promise<void>;
  readonly now?: () => number;
  /** Without it the standing tells, until the end. */
  readonly log?: StoreLog;
}

interface Lent extends LentToken {
  readonly since: number;
}

/** With a jitter below it, so that the four fifths are never reached. */
const renewAt = 0.75;
/** However often it is refused, it is not replaced more often than this. */
const pauseMs = 10_000;

export function openLeased({ mint, renew, revoke, now = Date.now, log }: LeasedOptions): Leased {
  let lent: Lent | undefined;
  let pending: Promise<Lent> | undefined;
  let failure: string | undefined;
  let tried = Number.NEGATIVE_INFINITY;
  let closed = false;

  const isLive = (one: Lent | undefined): one is Lent => one !== undefined && now() < one.expiresAt.getTime();
  const share = renewAt - Math.random() / 10;
  const isDue = ({ since, expiresAt }: Lent): boolean => now() >= since + (expiresAt.getTime() - since) * share;

  const giveBack = async (lease: Secret): Promise<void> => {
    try {
      await revoke(lease);
    } catch (error) {
      // It ends by itself with its time; until then somebody must be able to see that it lives on.
      failure = codeOf(error);
      log?.warn({ code: codeOf(error) }, 'vault-lease-not-revoked');
    }
  };

  const prolonged = async (before: Lent): Promise<Lent | undefined> => {
    if (renew === undefined) return undefined;
    const since = now();
    try {
      const expiresAt = await renew(before.lease);
      return expiresAt.getTime() > before.expiresAt.getTime() + 500 ? { ...before, since, expiresAt } : undefined;
    } catch (error) {
      log?.info({ code: codeOf(error) }, 'vault-lease-not-renewed');
      return undefined;
    }
  };

  const obtain = async (replace: boolean): Promise<Lent> => {
    const before = lent;
    tried = now();
    try {
      const longer = isLive(before) && !replace ? await prolonged(before) : undefined;
      const next = longer ?? { ...(await mint()), since: now() };
      failure = undefined;
      if (closed) {
        await giveBack(next.lease);
        throw new DOMException('the credential is not needed any more', 'AbortError');
      }
      lent = next;
      if (before !== undefined && before.lease !== next.lease) await giveBack(before.lease);
      return next;
    } catch (error) {
      failure = codeOf(error);
      // Not renewed is no reason to stop while it still lives.
      if (!replace && !closed && isLive(before)) return before;
      throw error;
    }
  };

  return {
    async current(signal, refused) {
      const replace = refused !== undefined && lent?.token === refused && now() - lent.since >= pauseMs;
      const resting = failure !== undefined && now() - tried < 1_000;
      if (isLive(lent) && !replace && (resting || !isDue(lent))) return lent.token;
      pending ??= obtain(replace).finally(() => {
        pending = undefined;
      });
      return (signal === undefined ? await pending : await untilSettledOr(signal, pending)).token;
    },
    standing: () => ({
      state: lent === undefined ? 'none' : isLive(lent) ? 'lent' : 'expired',
      expiresAt: lent?.expiresAt,
      failure,
    }),
    async [Symbol.asyncDispose]() {
      closed = true;
      // What is being minted is given back by whoever mints it.
      await pending?.catch(() => undefined);
      const last = lent;
      lent = undefined;
      if (last !== undefined) await giveBack(last.lease);
    },
  };
}

function codeOf(error: unknown): string {
  return error instanceof CastellanError ? error.code : 'unexpected';
}
