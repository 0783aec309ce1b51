/**
 * Looks at hosts from inside, with what a browser would send and nothing else: no credential, no body, no redirect followed. Only
 * targets that castellan.yaml allows are asked; what a name resolves to is asked, never resolved a second time.
 */
export interface Probes {
  /** GET or HEAD of a URL. */
  http(url: string, signal: AbortSignal): Promise<HttpProbe>;
  /** A handshake; a certificate nobody trusts is told, not refused. */
  tls(hostPort: string, signal: AbortSignal): Promise<TlsProbe>;
  /** A and AAAA, CNAME; of one server where it is named. */
  dns(name: string, signal: AbortSignal): Promise<DnsProbe>;
  /** Why a target may not be asked; undefined: it may. */
  refusalOf(target: string): string | undefined;
}

export interface HttpProbe {
  readonly url: string;
  /** `no`: it answers, and not as it should (5xx); `unknown`: it could not be asked. */
  readonly works: 'yes' | 'no' | 'unknown';
  readonly status: number | undefined;
  readonly tookMs: number | undefined;
  /** Of a redirect, without its query. */
  readonly location: string | undefined;
  readonly server: string | undefined;
  /** A bot wall, a login page, a page of errors: what answers 200 and is not the service; probe/pretenders.ts. */
  readonly pretends: string | undefined;
  readonly problem: string | undefined;
}

export interface TlsProbe {
  readonly target: string;
  readonly works: 'yes' | 'no' | 'unknown';
  readonly notAfter: Date | undefined;
  readonly issuer: string | undefined;
  readonly names: readonly string[];
  readonly protocol: string | undefined;
  readonly problem: string | undefined;
}

export interface DnsProbe {
  readonly name: string;
  readonly works: 'yes' | 'no' | 'unknown';
  readonly addresses: readonly string[];
  readonly aliases: readonly string[];
  /** By the name server that said so. */
  readonly answers: readonly {
    readonly server: string;
    readonly addresses: readonly string[];
    readonly problem: string | undefined;
  }[];
  readonly problem: string | undefined;
}
