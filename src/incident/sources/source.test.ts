import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRecordedApi, type RecordedApi } from '../../../test/recorded/api.ts';
import { type ClusterConnection, type ClusterReader, connectCluster } from '../../cluster/index.ts';
import { CastellanError, type Reach } from '../../kit/index.ts';
import { createRedactor } from '../../redaction/index.ts';
import type { Redactor } from '../../redaction/redactor.ts';
import { type EvidenceDraft, type EvidenceSource, evidenceSources } from '../evidence.ts';
import { openSources } from './open.ts';
import type { GatherRequest } from './port.ts';
import type { SourcePorts } from './ports.ts';
import { expectEvidence } from './source.contract.ts';
import { type Behaviour, planted, portsThat, unconfigured } from './sources.fixture.ts';

const redact = createRedactor();
const never = new AbortController().signal;
let api: RecordedApi;
let connection: ClusterConnection;
beforeAll(async () => {
  api = await openRecordedApi();
  connection = await connectCluster({ kubeconfig: api.kubeconfig, deadlineMs: 10_000 }, { redactor: redact });
});
afterAll(async () => {
  await connection[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
});

const web = { namespace: 'hazel-quill', pod: 'slate-gable-f689fdd9f-vhf45', workload: 'deploy/slate-gable' };

function request(more: Partial<GatherRequest> = {}, minutes = 60): GatherRequest {
  const window = { from: new Date(api.at.getTime() - minutes * 60_000), to: undefined };
  return { target: undefined, namespace: undefined, context: undefined, query: undefined, window, limit: 100, ...more };
}

/** What each source is asked when it is to have something to say, and when it is not. */
const questions: Readonly<
  Record<
    Exclude<EvidenceSource, 'triage'>,
    readonly [some: Partial<GatherRequest>, none: Partial<GatherRequest> | undefined]
  >
> = {
  kubernetes: [
    { target: web.workload, namespace: web.namespace },
    { target: 'deploy/no-such-thing', namespace: web.namespace },
  ],
  events: [{ namespace: web.namespace }, { target: 'deploy/no-such-thing', namespace: web.namespace }],
  logs: [{ query: '{namespace="shop"}' }, { query: '{namespace="shop"}' }],
  alerts: [{}, {}],
  metrics: [{ query: 'up' }, { query: 'up' }],
  changes: [{ namespace: web.namespace }, { target: 'deploy/no-such-thing', namespace: web.namespace }],
  git: [{}, {}],
  tls: [{ target: 'web.example.net' }, undefined],
  dns: [{ target: 'web.example.net' }, undefined],
  http: [{ target: 'https://web.example.net/' }, undefined],
  note: [{ query: `robin saw errors at 2026-01-02 03:04Z; token ${planted}` }, undefined],
};
const names = evidenceSources.filter((name) => name !== 'triage');

function clusterThat(behaviour: Behaviour): Reach<ClusterReader> {
  if (behaviour === 'hangs') return () => new Promise(() => undefined);
  if (behaviour === 'breaks') return () => Promise.reject(new Error(`no way to ${planted}`));
  if (behaviour === 'throws') {
    return () =>
      Promise.reject(
        new CastellanError('cluster-unreachable', 'operator', { message: 'it cannot be reached', next: 'look' }),
      );
  }
  return async () => connection.reader;
}

async function gather(
  name: EvidenceSource,
  asked: GatherRequest,
  ports: Partial<SourcePorts>,
  patienceMs?: number,
): Promise<EvidenceDraft> {
  const source = openSources({ ...unconfigured, redact, ...ports }, patienceMs).get(name);
  const draft = await source?.gather(asked, { signal: never, now: api.at });
  if (draft === undefined) throw new Error(`there is no source ${name}`);
  expectEvidence(draft, { request: asked, now: api.at, secrets: [planted, ...api.canaries] });
  return draft;
}

function all(behaviour: Behaviour): Partial<SourcePorts> {
  return { ...portsThat(behaviour, api.at), cluster: clusterThat(behaviour) };
}

const silent = new Set<EvidenceSource>(['note']);

describe.each(names)('%s', (name) => {
  const [some, none] = questions[name];

  test('tells what it saw, with moments of it', async () => {
    const draft = await gather(name, request(some, 100_000), all('answers'));
    expect(draft).toMatchObject({ source: name, status: 'ok' });
    expect(draft.rows.length).toBeGreaterThan(0);
    expect(draft.rows.some(({ quote }) => quote !== undefined)).toBe(true);
  });

  if (none !== undefined) {
    test('an answer of nothing is empty', async () => {
      expect(await gather(name, request(none), all('nothing'))).toMatchObject({ status: 'empty' });
    });
  }

  if (!silent.has(name)) {
    test.each(['throws', 'breaks', 'hangs'] as const)('a port that %s leaves it open', async (behaviour) => {
      const draft = await gather(name, request(some), all(behaviour), 200);
      expect(draft.status).toBe('error');
      if (behaviour === 'throws') expect(draft.problem).toContain('it cannot be reached');
      if (behaviour === 'breaks') expect(draft.problem).not.toContain('no way');
    });

    test('where nothing is configured, it says so', async () => {
      const source = openSources({ ...unconfigured, redact }).get(name);
      expect(source?.missing).toMatch(/configured/);
      expect(await gather(name, request(some), {})).toMatchObject({ status: 'error', problem: source?.missing });
    });
  }

  test('keeps no more rows than are asked for', async () => {
    expect(
      (await gather(name, request({ ...some, limit: 1 }, 100_000), all('answers'))).rows.length,
    ).toBeLessThanOrEqual(1);
  });

  test('a window that is none is refused', async () => {
    const window = { from: new Date(api.at.getTime() + 1_000), to: undefined };
    await expect(gather(name, request({ ...some, window }), all('answers'))).rejects.toMatchObject({
      code: 'incident-argument-invalid',
    });
  });

  test('ends with its caller', async () => {
    const gone = AbortSignal.abort(new Error('enough'));
    const source = openSources({ ...unconfigured, redact, ...all('answers') }).get(name);
    await expect(source?.gather(request(some), { signal: gone, now: api.at })).rejects.toThrow('enough');
  });
});

test.each([
  ['kubernetes', {}],
  ['logs', {}],
  ['metrics', {}],
  ['metrics', { query: 'up((' }],
  ['logs', { query: '{' }],
  ['tls', {}],
  ['http', {}],
  ['dns', {}],
  ['note', {}],
  ['note', { query: 'x'.repeat(20_000) }],
  ['git', { query: '../secrets' }],
  ['git', { query: '--output=/tmp/x' }],
  ['git', { target: 'deploy/web' }],
  ['events', { query: '(' }],
  ['kubernetes', { target: 'secret/web', namespace: 'shop' }],
  ['kubernetes', { target: 'nonsensekind/web', namespace: 'shop' }],
] as const)('%s refuses what makes no sense: %j', async (name, asked) => {
  await expect(gather(name, request(asked), all('answers'))).rejects.toMatchObject({
    code: 'incident-argument-invalid',
  });
});

test('a part that cannot be asked makes nothing of the rest an absence', async () => {
  const ports = { ...all('nothing'), metrics: portsThat('throws', api.at).metrics };
  expect(await gather('alerts', request(), ports)).toMatchObject({
    status: 'error',
    problem: expect.stringContaining('the history of alerts'),
  });
  const some = { ...all('answers'), metrics: portsThat('throws', api.at).metrics };
  const told = await gather('alerts', request(), some);
  expect(told).toMatchObject({ status: 'ok' });
  expect(told.payload).toContain('not read: the history of alerts');
});

test('what the chronicle did not see is no silence', async () => {
  const asked = request({ target: 'deploy/no-such-thing', namespace: web.namespace }, 600);
  expect(await gather('events', asked, { cluster: clusterThat('answers') })).toMatchObject({ status: 'error' });
  expect(await gather('events', request(asked, 30), { cluster: clusterThat('answers') })).toMatchObject({
    status: 'error',
  });
});

test('of pods that are gone, Loki is asked; without it nobody knows', async () => {
  const asked = request({ target: 'deploy/no-such-thing', namespace: web.namespace });
  const told = await gather('logs', asked, all('answers'));
  expect(told.rows).toMatchObject([
    { count: 2, text: 'logged a failure', quote: 'error: cannot reach db 1', warning: true },
  ]);
  expect(await gather('logs', asked, { cluster: clusterThat('answers') })).toMatchObject({
    status: 'error',
    problem: expect.stringContaining('no Loki is configured'),
  });
});

test('alerts are spans of the window, and what was silenced is said', async () => {
  const { rows, payload } = await gather('alerts', request(), all('answers'));
  const fired = rows.filter(({ text }) => text === 'alert WebDown fired');
  const minutes = fired.map(({ at, until }) =>
    [at, until ?? at].map((one) => (api.at.getTime() - one.getTime()) / 60_000),
  );
  expect(minutes).toEqual([
    [50, 48],
    [20, 19],
  ]);
  expect(payload).toContain('DiskFull silenced by s1');
  expect(rows).toContainEqual(expect.objectContaining({ text: 'alerts were silenced', change: true }));
});

test('an alert that fires now is told once, though two servers say so', async () => {
  const labels = { alertname: 'WebDown', namespace: 'shop', severity: 'critical' };
  const since = new Date(api.at.getTime() - 600_000);
  const ports = portsThat('answers', api.at);
  const point = (seconds: number) => [new Date(api.at.getTime() - seconds * 1_000), 1] as const;
  const [alerts, metrics] = await Promise.all([ports.alerts?.(), ports.metrics?.()]);
  if (alerts === undefined || metrics === undefined) throw new Error('the fixture has both');
  const firing = {
    fingerprint: 'f1',
    name: 'WebDown',
    state: 'firing' as const,
    since,
    labels,
    annotations: {},
    by: [],
  };
  const still = {
    labels: { ...labels, __name__: 'ALERTS', alertstate: 'firing' },
    points: [point(120), point(60), point(0)],
  };
  const ended = { ...still, labels: { ...still.labels, severity: 'warning' } };
  const { rows } = await gather('alerts', request(), {
    ...all('answers'),
    alerts: async () => ({ ...alerts, current: async () => [firing], silences: async () => [] }),
    metrics: async () => ({
      ...metrics,
      range: async () => ({ series: [still, ended], truncated: false }),
    }),
  });
  expect(rows.map(({ text }) => text)).toEqual(['alert WebDown fires', 'alert WebDown fired']);
});

test('of another alert or another namespace, none is told', async () => {
  const told = await gather('alerts', request({ target: 'DiskFull', namespace: 'shop' }), all('answers'));
  // That it was silenced is said, and is no alert.
  expect(told).toMatchObject({ status: 'empty', rows: [] });
  expect(told.payload).toContain('silence s1');
});

test('a note gives the time that was named, as exactly as it was named', async () => {
  const query = [
    '2026-01-02T03:04:05Z down',
    'back at 2026-01-02 03:30Z',
    'since 2026-01-02',
    'at 2026-01-02 09:00 by the clock',
    'soon',
  ].join('\n');
  const { rows } = await gather('note', request({ query }), {});
  expect(rows.map(({ at, precision, quote }) => [at.toISOString(), precision, quote])).toEqual([
    ['2026-01-02T00:00:00.000Z', 'day', 'since 2026-01-02'],
    ['2026-01-02T03:04:05.000Z', 'second', '2026-01-02T03:04:05Z down'],
    ['2026-01-02T03:30:00.000Z', 'minute', 'back at 2026-01-02 03:30Z'],
  ]);
});

test('a long answer is cut between lines, and says so', async () => {
  const lines = Array.from({ length: 3_000 }, (_, index) => ({
    at: new Date(api.at.getTime() - 1_000 - index),
    labels: {},
    text: `error ${index} ${'x'.repeat(100)}`,
  }));
  const store = {
    ...(await portsThat('answers', api.at).logStore?.()),
    lines: async () => ({ truncated: false, lines }),
  };
  const draft = await gather('logs', request({ query: '{a="b"}' }), {
    ...all('answers'),
    logStore: async () => ({ ...(await must(portsThat('answers', api.at).logStore)), ...store }),
  });
  expect(draft.truncated).toBe(true);
  expect(draft.payload.split('\n').at(-1)).toMatch(/x{100}$/);
});

async function must<Port>(reach: Reach<Port> | undefined): Promise<Port> {
  if (reach === undefined) throw new Error('there is no port');
  return reach();
}

/** Knows one value that is short enough to be guessed, and masks it in the words of others. */
function guessable(sent: readonly string[]): Redactor {
  const isSent = sent.some((text) => text.includes('swordfish'));
  return {
    text: (text) => ({ text: isSent ? text : text.replaceAll('swordfish', '«known»'), counts: {} }),
    agentText: (text) => ({ text, counts: {} }),
    value: (value) => ({ value, counts: {} }),
    echoing: guessable,
  };
}

test.each(names)('%s answers no guess of a value: what the agent sends is not masked', async (name) => {
  const [some] = questions[name];
  const guess: Partial<GatherRequest> =
    name === 'note' || name === 'metrics' || name === 'git' || name === 'logs'
      ? { ...some, query: name === 'logs' ? '{a="swordfish"}' : 'swordfish' }
      : {
          ...some,
          target:
            name === 'http'
              ? 'https://swordfish.example.net/'
              : name === 'tls' || name === 'dns'
                ? 'swordfish'
                : 'deploy/swordfish',
        };
  const source = openSources({ ...unconfigured, ...all('answers'), redact: guessable([]) }).get(name);
  const draft = await source?.gather(request(guess), { signal: never, now: api.at });
  expect(JSON.stringify(draft)).not.toContain('«known»');
});

test('in a note no label of a value is told', async () => {
  const labelling: Redactor = {
    ...guessable([]),
    text: (text) => ({ text: `${text} «label»`, counts: {} }),
    echoing: () => labelling,
  };
  const source = openSources({ ...unconfigured, redact: labelling }).get('note');
  const draft = await source?.gather(request({ query: 'down' }), { signal: never, now: api.at });
  expect(JSON.stringify(draft)).not.toContain('«label»');
});
