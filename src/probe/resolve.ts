import { lookup, Resolver } from 'node:dns/promises';

/** Names looked up: by the system as every program here does it, and by one name server as it says. */

export type Looked =
  | { readonly addresses: readonly string[]; readonly problem?: undefined }
  | { readonly problem: string };

/** Of a whole host name. */
export type Lookup = (host: string) => Promise<readonly string[]>;

export const systemLookup: Lookup = async (host) =>
  // With a dot at its end no search domain is tried: the name that was allowed is the name that is asked for.
  (await lookup(host.includes('.') ? `${host}.` : host, { all: true, order: 'verbatim' })).map(
    ({ address }) => address,
  );

export async function lookedUp(find: Lookup, host: string): Promise<Looked & { readonly absent?: boolean }> {
  try {
    const addresses = [...new Set(await find(host))];
    return addresses.length === 0 ? { problem: 'it has no address', absent: true } : { addresses };
  } catch (error) {
    const code = codeOf(error);
    return { problem: dnsWords[code] ?? `it cannot be looked up (${code})`, absent: absences.has(code) };
  }
}

export interface ServerAnswer {
  readonly addresses: readonly string[];
  readonly aliases: readonly string[];
  readonly problem: string | undefined;
  /** The server says that there is nothing; it is not that it said nothing. */
  readonly absent: boolean;
}

/** `server` is `192.0.2.53` or `192.0.2.53:53`, `[2001:db8::53]:53`. */
export async function askServer(
  server: string,
  host: string,
  signal: AbortSignal,
  timeoutMs: number,
): Promise<ServerAnswer> {
  const resolver = new Resolver({ timeout: timeoutMs, tries: 1 });
  resolver.setServers([server]);
  const stop = (): void => resolver.cancel();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const [four, six, alias] = await Promise.allSettled([
      resolver.resolve4(host),
      resolver.resolve6(host),
      resolver.resolveCname(host),
    ]);
    const addresses = [four, six].flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
    const aliases = alias.status === 'fulfilled' ? alias.value : [];
    const failed = [four, six].flatMap((one) => (one.status === 'rejected' ? [codeOf(one.reason)] : []));
    // One family is enough; where there is none, what went wrong counts more than what is not there.
    const [code] =
      addresses.length > 0 ? [] : [...failed].sort((a, b) => Number(absences.has(a)) - Number(absences.has(b)));
    return {
      addresses: [...addresses].sort(),
      aliases,
      problem: code === undefined ? undefined : (dnsWords[code] ?? `no answer (${code})`),
      absent: code !== undefined && absences.has(code),
    };
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

const absences: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA']);

const dnsWords: Readonly<Record<string, string>> = {
  ENOTFOUND: 'there is no such name',
  ENODATA: 'the name has no address',
  EAI_AGAIN: 'the name servers of this host do not answer',
  ESERVFAIL: 'the name server failed',
  SERVFAIL: 'the name server failed',
  EREFUSED: 'the name server refuses to answer',
  ECONNREFUSED: 'no name server answers there',
  ETIMEOUT: 'the name server did not answer in time',
  ECANCELLED: 'the name server did not answer in time',
};

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && /^[A-Z0-9_]{2,60}$/.test(String(error.code))
    ? String(error.code)
    : 'failed';
}
