import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, expect, it } from 'vitest';
import { type Expectation, expectation } from '../../change/expect/predicates.ts';
import { objectFrom } from '../../cluster/describe/object.fixture.ts';
import { clusterError } from '../../cluster/errors.ts';
import { make } from '../../cluster/findings/manifest.fixture.ts';
import type { Kind } from '../../cluster/kind.ts';
import { type ExpectationsOptions, openExpectations } from './open.ts';
import type { Clock } from './watch.ts';
import { openWeb } from './web.ts';

interface Seen {
  readonly method: string;
  readonly path: string;
}

const open: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of open) await close();
});

async function listen(answer: RequestListener): Promise<{ readonly url: string; readonly seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    seen.push({ method: request.method ?? '', path: request.url ?? '' });
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

const json =
  (value: unknown, status = 200): RequestListener =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(value));
  };

function virtualClock(): Clock {
  let time = Date.parse('2026-03-01T10:00:00Z');
  return {
    now: () => time,
    sleep: async (ms) => {
      time += ms;
    },
  };
}

const nothing = { prometheus: undefined, alertmanager: undefined, probes: [] };

async function watch(expected: object, options: Partial<ExpectationsOptions>) {
  await using web = openWeb(500);
  await using expectations = openExpectations({
    cluster: undefined,
    config: nothing,
    clock: virtualClock(),
    web,
    ...options,
  });
  const one: Expectation = expectation.parse({ within: 5, ...expected });
  const [result] = await expectations.watch([one], new AbortController().signal);
  return result;
}

it('a probe of a listed address passes by its status alone', async () => {
  const server = await listen((_, response) => {
    response.writeHead(204);
    response.end();
  });
  const config = { ...nothing, probes: [`${server.url}/health`] };
  const url = `${server.url}/health/mail?deep=1`;
  expect(await watch({ kind: 'probe', url, status: 204 }, { config })).toMatchObject({ result: 'pass' });
  expect(server.seen).toContainEqual({ method: 'GET', path: '/health/mail?deep=1' });
  expect(await watch({ kind: 'probe', url, status: 200 }, { config })).toMatchObject({
    result: 'fail',
    detail: 'it answers 204, and must answer 200',
  });
});

it('a probe outside the list sends nothing', async () => {
  const server = await listen(json({}));
  const config = { ...nothing, probes: [`${server.url}/health`] };
  const result = await watch({ kind: 'probe', url: `${server.url}/health/../admin` }, { config });
  expect(result).toMatchObject({ result: 'unknown', detail: expect.stringContaining('none of the addresses') });
  expect(server.seen).toEqual([]);
});

it('a redirect is an answer, and is not followed', async () => {
  const other = await listen(json({}));
  const server = await listen((_, response) => {
    response.writeHead(302, { location: other.url });
    response.end();
  });
  const config = { ...nothing, probes: [server.url], prometheus: server.url };
  expect(await watch({ kind: 'probe', url: server.url }, { config })).toMatchObject({ result: 'fail' });
  expect(await watch({ kind: 'metric', query: 'up', op: '>', value: 0 }, { config })).toMatchObject({
    result: 'unknown',
    detail: 'it answered 302',
  });
  expect(other.seen).toEqual([]);
});

it('nothing that a server says is repeated, however much it says', async () => {
  const server = await listen((_, response) => {
    response.writeHead(200);
    const shout = (): void => {
      while (response.write('x'.repeat(65_536)));
      if (!response.destroyed) response.once('drain', shout);
    };
    shout();
  });
  const config = { ...nothing, probes: [server.url], prometheus: server.url };
  expect(await watch({ kind: 'probe', url: server.url }, { config })).toMatchObject({ result: 'pass' });
  expect(await watch({ kind: 'metric', query: 'up', op: '>', value: 0 }, { config })).toMatchObject({
    result: 'unknown',
    detail: 'its answer is too large',
  });
});

