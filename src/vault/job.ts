import { CastellanError } from '../kit/index.ts';
import { grantShape } from './auth/held.ts';
import type { Speak } from './auth/log-in.ts';
import { vaultError } from './errors.ts';
import type { JobOptions, VaultClient } from './port.ts';

/**
 * A job asks with a batch token: Vault keeps nothing of it, so making one costs no write, and nothing has to be revoked. It
 * dies with its time or with the session's token, and is forgotten as soon as the work is over.
 */
export interface JobMaker {
  readonly client: VaultClient;
  readonly speak: Speak;
  /** A batch token cannot have children. */
  readonly isBatch: () => boolean;
}

export async function runJob<Result>(
  maker: JobMaker,
  options: JobOptions,
  work: (vault: VaultClient) => Promise<Result>,
): Promise<Result> {
  const inner = maker.speak(await batchToken(maker, options));
  let over = false;
  try {
    return await work({
      address: inner.address,
      ask: async (request, o) => {
        if (!over) return inner.ask(request, o);
        throw vaultError('vault-token-lost', {
          message: 'the job is over, and its token with it',
          next: 'begin another job',
        });
      },
    });
  } finally {
    over = true;
  }
}

async function batchToken({ client, isBatch }: JobMaker, { policies, ttlSeconds, signal }: JobOptions) {
  const body = {
    type: 'batch',
    policies: [...policies],
    ttl: `${ttlSeconds}s`,
    no_default_policy: true,
    renewable: false,
  };
  try {
    const request = { method: 'POST', path: ['auth', 'token', 'create'], body, reply: grantShape } as const;
    const { auth } = await client.ask(request, signal === undefined ? {} : { signal });
    const surplus = (auth.policies ?? []).filter((name) => !policies.includes(name));
    if (auth.token_type === 'batch' && surplus.length === 0) return auth.client_token;
    throw refused('Vault gave another token than the one that was asked for', 'check that it is Vault that answers');
  } catch (error) {
    if (!(error instanceof CastellanError)) throw error;
    if (isBatch() && ['vault-rejected', 'vault-refused'].includes(error.code)) {
      throw refused(
        "the session's own token is a batch token, which cannot have children",
        'log in with a role of token_type=service',
        error,
      );
    }
    if (error.code === 'vault-refused') {
      throw refused("the session's token may not make others", 'grant it update on auth/token/create', error);
    }
    if (error.code === 'vault-rejected') {
      const names = policies.join(', ');
      throw refused(
        `Vault makes no token of ${names} for the session`,
        'a job may have policies of the session itself, and no others',
        error,
      );
    }
    throw error;
  }
}

function refused(message: string, next: string, cause?: unknown): Error {
  return vaultError('vault-job-refused', { message, next, ...(cause === undefined ? {} : { cause }) });
}
