import { CastellanError } from '../../kit/index.ts';
import type { Metrics } from '../../monitoring/port.ts';
import type { DnsProbe, HttpProbe, Probes, TlsProbe } from '../../probe/port.ts';
import { silent } from '../../redaction/no-redaction.fixture.ts';
import type { Action, VerifyPredicate } from '../action.ts';
import type { InfraRepository } from '../sources/port.ts';
import type { VerifyPorts } from './ports.ts';

export const now = new Date('2026-11-26T12:00:00Z');

/** Nothing is configured, but for what is given. */
export function verifyPorts(given: Partial<VerifyPorts> = {}): VerifyPorts {
  return {
    metrics: undefined,
    repository: undefined,
    cluster: undefined,
    probes: undefined,
    documents: undefined,
    redactor: silent,
    ...given,
  };
}

/** Everything is configured, and nothing can be reached. */
export function awayPorts(): VerifyPorts {
  const away = async (): Promise<never> => {
    throw new CastellanError('store-unavailable', 'operator', { message: 'it is away', next: 'none' });
  };
  return verifyPorts({
    metrics: away,
    cluster: away,
    repository: repository({}, { head: away, file: away, log: away }),
    probes: { ...probes({}), http: away, tls: away, dns: away },
    documents: { has: away },
  });
}

export function action(verify: VerifyPredicate | undefined, given: Partial<Action> = {}): Action {
  return {
    id: 'act_aaaaaaaa',
    incident: 'inc_aaaaaaaaaa',
    report: undefined,
    title: 'Alert on a full disk',
    type: 'alert',
    class: 'detect',
    priority: 'P1',
    owner: 'robin',
    due: '2026-12-01',
    status: 'open',
    path: undefined,
    verify,
    automatable: false,
    createdAt: now,
    updatedAt: now,
    verified: undefined,
    change: undefined,
    ...given,
  };
}

export function metrics(given: Partial<Metrics>): NonNullable<VerifyPorts['metrics']> {
  return async () => ({
    instant: async () => [],
    range: async () => ({ series: [], truncated: false }),
    rules: async () => [],
    health: async () => ({ ready: true, version: undefined }),
    problemIn: () => undefined,
    ...given,
  });
}

/** One commit with these files. */
export function repository(
  files: Readonly<Record<string, string>>,
  given: Partial<InfraRepository> = {},
): InfraRepository {
  return {
    head: async () => ({ commit: 'c0ffee'.padEnd(40, '0'), at: now, stale: undefined }),
    log: async () => [],
    file: async (path) => (Object.hasOwn(files, path) ? files[path] : undefined),
    stacksOf: async () => [],
    ...given,
  };
}

export function probes(given: {
  readonly http?: Partial<HttpProbe>;
  readonly tls?: Partial<TlsProbe>;
  readonly dns?: Partial<DnsProbe>;
  readonly refused?: string;
}): Probes {
  const problem = undefined;
  return {
    http: async (url) => ({
      ...{ url, works: 'yes', status: 200, tookMs: 1, location: undefined, server: undefined, pretends: undefined },
      ...{ problem, ...given.http },
    }),
    tls: async (target) => ({
      ...{ target, works: 'yes', notAfter: undefined, issuer: undefined, names: [], protocol: undefined },
      ...{ problem, ...given.tls },
    }),
    dns: async (name) => ({
      ...{ name, works: 'yes', addresses: ['192.0.2.1'], aliases: [], answers: [] },
      ...{ problem, ...given.dns },
    }),
    refusalOf: () => given.refused,
  };
}
