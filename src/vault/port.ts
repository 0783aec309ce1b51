import type { z } from 'zod';
import type { JsonObject, Secret } from '../kit/index.ts';

/**
 * Vault or OpenBao, spoken to through one hardened adapter.
 *
 *  path        segments below /v1, each checked and encoded: `['secret', 'metadata', 'apps', 'mail']`
 *  reply       the schema of what comes back; anything else is `vault-reply-invalid`
 *  session     one renewed token, obtained by a login or read from a file; it never stands on an object that can be printed
 *  job         a short batch token made of the session's, for one piece of work, gone with it
 */
export type VaultPath = readonly string[];

export interface VaultRequest<Reply> {
  readonly method: 'GET' | 'LIST' | 'POST' | 'PATCH';
  readonly path: VaultPath;
  readonly query?: Readonly<Record<string, string | number>>;
  /** Secrets in it are opened by the adapter as it sends them, nowhere else. */
  readonly body?: VaultBody;
  readonly reply: z.ZodType<Reply>;
  /** Asks for the reply to be wrapped: what comes back is `wrap_info`. Seconds. */
  readonly wrapSeconds?: number;
}

export type VaultBody = { readonly [key: string]: JsonObject[string] | Secret | VaultBody };

export interface AskOptions {
  readonly signal?: AbortSignal;
  /** From the request to the last byte of its reply, retries included; default 5 s. */
  readonly deadlineMs?: number;
}

/**
 * Errors of every call: `vault-unreachable`, `vault-deadline`, `vault-sealed`, `vault-standby`, `vault-refused` (403),
 * `vault-not-found`, `vault-rejected` (400 and the like), `vault-limited`, `vault-reply-invalid`, `vault-redirected`,
 * `vault-path-invalid`, `vault-token-lost`. None holds a token, a body, or a value; `vault-refused` names method and path.
 */
export interface VaultClient {
  /** Without credentials, as it was configured. */
  readonly address: string;
  ask<Reply>(request: VaultRequest<Reply>, options?: AskOptions): Promise<Reply>;
}

export interface VaultSession extends VaultClient, AsyncDisposable {
  /** What is known of the token; never the token. */
  standing(): TokenStanding;
  /** Runs `work` with a batch token of these policies (a subset of the session's), which ends with it. */
  job<Result>(options: JobOptions, work: (vault: VaultClient) => Promise<Result>): Promise<Result>;
}

export interface JobOptions {
  readonly policies: readonly string[];
  readonly ttlSeconds: number;
  readonly signal?: AbortSignal;
}

export interface TokenStanding {
  readonly state: 'alive' | 'lost' | 'foreign';
  readonly accessor: string | undefined;
  readonly displayName: string | undefined;
  /** `policies` and `identity_policies` together. */
  readonly policies: readonly string[];
  /** Undefined: it does not expire. */
  readonly expiresAt: Date | undefined;
  readonly renewedAt: Date | undefined;
  /** Why it is not alive, in a sentence. */
  readonly why: string | undefined;
}

export interface VaultOptions {
  /** https, or http on loopback or where `plainHttp` says so (inside a cluster). No path, no user, no query. */
  readonly address: string;
  readonly plainHttp: boolean;
  readonly caFile: string | undefined;
  readonly namespace: string | undefined;
  /** Nodes a standby may send us to, beside the address itself: origins. */
  readonly peers: readonly string[];
  readonly auth: VaultAuth;
}

export type VaultAuth =
  /** Renewed where it can be, and never if it is somebody else's: `requiredPolicy` must be on it. */
  | { readonly kind: 'token-file'; readonly file: string; readonly requiredPolicy: string }
  | { readonly kind: 'approle'; readonly mount: string; readonly roleIdFile: string; readonly secretIdFile: string }
  | { readonly kind: 'kubernetes'; readonly mount: string; readonly role: string; readonly tokenFile: string }
  | { readonly kind: 'jwt'; readonly mount: string; readonly role: string; readonly tokenFile: string };
