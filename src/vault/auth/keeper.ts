import { z } from 'zod';
import { CastellanError, type Secret } from '../../kit/index.ts';
import type { StoreLog } from '../../store/log.ts';
import type { TokenSource } from '../client.ts';
import { vaultError } from '../errors.ts';
import type { TokenStanding, VaultAuth } from '../port.ts';
import { untilSettledOr } from '../until.ts';
import { markOf } from './credential-file.ts';
import { type Held, lookUp, renewed } from './held.ts';
import { logIn, type Speak } from './log-in.ts';

/**
 * Keeps one token alive.
 *
 *            obtained                       renewed at two thirds of its time
 *   lost  ────────────────▶  alive  ◀──────────────────────────────────────────┐
 *    ▲  ▲                    │  │  └────────────────────────────────────────────┘
 *    │  └────────────────────┘  │ the file holds another's token: never used, never renewed
 *    │   expired, revoked       ▼
 *    └──────────────────────  foreign     until the file changes
 *
 * Lost is left by whoever asks next, who logs in or reads the file again. Calls that start together share one login, and
 * what failed is not tried again at once: logins are writes to Vault's own storage.
 */
const restAfterFailureMs = 1_000;
const mostLoginsAMinute = 6;
const longestTimerMs = 24 * 3_600_000;

export interface KeeperOptions {
  readonly auth: VaultAuth;
  readonly speak: Speak;
  readonly log: StoreLog;
  readonly now: () => number;
}

