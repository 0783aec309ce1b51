import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClusterReader, FoundBy } from '../../src/cluster/index.ts';
import { openRecordedApi, type RecordedApi } from '../../test/recorded/api.ts';
import { type Caller, callerOf } from './call.fixture.ts';
import { lastWordsOf } from './last-words.ts';

let api: RecordedApi;
let caller: Caller;
beforeAll(async () => {
  api = await openRecordedApi();
  caller = await callerOf(api.kubeconfig);
});
afterAll(async () => {
  await caller[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
});

const { signal } = new AbortController();
const time = '2026-03-01T12:00:00Z';

/** A finding about the first recorded pod and its first container, which has printed this. */
async function findingThatPrinted(...lines: readonly string[]): Promise<FoundBy> {
  const { reader } = caller.connection;
  const { objects } = await reader.list(await reader.kind('pods', signal), { shape: { spec: true }, signal });
  const [object] = objects;
  if (object === undefined) return expect.unreachable('the recording has no pod');
  const container = /"containers":\[\{[^[\]]*?"name":"([^"]+)"/.exec(JSON.stringify(object.body))?.[1];
  if (container === undefined) return expect.unreachable('the pod has no container');
  const { namespace, name } = object;
  api.log(
    { namespace, pod: name, container },
    lines.map((line) => `${time} ${line}`),
  );
  const log = { container, previous: false };
  return { rule: 'pod-not-ready', severity: 'critical', summary: '', object, root: object, log };
}

/** A reader whose logs never come. */
const silentLogs = (): ClusterReader => ({
  ...caller.connection.reader,
  logs: (_pod, options) =>
    new Promise((_resolve, reject) => {
      options.signal.addEventListener('abort', () => reject(options.signal.reason), { once: true });
    }),
});

describe('the last words of a container', () => {
  it.each([
    ['the newest error', ['ERROR one', 'ERROR two', 'retrying'], 'ERROR two'],
    ['what ended a program', ['starting', 'panic: no such table'], 'panic: no such table'],
    ['nothing, where nothing sounds like an error', ['GET /items 200', 'INFO 0 errors'], undefined],
    ['nothing of an empty log', [], undefined],
  ])('are %s', async (_name, lines, line) => {
    const finding = await findingThatPrinted(...lines);
    expect(await lastWordsOf(caller.connection.reader, finding, signal)).toEqual({ line, why: undefined });
  });

  it('are looked for in the newest lines alone', async () => {
    const finding = await findingThatPrinted('ERROR of yesterday', ...Array.from({ length: 80 }, () => 'INFO fine'));
    expect(await lastWordsOf(caller.connection.reader, finding, signal)).toEqual({ line: undefined, why: undefined });
  });

  it('are not waited for when its node does not answer', async () => {
    const finding = await findingThatPrinted();
    expect(await lastWordsOf(silentLogs(), finding, signal)).toEqual({ line: undefined, why: 'no answer in 3 s' });
  });

  it('end with the call that wants them', async () => {
    const gone = new AbortController();
    const finding = await findingThatPrinted();
    const asked = lastWordsOf(silentLogs(), finding, gone.signal);
    gone.abort(new Error('the caller went'));
    await expect(asked).rejects.toThrow('the caller went');
  });
});
