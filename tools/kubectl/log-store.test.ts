import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CastellanError, type Reach } from '../../src/kit/index.ts';
import { monitoringError } from '../../src/monitoring/errors.ts';
import { connectLoki } from '../../src/monitoring/loki.ts';
import { matchHere } from '../../src/monitoring/match-here.fixture.ts';
import type { LogStore } from '../../src/monitoring/port.ts';
import { goneAt, lokiAnswers } from '../../src/monitoring/recorded.fixture.ts';
import { openScripted } from '../../src/monitoring/scripted-server.fixture.ts';
import { createRedactor } from '../../src/redaction/index.ts';
import { openRecordedApi, type RecordedApi } from '../../test/recorded/api.ts';
import { callerOf, noChronicle } from './call.fixture.ts';
import { logs } from './logs.ts';

let api: RecordedApi;
let store: LogStore;
const opened = new AsyncDisposableStack();
beforeAll(async () => {
  api = opened.use(await openRecordedApi());
  const server = opened.use(await openScripted(lokiAnswers));
  const labels = { namespace: 'namespace', pod: 'pod', container: 'container' };
  store = opened.use(await connectLoki({ url: server.url, labels }, { redactor: createRedactor(), match: matchHere }));
});
afterAll(() => opened.disposeAsync());

const now = new Date(goneAt.getTime() + 90 * 60_000);

async function answerTo(input: Readonly<Record<string, unknown>>, logStore?: Reach<LogStore>): Promise<string> {
  await using caller = await callerOf(api.kubeconfig, () => now, logs, noChronicle, { logStore });
  try {
    return (await caller.call(input)).text;
  } catch (error) {
    if (error instanceof CastellanError) return `${error.code}: ${error.message} → ${error.next}`;
    throw error;
  }
}

const withLoki = async () => store;
const away = async (): Promise<LogStore> => {
  throw monitoringError('monitoring-unreachable', { message: 'loki could not be reached', next: 'wait' });
};
const unconfigured = async (): Promise<LogStore> => {
  throw monitoringError('monitoring-unconfigured', { message: 'no loki', next: 'add it' });
};

const namespace = 'garnet-larder';
const pod = `${namespace}/pod/brass-kiln-mzp7gbzcxr-jvjnj`;

describe('kubectl_logs of what is gone', () => {
  it.each([
    ['a pod', { target: pod }],
    ['a workload', { target: 'deploy/brass-kiln', namespace }],
    ['a word, wherever it was', { target: 'brass-kiln' }],
  ])('tells from Loki what %s said last', async (_, input) => {
    const text = await answerTo(input, withLoki);
    expect(text).toMatch(/^1 error \(at 15:28:03\) in 31 lines · scanned 2026-11-26 15:23:03–15:28:03 UTC/);
    expect(text).toContain('level=fatal msg="no database after 30 attempts"');
    expect(text).toMatch(/from Loki: brass-kiln in brass-kiln-mzp7gbzcxr-jvjnj; gone from context /);
  });

  it('searches, leaves out, and takes the time that is asked for, as of any log', async () => {
    const text = await answerTo({ target: pod, grep: 'attempt=1\\d', exclude: 'attempt=15' }, withLoki);
    expect(text).toMatch(/^9 of 31 lines match, no error/);
    expect(await answerTo({ target: pod, level: 'error' }, withLoki)).toMatch(/^1 of 31 lines match, 1 error/);
    expect(await answerTo({ target: pod, since: '92m', container: 'brass-kiln' }, withLoki)).toMatch(/in 13 lines/);
    expect(await answerTo({ target: pod, since: '10m' }, withLoki)).toMatch(
      /^log-gone: .*; Loki has no line of it in this time either → /,
    );
  });

  it('goes on behind a cursor with what is older, and tells no line twice', async () => {
    await using caller = await callerOf(api.kubeconfig, () => now, logs, noChronicle, { logStore: withLoki });
    const told: string[] = [];
    let cursor: string | undefined;
    do {
      const more = cursor === undefined ? {} : { cursor };
      const { text } = await caller.call({ target: pod, limit: 4, around: 0, grep: 'attempt=', ...more });
      told.push(...[...text.matchAll(/attempt=(\d+)$/gm)].map(([, attempt = '']) => attempt).reverse());
      cursor = /next_cursor: (\S+)/.exec(text)?.[1];
    } while (cursor !== undefined && told.length < 60);
    expect(told).toEqual(Array.from({ length: 30 }, (_, index) => String(30 - index)));
  });

  it('says what failed when Loki does, and never that there is nothing', async () => {
    expect(await answerTo({ target: pod }, away)).toMatch(
      /^log-gone: .*; Loki may have its log, but failed: monitoring-unreachable: loki could not be reached → /,
    );
    const text = await answerTo({ target: 'walnut-pennant' }, away);
    expect(text).toMatch(/^Deployment dusky-canoe\/walnut-pennant: no log, .* has not started: ImagePullBackOff\n/);
    expect(text).toMatch(/Loki.*monitoring-unreachable: loki could not be reached/);
  });

  it('is as it was where there is no Loki', async () => {
    const gone = await answerTo({ target: pod });
    expect(gone).toMatch(/^log-gone: /);
    expect(gone).not.toContain('Loki');
    expect(await answerTo({ target: pod }, unconfigured)).toBe(gone);
    expect(await answerTo({ target: 'walnut-pennant' }, unconfigured)).not.toContain('Loki');
  });

  it('asks nobody else for what is there, or was never a pod', async () => {
    let asked = 0;
    const counted = async (): Promise<LogStore> => {
      asked += 1;
      return store;
    };
    await answerTo({ target: 'teal-loom' }, counted);
    expect(await answerTo({ target: 'svc/no-such-service' }, counted)).toMatch(/^log-gone: /);
    expect(await answerTo({ target: 'a/b/c/d' }, counted)).toMatch(/^target-invalid: /);
    expect(asked).toBe(0);
  });
});
