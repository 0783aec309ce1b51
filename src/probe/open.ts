import { isIP } from 'node:net';
import { plainAddress } from './address.ts';
import { openAllowList } from './allow.ts';
import { raced } from './deadline.ts';
import { probeDns } from './dns.ts';
import { probeError } from './errors.ts';
import { getFrom } from './http.ts';
import type { HttpProbe, Probes, TlsProbe } from './port.ts';
import { type Lookup, lookedUp, systemLookup } from './resolve.ts';
import { parseHostPort, parseUrl, type Target } from './target.ts';
import { shakeHands } from './tls.ts';
import { Unreached } from './unreached.ts';

export interface ProbeOptions {
  /** Hosts and ranges, each with a port where it is another than 80 and 443; allow.ts has the form. */
  readonly allow: readonly string[];
  /** Asked one by one beside the system's: `192.0.2.53`, with `:port` where it is not 53. */
  readonly dnsServers: readonly string[];
  /** Of a whole probe. */
  readonly deadlineMs: number;
  /** How names are looked up that are then connected to; the system's way unless given. */
  readonly lookup?: Lookup | undefined;
}

/** Errors: `probe-allow-invalid`. The probes themselves throw only when their signal fires. */
export function openProbes(options: ProbeOptions): Probes {
  const allowed = openAllowList(options.allow);
  const servers = options.dnsServers.map(assertServer);
  const find = options.lookup ?? systemLookup;

  const within = async <Result>(
    signal: AbortSignal,
    work: (deadline: AbortSignal) => Promise<Result>,
  ): Promise<Result> => {
    signal.throwIfAborted();
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(options.deadlineMs)]);
    const result = await work(deadline);
    signal.throwIfAborted();
    return result;
  };

  /** The name is looked up once; what is connected to is an address that came of it. */
  const reach = async <Result>(
    target: Target,
    deadline: AbortSignal,
    visit: (address: string) => Promise<Result>,
    fail: (problem: string) => Result,
  ): Promise<Result> => {
    const refusal = allowed.refusal(target.host, target.port);
    if (refusal !== undefined) return fail(`not asked: ${refusal}`);
    const found = target.isAddress ? { addresses: [target.host] } : await raced(lookedUp(find, target.host), deadline);
    if (found === undefined) return fail('its name was not looked up in time');
    if (found.problem !== undefined) return fail(`its name: ${found.problem}`);
    const refused = found.addresses.map((address) => allowed.addressRefusal(address));
    const open = found.addresses.filter((_, index) => refused[index] === undefined);
    if (open.length === 0) return fail(`not asked: ${refused[0] ?? 'it has no address'}`);
    for (const address of open.slice(0, mostAddresses)) {
      try {
        return await visit(plainAddress(address) ?? address);
      } catch (error) {
        if (!(error instanceof Unreached)) throw error;
      }
    }
    return fail('there is no way to its address from here');
  };

  return {
    http: (url, signal) =>
      within(signal, (deadline): Promise<HttpProbe> => {
        const target = parseUrl(url);
        const fail = (problem: string): HttpProbe => ({ ...silentHttp, url, problem });
        if ('refused' in target) return Promise.resolve(fail(`not asked: ${target.refused}`));
        const visit = async (address: string): Promise<HttpProbe> => ({
          url: target.url,
          ...(await getFrom(target, address, deadline)),
        });
        return reach(target, deadline, visit, fail);
      }),
    tls: (hostPort, signal) =>
      within(signal, (deadline): Promise<TlsProbe> => {
        const target = parseHostPort(hostPort, 443);
        const fail = (problem: string): TlsProbe => ({ ...silentTls, target: hostPort, problem });
        if ('refused' in target) return Promise.resolve(fail(`not asked: ${target.refused}`));
        const visit = async (address: string): Promise<TlsProbe> => ({
          target: hostPort,
          ...(await shakeHands(target, address, deadline)),
        });
        return reach(target, deadline, visit, fail);
      }),
    dns: (name, signal) =>
      within(signal, (deadline) =>
        probeDns({ name, allowed, find, servers, deadline, deadlineMs: options.deadlineMs }),
      ),
    refusalOf(text) {
      const target = text.includes('://') ? parseUrl(text) : parseHostPort(text, 443);
      if ('refused' in target) return target.refused;
      const refusal = allowed.refusal(target.host, target.port);
      // A bare name may also be meant to be looked up alone, for which its port does not matter.
      const isBare = !target.isAddress && !text.includes('://') && !/:\d+$/.test(text);
      return isBare ? allowed.nameRefusal(target.host) : refusal;
    },
  };
}

const mostAddresses = 3;

const silentHttp = {
  works: 'unknown',
  status: undefined,
  tookMs: undefined,
  location: undefined,
  server: undefined,
  pretends: undefined,
} as const;

const silentTls = { works: 'unknown', notAfter: undefined, issuer: undefined, names: [], protocol: undefined } as const;

function assertServer(text: string): string {
  const [, address = text, port] =
    /^(?:\[([^\]]+)\]|([\d.]+))(?::(\d{1,5}))?$/.exec(text)?.filter((part) => part !== undefined) ?? [];
  if (isIP(address) !== 0 && (port === undefined || (Number(port) > 0 && Number(port) <= 65_535))) return text;
  throw probeError('probe-allow-invalid', {
    message: `${JSON.stringify(text.slice(0, 100))} is not the address of a name server`,
    next: 'write 192.0.2.53, 192.0.2.53:5353 or [2001:db8::53]:53',
  });
}
