import { type Answer, json, openScripted, type ScriptedServer, success } from './scripted-server.fixture.ts';

/** What Prometheus 2.42, Alertmanager 0.25 and Loki 3.7 answered to the questions of the contract, shortened; names are invented. */
const at = 1_795_712_843.717;
const series = (metric: object) => ({ metric, value: [at, '1'] });
const alert = (alertname: string, labels: object = {}) =>
  series({ __name__: 'ALERTS', alertname, alertstate: 'firing', severity: 'warning', ...labels });

const matrix = (metric: object, start: number, end: number, step: number) => ({
  metric,
  values: Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, index) => [start + index * step, '1']),
});

const values: Readonly<Record<string, readonly string[]>> = {
  alertname: ['BackupTooOld', 'HostMetricsMissing', 'TargetDown', 'Watchdog'],
  alertstate: ['firing', 'pending'],
  job: ['exporter', 'prometheus'],
};

const prometheusAnswers: Answer = (response, { path, parameters }) => {
  const query = parameters.get('query') ?? '';
  const [, label] = /^\/api\/v1\/label\/(\w+)\/values$/.exec(path) ?? [];
  if (label !== undefined) return json(response, success(values[label] ?? []));
  switch (path) {
    case '/-/ready':
      response.end('Prometheus Server is Ready.\n');
      return;
    case '/api/v1/status/buildinfo':
      return json(response, success({ version: '2.42.0+ds', goVersion: 'go1.19.8' }));
    case '/api/v1/rules':
      return json(response, success({ groups: [{ name: 'monitoring', file: '/etc/rules.yaml', rules }] }));
    case '/api/v1/query_range': {
      const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(parameters.get(name)));
      const result = [matrix({ __name__: 'up', job: 'exporter' }, start ?? 0, end ?? 0, step ?? 1)];
      return json(response, success({ resultType: 'matrix', result }));
    }
    case '/api/v1/query':
      if (query.startsWith('rate(up)'))
        return json(response, { status: 'error', errorType: 'bad_data', error: 'expected type range vector' }, 400);
      return json(response, success(instant(query)));
  }
  response.writeHead(404).end('404 page not found\n');
};

function instant(query: string): object {
  if (query === '1 + 1') return { resultType: 'scalar', result: [at, '2'] };
  if (query.startsWith('ALERTS')) return { resultType: 'vector', result: [alert('TargetDown'), alert('Watchdog')] };
  if (query.includes('0 / 0')) return { resultType: 'vector', result: [{ metric: {}, value: [at, 'NaN'] }] };
  const result = query === 'up' ? [series({ __name__: 'up', job: 'exporter', instance: '192.0.2.4:9100' })] : [];
  return { resultType: 'vector', result };
}

const rules = [
  {
    type: 'alerting',
    state: 'firing',
    name: 'Watchdog',
    query: 'vector(1)',
    duration: 0,
    labels: { severity: 'none' },
    annotations: { summary: 'Alerting works' },
    alerts: [],
    health: 'ok',
  },
  { type: 'recording', name: 'job:up:sum', query: 'sum by (job) (up)', health: 'ok' },
  {
    type: 'alerting',
    state: 'inactive',
    name: 'Broken',
    query: 'a + on() b',
    duration: 300,
    health: 'err',
    labels: {},
  },
];

const target = '9ca8466d8a4311b7';
const silence = '88a92136-6657-4e21-8eeb-c3488e9861a8';
const current = (alertname: string, fingerprint: string, status: object) => ({
  fingerprint,
  startsAt: '2026-11-26T16:58:24.840Z',
  endsAt: '2026-11-26T17:12:24.840Z',
  updatedAt: '2026-11-26T17:07:24.840Z',
  labels: { alertname, severity: 'warning' },
  annotations: { summary: `${alertname} is so` },
  generatorURL: 'http://prometheus.example.net/graph',
  receivers: [{ name: 'nobody' }],
  status: { state: 'active', silencedBy: [], inhibitedBy: [], ...status },
});

