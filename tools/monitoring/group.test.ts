import { describe, expect, it } from 'vitest';
import type { PortKey, ProbeFinding } from '../../src/kit/index.ts';
import {
  type Alerts,
  alertsPort,
  type LogStore,
  logStorePort,
  type Metrics,
  metricsPort,
} from '../../src/monitoring/port.ts';
import { openRecordedMonitoring } from '../../src/monitoring/recorded.fixture.ts';
import { openScripted } from '../../src/monitoring/scripted-server.fixture.ts';
import { createRedactor } from '../../src/redaction/index.ts';
import { monitoring } from './group.ts';

const signal = () => AbortSignal.timeout(20_000);

async function connected(config: object) {
  const connection = await monitoring.connect(config, { redactor: createRedactor() });
  const portOf = <Port>({ name }: PortKey<Port>): unknown =>
    connection.provides?.find(({ key }) => key.name === name)?.port;
  return {
    metrics: portOf(metricsPort) as Metrics,
    alerts: portOf(alertsPort) as Alerts,
    logStore: portOf(logStorePort) as LogStore,
    probe: (): Promise<readonly ProbeFinding[]> => connection.probe(signal()),
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}

describe('the group monitoring', () => {
  it('lends a port for each of the servers it is told of, and says how they are', async () => {
    await using recorded = await openRecordedMonitoring();
    const { prometheus, alertmanager, loki } = recorded;
    await using group = await connected({
      prometheus: { url: prometheus.url },
      alertmanager: { url: alertmanager.url },
      loki: { url: loki.url },
    });
    expect(await group.metrics.instant('up', new Date(), signal())).toHaveLength(1);
    expect(await group.alerts.current(signal())).toHaveLength(4);
    const window = { from: new Date(0), to: new Date(1_000), limit: 10 };
    expect(await group.logStore.lines({ query: '{pod="a"}', ...window }, signal())).toMatchObject({ lines: [] });
    expect(await group.probe()).toEqual([
      { check: 'Prometheus', status: 'pass', detail: 'ready, version 2.42.0+ds' },
      { check: 'Alertmanager', status: 'pass', detail: 'ready, version 0.25.0' },
      { check: 'Loki', status: 'pass', detail: 'ready, version 3.7.8' },
    ]);
  });

  it('refuses what is asked of a server nobody named, and never answers with nothing', async () => {
    await using group = await connected({});
    const refused = {
      code: 'monitoring-unconfigured',
      audience: 'operator',
      next: expect.stringContaining('monitoring:'),
    };
    await expect(group.metrics.instant('up', new Date(), signal())).rejects.toMatchObject(refused);
    await expect(group.metrics.rules(signal())).rejects.toMatchObject(refused);
    await expect(group.alerts.current(signal())).rejects.toMatchObject(refused);
    await expect(group.alerts.silences(signal())).rejects.toMatchObject(refused);
    const pods = { namespace: 'web', pods: ['web-0'], from: new Date(0), to: new Date(1), limit: 1 };
    await expect(group.logStore.ofPods(pods, signal())).rejects.toMatchObject(refused);
    expect(group.metrics.problemIn('up{')).toMatch(/not PromQL/);
    expect(await group.probe()).toEqual([]);
  });

  it('calls a server that is silent unknown, and one that answers wrongly failed', async () => {
    const { url: silent } = await (async () => {
      await using server = await openScripted(() => undefined);
      return { url: server.url };
    })();
    await using page = await openScripted((response) => response.writeHead(401).end('<html>log in</html>'));
    await using starting = await openScripted((response) => response.writeHead(503).end('starting'));
    await using group = await connected({
      prometheus: { url: silent },
      alertmanager: { url: page.url },
      loki: { url: starting.url },
    });
    expect((await group.probe()).map(({ check, status }) => `${check} ${status}`)).toEqual([
      'Prometheus unknown',
      'Alertmanager fail',
      'Loki fail',
    ]);
  });

  it.each([
    [{ prometheus: { url: 'http://mira:secret@prometheus.example.net' } }],
    [{ prometheus: { url: 'https://prometheus.example.net/?tenant=a' } }],
    [{ prometheus: { url: 'https://prometheus.example.net', token: 'abc' } }],
    [{ loki: { url: 'https://loki.example.net', labels: { pod: 'a"b' } } }],
    [{ grafana: {} }],
  ])('takes no %j', (config) => {
    expect(monitoring.config.safeParse(config).success).toBe(false);
  });
});
