import { setTimeout as pause } from 'node:timers/promises';
import { CastellanError, type Secret } from '../kit/index.ts';
import type { Driver } from './driver.ts';
import { vaultError } from './errors.ts';
import { isPassing, successOf, tokenIsUnknown } from './judge.ts';
import { openBody } from './open-body.ts';
import { encodePath } from './path.ts';
import type { AskOptions, VaultClient, VaultRequest } from './port.ts';
import type { Received, Sender } from './sender.ts';
import { awakeDeadline } from './until.ts';

/** Where a client has its token from. */
export interface TokenSource {
  /** Undefined: it asks without one. */
  current(signal: AbortSignal): Promise<Secret | undefined>;
  /** Handed back after a 403. True: there is another now, so asking once more makes sense. */
  replaced(refused: Secret, unknown: boolean, signal: AbortSignal): Promise<boolean>;
}

export const noToken: TokenSource = {
  current: async () => undefined,
  replaced: async () => false,
};

export function fixedToken(token: Secret): TokenSource {
  return { current: async () => token, replaced: async () => false };
}

const defaultDeadlineMs = 5_000;
const mostRetries = 3;

interface Asked {
  readonly request: Omit<VaultRequest<unknown>, 'reply'>;
  readonly below: string;
  readonly what: string;
  readonly signal: AbortSignal;
}

/** Asks with one token. It holds it as a private member, so that printing the client shows an address and nothing else. */
export class Client implements VaultClient {
  readonly address: string;
  readonly #sender: Sender;
  readonly #driver: Driver;
  readonly #tokens: TokenSource;

  constructor(sender: Sender, driver: Driver, tokens: TokenSource) {
    this.address = sender.origin;
    this.#sender = sender;
    this.#driver = driver;
    this.#tokens = tokens;
  }

  async ask<Reply>(request: VaultRequest<Reply>, options: AskOptions = {}): Promise<Reply> {
    const what = whatOf(request);
    const body = successOf(await this.exchange(request, options), what);
    const reply = request.reply.safeParse(body);
    if (reply.success) return reply.data;
    // What zod says of it may quote what came, which may be a value.
    throw vaultError('vault-reply-invalid', {
      message: `the answer to ${what} has another shape than Vault's`,
      next: 'check the version of Vault, and that `vault.address` is Vault itself',
    });
  }

  /** The answer as it came, good or not. */
  async exchange(
    request: Omit<VaultRequest<unknown>, 'reply'>,
    options: AskOptions = {},
    retries = mostRetries,
  ): Promise<Received> {
    const { signal: stopped, deadlineMs = defaultDeadlineMs } = options;
    const below = encodePath(request.path) + queryOf(request);
    using awake = awakeDeadline(deadlineMs);
    const deadline = awake.signal;
    const signal = stopped === undefined ? deadline : AbortSignal.any([stopped, deadline]);
    const asked: Asked = { request, below, what: whatOf(request), signal };
    try {
      const token = await this.#tokens.current(signal);
      const first = await this.#untilSettled(asked, token, retries);
      if (first.status !== 403 || token === undefined) return first;
      if (!(await this.#tokens.replaced(token, tokenIsUnknown(first), signal))) return first;
      return await this.#untilSettled(asked, await this.#tokens.current(signal), retries);
    } catch (cause) {
      throw explain(cause, { what: asked.what, origin: this.address, stopped, deadline, deadlineMs });
    }
  }

  /** A request that may change something is sent once: whether it was carried out cannot be known. */
  async #untilSettled(asked: Asked, token: Secret | undefined, retries: number): Promise<Received> {
    const repeatable = asked.request.method === 'GET' || asked.request.method === 'LIST';
    for (let retry = 0; ; retry += 1) {
      const received = await this.#once(asked, token);
      if (!repeatable || retry >= retries || !isPassing(received.status)) return received;
      const backOffMs = 100 * 2 ** retry * (0.5 + Math.random());
      await pause(received.retryAfterMs ?? backOffMs, undefined, { signal: asked.signal });
    }
  }

  async #once({ request, below, what, signal }: Asked, token: Secret | undefined): Promise<Received> {
    signal.throwIfAborted();
    const method = request.method === 'LIST' ? 'GET' : request.method;
    return this.#driver({ method, below, body: request.body }, (body) =>
      this.#sender.send({
        method,
        target: `/v1/${below}`,
        what,
        body: body === undefined ? undefined : openBody(body),
        token,
        wrapSeconds: request.wrapSeconds,
        signal,
      }),
    );
  }
}

function whatOf({ method, path }: Pick<VaultRequest<unknown>, 'method' | 'path'>): string {
  return `${method} ${path.join('/').slice(0, 300)}`;
}

/** LIST as a verb is unknown to some proxies; Vault takes the query for the same. */
function queryOf({ method, query = {} }: Omit<VaultRequest<unknown>, 'reply'>): string {
  const all = { ...query, ...(method === 'LIST' ? { list: 'true' } : {}) };
  const pairs = Object.entries(all).map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

interface Failed {
  readonly what: string;
  readonly origin: string;
  readonly stopped: AbortSignal | undefined;
  readonly deadline: AbortSignal;
  readonly deadlineMs: number;
}

/** A driver's error holds headers and bodies: of it only the code goes on. */
function explain(cause: unknown, { what, origin, stopped, deadline, deadlineMs }: Failed): unknown {
  if (cause instanceof CastellanError) return cause;
  if (stopped?.aborted === true) return stopped.reason;
  if (deadline.aborted) {
    return vaultError('vault-deadline', {
      message: `${what} took longer than ${deadlineMs / 1_000} s`,
      next: 'look at Vault and its leader: `vault_health`',
    });
  }
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return vaultError('vault-unreachable', {
    message: `Vault at ${origin} could not be reached${/^[A-Z][A-Z0-9_]{1,60}$/.test(code) ? ` (${code})` : ''}`,
    next: 'check that it runs, and that its certificate is of the CA in the configuration',
  });
}
