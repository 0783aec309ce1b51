import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRecordedApi, type RecordedApi } from '../../../test/recorded/api.ts';
import { silent } from '../../redaction/no-redaction.fixture.ts';
import { type ClusterConnection, connectCluster } from '../connect.ts';
import type { ClusterReader } from '../reader.ts';
import { currentSurvey } from './current-survey.ts';

let api: RecordedApi;
let connection: ClusterConnection;
beforeAll(async () => {
  api = await openRecordedApi();
  connection = await connectCluster({ kubeconfig: api.kubeconfig, deadlineMs: 5_000 }, { redactor: silent });
});
afterAll(async () => {
  await connection[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
});

/** A reader of its own, which counts how often pods were listed and can be held at the door. */
function countedReader(gate: () => Promise<void> = async () => undefined) {
  const seen = { pods: 0, signals: [] as AbortSignal[] };
  const reader: ClusterReader = {
    ...connection.reader,
    list: async (kind, options) => {
      if (kind.resource === 'pods') seen.pods += 1;
      seen.signals.push(options.signal);
      await gate();
      options.signal.throwIfAborted();
      return connection.reader.list(kind, options);
    },
  };
  return { reader, seen };
}

const later = (seconds: number): Date => new Date(api.at.getTime() + seconds * 1_000);
const { signal } = new AbortController();

describe('the current survey', () => {
  it('is shared by those who ask at the same time, and stands for five seconds', async () => {
    const { reader, seen } = countedReader();
    const [one, other] = await Promise.all([
      currentSurvey(reader, { signal, now: later(0) }),
      currentSurvey(reader, { signal, now: later(1) }),
    ]);
    expect(other).toBe(one);
    expect(await currentSurvey(reader, { signal, now: later(5) })).toBe(one);
    expect(one.at).toEqual(later(0));
    expect(seen.pods).toBe(1);
  });

  it('is taken anew after that, and for a moment before it', async () => {
    const { reader, seen } = countedReader();
    const one = await currentSurvey(reader, { signal, now: later(0) });
    const next = await currentSurvey(reader, { signal, now: later(6) });
    expect(next).not.toBe(one);
    expect(next.at).toEqual(later(6));
    expect((await currentSurvey(reader, { signal, now: later(2) })).at).toEqual(later(2));
    expect(seen.pods).toBe(3);
  });

  it('is each reader’s own', async () => {
    const [one, other] = [countedReader(), countedReader()];
    await currentSurvey(one.reader, { signal, now: later(0) });
    await currentSurvey(other.reader, { signal, now: later(0) });
    expect([one.seen.pods, other.seen.pods]).toEqual([1, 1]);
  });

  it('goes on for the others when one of its callers goes, and ends with the last', async () => {
    const held = Promise.withResolvers<void>();
    const { reader, seen } = countedReader(() => held.promise);
    const [first, second] = [new AbortController(), new AbortController()];
    const asked = [first, second].map((caller) =>
      currentSurvey(reader, { signal: caller.signal, now: later(0) }).catch((error: unknown) => error),
    );
    await expect.poll(() => seen.signals.length).toBeGreaterThan(0);
    first.abort(new Error('first went'));
    expect(await asked[0]).toMatchObject({ message: 'first went' });
    expect(seen.signals.some(({ aborted }) => aborted)).toBe(false);
    second.abort(new Error('second went'));
    expect(await asked[1]).toMatchObject({ message: 'second went' });
    expect(seen.signals.every(({ aborted }) => aborted)).toBe(true);
    held.resolve();
    expect((await currentSurvey(reader, { signal, now: later(0) })).findings.length).toBeGreaterThan(0);
  });

  it('is not kept when it failed', async () => {
    let broken = true;
    const { reader } = countedReader(async () => {
      if (broken) throw new Error('broken');
    });
    await expect(currentSurvey(reader, { signal, now: later(0) })).rejects.toThrow('broken');
    broken = false;
    expect((await currentSurvey(reader, { signal, now: later(0) })).findings.length).toBeGreaterThan(0);
  });
});