const alertmanagerAnswers: Answer = (response, { path }) => {
  switch (path) {
    case '/-/ready':
      response.end('OK');
      return;
    case '/api/v2/status':
      return json(response, { versionInfo: { version: '0.25.0' }, uptime: '2026-11-26T16:57:50Z' });
    case '/api/v2/alerts':
      return json(response, [
        current('Watchdog', 'd6589fd0b02a9815', {}),
        current('TargetDown', target, {}),
        current('HostMetricsMissing', 'd4a5b214f2596caa', { state: 'suppressed', inhibitedBy: [target] }),
        current('BackupTooOld', '374a8912bb3e6acb', { state: 'suppressed', silencedBy: [silence] }),
      ]);
    case '/api/v2/silences':
      return json(response, [
        {
          id: silence,
          status: { state: 'active' },
          updatedAt: '2026-11-26T16:57:53.723Z',
          startsAt: '2026-11-26T16:57:53.723Z',
          endsAt: '2026-12-26T16:57:53.718Z',
          createdBy: 'lab',
          comment: 'the machine it was copied to is being replaced',
          matchers: [{ name: 'alertname', value: 'BackupTooOld', isRegex: false, isEqual: true }],
        },
      ]);
  }
  response.writeHead(404).end();
};

const gone = 'brass-kiln-mzp7gbzcxr-jvjnj';
export const goneAt = new Date('2026-11-26T15:28:03.447Z');
const nano = (milliseconds: number): string => `${milliseconds}000000`;

export const lokiAnswers: Answer = (response, { path, parameters }) => {
  const [, label] = /^\/loki\/api\/v1\/label\/(\w+)\/values$/.exec(path) ?? [];
  const known: Readonly<Record<string, readonly string[]>> = { namespace: ['garnet-larder'], pod: [gone] };
  if (label !== undefined) {
    const data = known[label];
    return json(response, data === undefined ? { status: 'success' } : success(data));
  }
  switch (path) {
    case '/ready':
      response.end('ready\n');
      return;
    case '/loki/api/v1/status/buildinfo':
      return json(response, { version: '3.7.8', revision: '', goVersion: '' });
    case '/loki/api/v1/query_range':
      return json(response, success({ resultType: 'streams', result: streamsOf(parameters), stats: {} }));
  }
  response.writeHead(404).end();
};

function streamsOf(parameters: URLSearchParams): readonly object[] {
  const query = parameters.get('query') ?? '';
  if (!/garnet-larder|brass-kiln/.test(query)) return [];
  const [start, end] = ['start', 'end'].map((name) => BigInt(parameters.get(name) ?? '0'));
  const stream = { app: 'brass-kiln', container: 'brass-kiln', namespace: 'garnet-larder', pod: gone };
  const last = goneAt.getTime();
  const printed = Array.from({ length: 30 }, (_, index) => [
    nano(last - (30 - index) * 10_000),
    `level=warn msg="database refused the connection" attempt=${index + 1}`,
  ]);
  const within = ([time = '0']: readonly string[]): boolean =>
    BigInt(time) >= (start ?? 0n) && BigInt(time) < (end ?? 0n);
  const result = [
    {
      stream: { ...stream, stream: 'stderr' },
      values: [[nano(last), 'level=fatal msg="no database after 30 attempts"']],
    },
    { stream: { ...stream, stream: 'stdout' }, values: printed.toReversed() },
  ].map((one) => ({ ...one, values: one.values.filter(within) }));
  let room = Number(parameters.get('limit'));
  return result
    .map((one) => {
      const values = one.values.slice(0, room);
      room -= values.length;
      return { ...one, values };
    })
    .filter(({ values: kept }) => kept.length > 0);
}

export interface Recorded extends AsyncDisposable {
  readonly prometheus: ScriptedServer;
  readonly alertmanager: ScriptedServer;
  readonly loki: ScriptedServer;
}

export async function openRecordedMonitoring(): Promise<Recorded> {
  await using opened = new AsyncDisposableStack();
  const prometheus = opened.use(await openScripted(prometheusAnswers));
  const alertmanager = opened.use(await openScripted(alertmanagerAnswers));
  const loki = opened.use(await openScripted(lokiAnswers));
  const kept = opened.move();
  return { prometheus, alertmanager, loki, [Symbol.asyncDispose]: () => kept[Symbol.asyncDispose]() };
}