export class TokenKeeper implements TokenSource, AsyncDisposable {
  readonly #options: KeeperOptions;
  #held: Held | undefined;
  #obtaining: Promise<Held> | undefined;
  #failure: { readonly error: unknown; readonly until: number } | undefined;
  #state: TokenStanding['state'] = 'lost';
  #why: string | undefined = 'not logged in yet';
  #renewedAt: number | undefined;
  #lookedAt = 0;
  #logins: readonly number[] = [];
  #mark: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  async current(signal: AbortSignal): Promise<Secret> {
    await this.#lookAtFile();
    if (this.#closed) throw gone('the session is closed');
    if (this.#usable !== undefined) return this.#usable.token;
    return (await untilSettledOr(signal, this.#obtained())).token;
  }

  async replaced(refused: Secret, unknown: boolean, signal: AbortSignal): Promise<boolean> {
    // Somebody else's call has found it out already.
    if (this.#held?.token !== refused) return this.#usable !== undefined || this.#obtaining !== undefined;
    if (!unknown && !(await this.#isGone(refused, signal))) return false;
    this.#lose('lost', 'Vault does not know the token any more');
    await untilSettledOr(signal, this.#obtained());
    return true;
  }

  standing(): TokenStanding {
    const held = this.#held;
    const expired = held !== undefined && this.#usable === undefined;
    return {
      state: expired ? 'lost' : this.#state,
      accessor: held?.accessor,
      displayName: held?.displayName,
      policies: held?.policies ?? [],
      expiresAt: dateOf(held?.expiresAt),
      renewedAt: dateOf(this.#renewedAt),
      why: expired ? 'the token has expired' : this.#why,
    };
  }

  get isBatch(): boolean {
    return this.#held?.batch === true;
  }

  /** A token we logged in for is given back; one from a file is somebody's, who may use it elsewhere. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    const held = this.#usable;
    this.#lose('lost', 'the session is closed');
    if (held === undefined || held.batch || this.#options.auth.kind === 'token-file') return;
    try {
      const path = ['auth', 'token', 'revoke-self'];
      await this.#options
        .speak(held.token)
        .ask({ method: 'POST', path, body: {}, reply: anything }, { deadlineMs: 2_000 });
    } catch (error) {
      this.#options.log.warn({ accessor: held.accessor, code: codeOf(error) }, 'vault-token-not-revoked');
    }
  }

  get #usable(): Held | undefined {
    const held = this.#held;
    if (held === undefined || this.#state !== 'alive') return undefined;
    return held.expiresAt !== undefined && this.#options.now() >= held.expiresAt ? undefined : held;
  }

  async #lookAtFile(): Promise<void> {
    const { auth } = this.#options;
    if (auth.kind !== 'token-file') return;
    const mark = await markOf(auth.file);
    if (mark === this.#mark) return;
    const first = this.#mark === undefined;
    this.#mark = mark;
    this.#failure = undefined;
    if (!first) this.#lose('lost', 'the token file changed');
  }

  #obtained(): Promise<Held> {
    if (this.#failure !== undefined && this.#options.now() < this.#failure.until) throw this.#failure.error;
    this.#obtaining ??= this.#obtain().finally(() => {
      this.#obtaining = undefined;
    });
    return this.#obtaining;
  }

  async #obtain(): Promise<Held> {
    const { auth, speak, now, log } = this.#options;
    try {
      this.#countLogin();
      const held = await logIn(auth, speak, now);
      this.#assertOurs(held);
      if (this.#closed) throw gone('the session is closed');
      this.#keep(held);
      log.info({ accessor: held.accessor, name: held.displayName, policies: held.policies }, 'vault-token-obtained');
      return held;
    } catch (error) {
      this.#failure = { error, until: now() + restAfterFailureMs };
      if (this.#state !== 'foreign') this.#lose('lost', messageOf(error));
      log.warn({ code: codeOf(error), kind: auth.kind }, 'vault-token-not-obtained');
      throw error;
    }
  }

  /** Somebody logged in over our file: with that token we would be somebody else, and keep them logged in for ever. */
  #assertOurs(held: Held): void {
    const { auth } = this.#options;
    if (auth.kind !== 'token-file' || held.policies.includes(auth.requiredPolicy)) return;
    const name = held.displayName === undefined ? '' : ` (${held.displayName.slice(0, 100)})`;
    const why = `the token in ${auth.file}${name} has not the policy ${auth.requiredPolicy}, so it is somebody else's`;
    this.#lose('foreign', why);
    throw vaultError('vault-token-lost', {
      message: `${why}; it is neither used nor renewed`,
      next: 'put the token made for this into the file; it is read again when it changes',
    });
  }

  #keep(held: Held): void {
    this.#held = held;
    this.#state = 'alive';
    this.#why = undefined;
    this.#failure = undefined;
    this.#schedule(held, 2 / 3);
  }

  #lose(state: 'lost' | 'foreign', why: string): void {
    clearTimeout(this.#timer);
    this.#held = undefined;
    this.#state = state;
    this.#why = why;
  }

  #countLogin(): void {
    const { now, auth } = this.#options;
    this.#logins = [...this.#logins.filter((at) => now() - at < 60_000), now()];
    if (this.#logins.length <= mostLoginsAMinute || auth.kind === 'token-file') return;
    throw gone(`it was logged in ${mostLoginsAMinute} times within a minute, and each token was lost at once`);
  }

  /** Vault says 403 of a token it does not know and of one that may not. A look at oneself tells, not more often than this. */
  async #isGone(token: Secret, signal: AbortSignal): Promise<boolean> {
    const { speak, now } = this.#options;
    if (now() - this.#lookedAt < 10_000) return false;
    this.#lookedAt = now();
    try {
      await lookUp(speak(token), token, now(), { signal });
      return false;
    } catch (error) {
      return codeOf(error) === 'vault-refused';
    }
  }

  /** Everybody restarts together after a power cut: so that they do not renew together for ever, each is a little early. */
  #schedule(held: Held, share: number): void {
    clearTimeout(this.#timer);
    if (held.expiresAt === undefined || this.#closed) return;
    const remaining = held.expiresAt - this.#options.now();
    const delay = Math.max(100, remaining * share * (0.9 + Math.random() / 10));
    const work = delay > longestTimerMs ? () => this.#schedule(held, share) : () => this.#renewNow(held);
    this.#timer = setTimeout(() => void work(), Math.min(delay, longestTimerMs)).unref();
  }

  async #renewNow(held: Held): Promise<void> {
    const { auth, speak, now, log } = this.#options;
    if (this.#held !== held) return;
    try {
      if (auth.kind === 'token-file') {
        await this.#lookAtFile();
        if (this.#held !== held) return;
        if (!held.renewable) return log.warn({ accessor: held.accessor }, 'vault-token-ends');
        this.#assertOurs(await lookUp(speak(held.token), held.token, now()));
      } else if (!held.renewable) {
        await this.#obtained();
        return;
      }
      const before = held.expiresAt ?? now();
      const longer = await renewed(speak(held.token), held, now());
      if (this.#held !== held) return;
      this.#renewedAt = now();
      // Its longest time is reached: it is not prolonged any more, so another is obtained while this one still works.
      const prolonged = longer.expiresAt === undefined || longer.expiresAt - now() > (before - now()) * 1.2;
      if (!prolonged && auth.kind !== 'token-file') await this.#obtained();
      else this.#keep(longer);
    } catch (error) {
      log.warn({ code: codeOf(error), accessor: held.accessor }, 'vault-token-not-renewed');
      if (this.#held !== held) return;
      if (codeOf(error) === 'vault-refused' && auth.kind !== 'token-file')
        this.#lose('lost', 'the renewal was refused');
      else this.#schedule(held, 1 / 3);
    }
  }
}

const anything = z.unknown();

function dateOf(at: number | undefined): Date | undefined {
  return at === undefined ? undefined : new Date(at);
}

function codeOf(error: unknown): string {
  return error instanceof CastellanError ? error.code : 'unexpected';
}

function messageOf(error: unknown): string {
  return error instanceof CastellanError ? error.message : 'no token could be obtained';
}

function gone(why: string): Error {
  return vaultError('vault-token-lost', {
    message: `there is no token to ask Vault with: ${why}`,
    next: 'look at `vault_health`',
  });
}
