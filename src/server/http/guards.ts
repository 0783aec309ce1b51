import type { IncomingMessage } from 'node:http';

/**
 * What stands before any request is read: a page on another site must not reach a server on loopback through the user's
 * browser (DNS rebinding), so the Host must be one of ours and an Origin, where sent, one that was allowed.
 */
export interface Refusal {
  readonly status: number;
  readonly reason: string;
  readonly message: string;
}

export interface GuardOptions {
  /** `host:port` and `host` values that are ours, lower case. */
  readonly hosts: ReadonlySet<string>;
  readonly origins: ReadonlySet<string>;
  readonly bodyLimitBytes: number;
}

export function loopbackHosts(port: number): readonly string[] {
  return ['127.0.0.1', 'localhost', '[::1]'].map((name) => `${name}:${port}`);
}

export function guardRequest(request: IncomingMessage, options: GuardOptions): Refusal | undefined {
  const host = request.headers.host?.toLowerCase();
  if (host === undefined || !options.hosts.has(host)) {
    return { status: 403, reason: 'host', message: 'this Host is not one this server answers to' };
  }
  const { origin } = request.headers;
  if (origin !== undefined && !options.origins.has(origin.toLowerCase())) {
    return { status: 403, reason: 'origin', message: 'requests from this Origin are not allowed' };
  }
  const length = Number(request.headers['content-length'] ?? 0);
  if (!Number.isFinite(length) || length > options.bodyLimitBytes) {
    return { status: 413, reason: 'body', message: `the body is larger than ${options.bodyLimitBytes} bytes` };
  }
  return undefined;
}

export function bearerToken(request: IncomingMessage): string | undefined {
  return /^Bearer ([A-Za-z0-9._~+/=-]{1,512})$/i.exec(request.headers.authorization ?? '')?.[1];
}
