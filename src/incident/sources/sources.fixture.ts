import { CastellanError } from '../../kit/index.ts';
import type { Alerts, LogStore, Metrics } from '../../monitoring/port.ts';
import type { Probes } from '../../probe/port.ts';
import type { InfraRepository } from './port.ts';
import type { SourcePorts } from './ports.ts';

/** How a port behaves. `breaks` throws something that is not ours, with a secret in its words. */
export const behaviours = ['answers', 'nothing', 'throws', 'breaks', 'hangs'] as const;
export type Behaviour = (typeof behaviours)[number];

/** In everything that somebody else wrote; it has the form of a token, so that any redactor knows it. */
export const planted = `ghp_${'k3Zq9'.repeat(7)}Q`;

type Monitoring = Pick<SourcePorts, 'metrics' | 'alerts' | 'logStore' | 'probes' | 'repository' | 'chronicle'>;

/** Small ports whose whole world is one failing deployment `web` in `shop`, in the hour before `at`. */
export function portsThat(behaviour: Behaviour, at: Date): Monitoring {
  const before = (minutes: number): Date => new Date(at.getTime() - minutes * 60_000);
  const as = async <Value>(full: Value, empty: Value): Promise<Value> => {
    if (behaviour === 'hangs') return new Promise<Value>(() => undefined);
    if (behaviour === 'breaks') throw new Error(`connect failed with ${planted}`);
    if (behaviour === 'throws') {
      throw new CastellanError('monitoring-unreachable', 'operator', {
        message: 'it cannot be reached',
        next: 'look at it',
      });
    }
    return behaviour === 'answers' ? full : empty;
  };
  const healthy = async () => ({ ready: true, version: '1' });
  const labels = { alertname: 'WebDown', namespace: 'shop', deployment: 'web', token: planted };

  const metrics: Metrics = {
    instant: () => as([], []),
    range: ({ from, to }) =>
      as(
        {
          truncated: false,
          series: [
            {
              labels,
              points: [50, 49, 48, 20, 19]
                .map((minutes, index) => [before(minutes), index * 1.5] as const)
                .filter(([when]) => when >= from && when <= to),
            },
          ].filter(({ points }) => points.length > 0),
        },
        { truncated: false, series: [] },
      ),
    rules: () => as([], []),
    health: healthy,
    problemIn: (query) => (query.includes('((') ? 'it does not end' : undefined),
  };
  const alerts: Alerts = {
    current: () =>
      as(
        [
          {
            fingerprint: 'f1',
            name: 'WebDown',
            state: 'firing',
            since: before(20),
            labels,
            annotations: { summary: `web is down, ${planted}` },
            by: [],
          },
          {
            fingerprint: 'f2',
            name: 'DiskFull',
            state: 'silenced',
            since: before(600),
            labels: { node: 'node-1' },
            annotations: {},
            by: ['s1'],
          },
        ],
        [],
      ),
    silences: () =>
      as(
        [
          {
            id: 's1',
            matchers: ['alertname="DiskFull"'],
            from: before(30),
            to: before(-30),
            by: 'robin',
            comment: planted,
            state: 'active',
          },
        ],
        [],
      ),
    health: healthy,
  };
  const line = (minutes: number, text: string) => ({
    at: before(minutes),
    labels: { namespace: 'shop', pod: 'web-0', container: 'app' },
    text,
  });
  const told = {
    truncated: false,
    lines: [
      line(55, 'listening'),
      line(21, 'error: cannot reach db 1'),
      line(20, 'error: cannot reach db 2'),
      line(19, `token ${planted}`),
    ],
  };
  const logStore: LogStore = {
    lines: () => as(told, { truncated: false, lines: [] }),
    ofPods: () => as(told, { truncated: false, lines: [] }),
    health: healthy,
    problemIn: (query) => (query.endsWith('{') ? 'it does not end' : undefined),
  };
  const unknown = { works: 'unknown', problem: 'not asked: it is not in the list' } as const;
  const probes: Probes = {
    http: (url) =>
      as(
        {
          url,
          works: 'no',
          status: 502,
          tookMs: 12,
          location: undefined,
          server: planted,
          pretends: undefined,
          problem: undefined,
        },
        {
          url,
          ...unknown,
          status: undefined,
          tookMs: undefined,
          location: undefined,
          server: undefined,
          pretends: undefined,
        },
      ),
    tls: (target) =>
      as(
        {
          target,
          works: 'yes',
          notAfter: before(-9_000),
          issuer: planted,
          names: ['web.example.net'],
          protocol: 'TLSv1.3',
          problem: undefined,
        },
        { target, ...unknown, notAfter: undefined, issuer: undefined, names: [], protocol: undefined },
      ),
    dns: (name) =>
      as(
        {
          name,
          works: 'yes',
          addresses: ['192.0.2.7'],
          aliases: [],
          answers: [{ server: '192.0.2.53', addresses: ['192.0.2.7'], problem: undefined }],
          problem: undefined,
        },
        { name, ...unknown, addresses: [], aliases: [], answers: [] },
      ),
    refusalOf: () => undefined,
  };
  const commit = {
    id: '1f'.repeat(20),
    at: before(25),
    author: 'Robin <robin@example.net>',
    subject: `web: raise limits, ${planted}`,
    paths: ['stacks/web/main.tf'],
  };
  const repository: InfraRepository = {
    head: () =>
      as(
        { commit: commit.id, at: commit.at, stale: undefined },
        { commit: commit.id, at: commit.at, stale: undefined },
      ),
    log: ({ from, to }) =>
      as(
        [commit].filter((one) => one.at >= from && one.at <= to),
        [],
      ),
    file: () => as('', undefined),
    stacksOf: () => as(['stacks/web'], ['stacks/web']),
  };
  const chronicle: Monitoring['chronicle'] = async () => ({
    read: () =>
      as(
        { entries: [], cut: false, begins: new Date(0), gaps: [], unfollowed: [] },
        { entries: [], cut: false, begins: new Date(0), gaps: [], unfollowed: [] },
      ),
    rootOf: (_, ref) => ref,
  });
  return {
    metrics: async () => metrics,
    alerts: async () => alerts,
    logStore: async () => logStore,
    probes,
    repository,
    chronicle,
  };
}

export const unconfigured: Omit<SourcePorts, 'redact'> = {
  cluster: undefined,
  chronicle: undefined,
  metrics: undefined,
  alerts: undefined,
  logStore: undefined,
  probes: undefined,
  repository: undefined,
};
