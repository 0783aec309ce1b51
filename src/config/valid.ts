import type { Effect, Secret } from '../kit/index.ts';

/**
 * The proven configuration: every path absolute, every default filled in, every secret file looked at, frozen to the
 * last leaf. Nothing past this file asks what was typed, and nothing else reads the environment.
 */
export interface Config {
  /** The data directory: database, keys, socket, lock, backups. Mode 0700. */
  readonly home: string;
  /** The castellan.yaml that was read; undefined when none exists. */
  readonly file: string | undefined;
  readonly database: DatabaseConfig;
  /** Undefined: no listener was asked for. */
  readonly http: HttpConfig | undefined;
  /** `http: false` was said: not even a listener by default. Then `http` is undefined. */
  readonly httpRefused: boolean;
  /** Who callers on agent.sock are. */
  readonly socket: { readonly agent: string; readonly human: string; readonly scopes: readonly Effect[] };
  readonly backup: { readonly everyHours: number; readonly keep: number };
  readonly log: { readonly level: LogLevel };
  /** A group's validated slice by its `configKey`; a group that is absent here is not configured. */
  readonly groups: ReadonlyMap<string, unknown>;
  /** Of those, the keys that were left out and hold all the same. */
  readonly groupsByDefault: readonly string[];
  /** Keys that hold when they are left out, and were said to be `false`: not in `groups`. */
  readonly groupsRefused: readonly string[];
  /** Where each key that was set comes from, by its path: `http.listen` → `castellan.yaml:3:3`, `CASTELLAN_HTTP_LISTEN`. */
  readonly origins: ReadonlyMap<string, string>;
}

export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

export type DatabaseConfig =
  | { readonly kind: 'embedded'; readonly directory: string }
  | {
      readonly kind: 'postgres';
      readonly host: string;
      readonly port: number;
      readonly database: string;
      readonly user: string;
      /** Undefined: the server trusts the connection (loopback test servers). */
      readonly password: Secret | undefined;
      readonly tls: 'disable' | 'require' | 'verify-full';
      readonly caFile: string | undefined;
    };

export interface HttpConfig {
  readonly host: string;
  readonly port: number;
  /** Host headers that are answered, beside the listener's own loopback names. */
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
  readonly bodyLimitBytes: number;
  readonly requestsPerMinute: number;
}
