import { readFileSync } from 'node:fs';
import { type RequestOptions, request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';

/** A Vault of the lab, and who asks. */
export interface VaultTarget {
  readonly addr: string;
  readonly token?: string;
  /** Asks for the answer inside a wrapping token that lives so long. */
  readonly wrapTtl?: string;
  /** The authority whose certificate must answer. */
  readonly caFile?: string;
  readonly signal?: AbortSignal | undefined;
}

export interface VaultAnswer {
  readonly status: number;
  /** Undefined where nothing was said. */
  readonly body: unknown;
}

/** Asks `path` below /v1/. A refusal is an answer; only a server that cannot be reached, or is not ours, is an error. */
export function askVault(target: VaultTarget, method: string, path: string, body?: object): Promise<VaultAnswer> {
  const url = new URL(`/v1/${path}`, target.addr);
  const options: RequestOptions = {
    method,
    headers: {
      'x-vault-request': 'true',
      ...(target.token === undefined ? {} : { 'x-vault-token': target.token }),
      ...(target.wrapTtl === undefined ? {} : { 'x-vault-wrap-ttl': target.wrapTtl }),
      ...(body === undefined
        ? {}
        : { 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' }),
    },
    agent: false,
    timeout: 10_000,
    ...(target.signal === undefined ? {} : { signal: target.signal }),
  };
  return new Promise((answered, failed) => {
    const call =
      target.caFile === undefined
        ? requestPlain(url, options)
        : requestTls(url, { ...options, ca: readFileSync(target.caFile) });
    call.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', failed);
      response.on('end', () => {
        try {
          const text = Buffer.concat(chunks).toString('utf8');
          answered({ status: response.statusCode ?? 0, body: text === '' ? undefined : JSON.parse(text) });
        } catch (cause) {
          failed(new Error(`${method} ${path} was not answered in JSON`, { cause }));
        }
      });
    });
    call.on('timeout', () => call.destroy(new Error(`${method} ${path} was not answered in time`)));
    call.on('error', failed);
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** The same for what must succeed. Throws with what Vault said, which is never a value. */
export async function tellVault(target: VaultTarget, method: string, path: string, body?: object): Promise<unknown> {
  const answer = await askVault(target, method, path, body);
  if (answer.status >= 200 && answer.status < 300) return answer.body;
  throw new Error(`${method} ${path} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
}