it('what cannot be reached, or does not answer, is unknown and never passes', async () => {
  const silent = await listen(() => undefined);
  const gone = 'http://127.0.0.1:1';
  for (const address of [silent.url, gone]) {
    const config = { prometheus: address, alertmanager: address, probes: [address] };
    for (const one of [
      { kind: 'probe', url: address },
      { kind: 'alert-quiet', alert: 'NodeDown' },
      { kind: 'metric', query: 'up', op: '==', value: 1 },
    ]) {
      const result = await watch(one, { config });
      expect(result).toMatchObject({ result: 'unknown' });
      expect(result?.detail).not.toContain('127.0.0.1');
    }
  }
});

it('what keep.yaml does not name is unknown', async () => {
  for (const one of [
    { kind: 'probe', url: 'https://status.example.net/' },
    { kind: 'alert-quiet', alert: 'NodeDown' },
    { kind: 'metric', query: 'up', op: '==', value: 1 },
    { kind: 'rollout', workload: 'deployment', namespace: 'mail', name: 'postfix' },
  ]) {
    expect(await watch(one, {})).toMatchObject({ result: 'unknown', detail: expect.stringMatching(/keep\.yaml/) });
  }
});

it('Prometheus and Alertmanager are asked below the address they have, for exactly what was written', async () => {
  const prometheus = await listen(json({ status: 'success', data: { resultType: 'scalar', result: [1, '3'] } }));
  const alertmanager = await listen(json([]));
  const config = { ...nothing, prometheus: `${prometheus.url}/prom/`, alertmanager: alertmanager.url };
  const query = 'sum(rate(x{a="b"}[5m])) > 0 & 1';
  expect(await watch({ kind: 'metric', query, op: '>=', value: 3 }, { config })).toMatchObject({ result: 'pass' });
  const asked = new URL(prometheus.seen[0]?.path ?? '', prometheus.url);
  expect([asked.pathname, asked.searchParams.get('query')]).toEqual(['/prom/api/v1/query', query]);
  const alert = 'Node"Down&silenced=false';
  expect(await watch({ kind: 'alert-quiet', alert }, { config })).toMatchObject({ result: 'pass' });
  const listed = new URL(alertmanager.seen[0]?.path ?? '', alertmanager.url).searchParams;
  expect(Object.fromEntries(listed)).toEqual({
    filter: 'alertname="Node\\"Down&silenced=false"',
    active: 'true',
    silenced: 'true',
    inhibited: 'true',
    unprocessed: 'true',
  });
});

const deployments: Kind = {
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  resource: 'deployments',
  singular: 'deployment',
  shortNames: [],
  namespaced: true,
  verbs: ['get'],
};
const rollout = { kind: 'rollout', workload: 'deployment', namespace: 'mail', name: 'postfix' };
const clusterOf = (get: NonNullable<ExpectationsOptions['cluster']>['get']) => ({
  cluster: { kind: async () => deployments, get },
});

it('a rollout is read from the cluster; what is not there does not hold, and what may not be read is unknown', async () => {
  const status = { observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas: 1 };
  const body = { metadata: { generation: 1 }, spec: { replicas: 1 }, status };
  const deployment = objectFrom(make('apps/v1 Deployment', 'mail/postfix', body));
  expect(
    await watch(
      rollout,
      clusterOf(async () => deployment),
    ),
  ).toMatchObject({
    what: 'rollout deployment mail/postfix',
    result: 'pass',
  });
  const failing = (code: Parameters<typeof clusterError>[0]) =>
    watch(
      rollout,
      clusterOf(async () => {
        throw clusterError(code, { message: 'it did not go', next: 'look' });
      }),
    );
  expect(await failing('cluster-not-found')).toMatchObject({ result: 'fail', detail: 'there is no such object' });
  expect(await failing('cluster-forbidden')).toMatchObject({ result: 'unknown' });
  expect(await failing('cluster-unreachable')).toMatchObject({ result: 'unknown' });
});
