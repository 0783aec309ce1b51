import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openRecordedApi, type RecordedApi, type RecordedObject } from '../../../test/recorded/api.ts';
import { Untrusted } from '../../kit/index.ts';
import { createRedactor } from '../../redaction/index.ts';
import { openScratchDatabase, type ScratchDatabase } from '../../store/scratch-database.fixture.ts';
import { type ClusterConnection, connectCluster } from '../connect.ts';
import { refText } from '../owner.ts';
import { type Chronicle, type ChronicleReading, openChronicle } from './chronicle.ts';
import { whats } from './entry.ts';

const emptied =
  'delete from castellan.chronicle; delete from castellan.chronicle_state; delete from castellan.chronicle_span';
let scratch: ScratchDatabase;
beforeAll(async () => {
  scratch = await openScratchDatabase();
}, 60_000);
afterAll(() => scratch[Symbol.asyncDispose]());
beforeEach(async () => {
  await scratch.database.execute(emptied);
});

/** The kinds of the recording that are followed. */
const followed = 12;

interface Following extends AsyncDisposable {
  readonly api: RecordedApi;
  readonly chronicle: Chronicle;
  read(): Promise<ChronicleReading>;
  /** `oom Deployment shop/web: OOMKilled` */
  told(): Promise<readonly string[]>;
  /** Stops following; the cluster goes on. */
  stop(): Promise<void>;
}

async function follow(given?: RecordedApi, refused: readonly string[] = []): Promise<Following> {
  const api = given ?? (await openRecordedApi());
  if (refused.length > 0) api.refuse = ({ resource }) => (refused.includes(resource) ? 403 : undefined);
  const connection: ClusterConnection = await connectCluster(
    { kubeconfig: api.kubeconfig, deadlineMs: 5_000 },
    { redactor: createRedactor() },
  );
  const chronicle = openChronicle({ readers: connection.readers, database: scratch.lent });
  const window = { since: new Date(0), until: new Date(Date.now() + 60_000), whats };
  const read = (): Promise<ChronicleReading> => chronicle.read({ context: 'recorded', ...window });
  await expect.poll(() => api.watches).toBe(followed - refused.length);
  const stop = async (): Promise<void> => {
    await chronicle[Symbol.asyncDispose]();
    await connection[Symbol.asyncDispose]();
    await expect.poll(() => api.watches).toBe(0);
  };
  return {
    api,
    chronicle,
    read,
    told: async () =>
      (await read()).entries.map(({ what, root, text, reason, detail }) => {
        const said = detail === undefined ? '' : Untrusted.openForRendering(detail);
        return `${what} ${refText(root)}: ${[text, reason, said].filter((part) => part !== undefined && part !== '').join(' ')}`;
      }),
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop();
      if (given === undefined) await api[Symbol.asyncDispose]();
    },
  };
}

const now = (): string => new Date().toISOString().replace(/\.\d+Z$/, 'Z');

function somePod(api: RecordedApi): RecordedObject {
  const running = api.objects('pods').find((one) => {
    const [owner] = Array.isArray(one.metadata['ownerReferences']) ? one.metadata['ownerReferences'] : [];
    const replicaSet = api.objects('replicasets').find(({ metadata }) => metadata.name === owner?.name);
    return (
      replicaSet !== undefined &&
      JSON.stringify(one['status']).includes('"phase":"Running"') &&
      !one.metadata['deletionTimestamp']
    );
  });
  return running ?? expect.unreachable('no pod of the recording runs');
}

/** As its node would report it after it was killed. */
function killed(pod: RecordedObject, restartCount = 1): RecordedObject {
  const [container] = Object(pod['spec']).containers;
  const terminated = { reason: 'OOMKilled', exitCode: 137, finishedAt: now() };
  const status = {
    name: container.name,
    image: container.image,
    restartCount,
    state: { running: {} },
    lastState: { terminated },
  };
  return { ...pod, status: { phase: 'Running', containerStatuses: [status] } };
}

function event(pod: RecordedObject, count: number, message: string, name = 'one'): RecordedObject {
  const { namespace = '' } = pod.metadata;
  return {
    metadata: { name: `${pod.metadata.name}.${name}`, namespace, uid: `uid-${name}`, creationTimestamp: now() },
    involvedObject: { kind: 'Pod', namespace, name: pod.metadata.name },
    ...{ type: 'Warning', reason: 'Flapping', message, count, firstTimestamp: now(), lastTimestamp: now() },
  };
}

describe('the chronicle', () => {
  it('keeps what killed a pod after the pod and its events are gone', async () => {
    await using following = await follow();
    const { api } = following;
    const pod = somePod(api);
    api.change('pods', 'MODIFIED', killed(pod));
    api.change('events', 'ADDED', event(pod, 3, 'Liveness probe failed'));
    api.change('pods', 'DELETED', killed(pod));
    api.change('events', 'DELETED', event(pod, 3, 'Liveness probe failed'));
    await expect
      .poll(() => following.told())
      .toEqual(
        expect.arrayContaining([
          expect.stringMatching(/^oom Deployment \S+: OOMKilled, memory limit/),
          expect.stringMatching(/^deleted Deployment \S+: pod deleted/),
          expect.stringMatching(/^event Deployment \S+: Flapping Liveness probe failed$/),
        ]),
      );
  });

  it('counts what happens again instead of writing it down again', async () => {
    await using following = await follow();
    const { api } = following;
    const pod = somePod(api);
    for (const count of [1, 4, 9]) {
      api.change(
        'events',
        count === 1 ? 'ADDED' : 'MODIFIED',
        event(pod, count, `Liveness probe failed after ${count}s`),
      );
    }
    for (const restarts of [1, 2, 5]) api.change('pods', 'MODIFIED', killed(pod, restarts));
    const counted = async () =>
      (await following.read()).entries
        .filter(({ about }) => about.name === pod.metadata.name)
        .map(({ what, count }) => [what, count]);
    await expect.poll(counted).toEqual(expect.arrayContaining([['event', 9]]));
    const rows = await scratch.database.query<{ n: number }>(
      `select count(*) as n from castellan.chronicle where what = 'event' and name = $1 and reason = 'Flapping'`,
      [pod.metadata.name],
    );
    expect(rows).toEqual([{ n: 1 }]);
  });

  it('tells after a gap what happened in it, when it must have, and that there was one', async () => {
    await using api = await openRecordedApi();
    const deployment = api.objects('deployments')[0] ?? expect.unreachable();
    const pod = somePod(api);
    {
      await using before = await follow(api);
      await before.read();
    }
    const scaled = { ...deployment, spec: { ...Object(deployment['spec']), replicas: 7 } };
    api.change('deployments', 'MODIFIED', scaled);
    api.change('pods', 'DELETED', pod);
    await using after = await follow(api);
    const { entries, gaps } = await after.read();
    expect(gaps).toMatchObject([{ why: 'Castellan was stopped', kinds: { length: followed } }]);
    const inGap = entries.filter(({ notBefore }) => notBefore !== undefined);
    expect(inGap.map(({ what, text }) => `${what}: ${text}`).sort()).toEqual([
      expect.stringMatching(/^deleted: pod deleted/),
      expect.stringMatching(/^scale: replicas \d → 7$/),
    ]);
    for (const { notBefore, at } of inGap) expect(at.getTime()).toBeGreaterThan(notBefore?.getTime() ?? Number.NaN);
  });

  it('says nothing twice when it begins again', async () => {
    await using api = await openRecordedApi();
    const counts = async (): Promise<unknown> => {
      await using following = await follow(api);
      return (await following.read()).entries.map(({ key, count }) => [key, count]).sort();
    };
    const first = await counts();
    expect(first).not.toEqual([]);
    expect(await counts()).toEqual(first);
  });

  it('follows the other kinds where one is refused, and says which it is', async () => {
    await using following = await follow(undefined, ['configmaps']);
    const { unfollowed, entries } = await following.read();
    expect(unfollowed).toEqual([{ kindId: 'configmaps', why: 'cluster-forbidden' }]);
    expect(entries).not.toEqual([]);
  });

  it('holds no secret in any row, whatever it is told', async () => {
    await using following = await follow();
    const { api } = following;
    const pod = somePod(api);
    const [canary = ''] = api.canaries;
    api.change('events', 'ADDED', event(pod, 1, `login failed: password=${canary}`, 'leak'));
    const [container] = Object(pod['spec']).containers;
    const terminated = { reason: 'Error', exitCode: 1, finishedAt: now(), message: `--api-key=${canary} was refused` };
    const status = { name: container.name, restartCount: 1, state: { running: {} }, lastState: { terminated } };
    api.change('pods', 'MODIFIED', { ...pod, status: { phase: 'Running', containerStatuses: [status] } });
    const configMap = api.objects('configmaps')[0] ?? expect.unreachable();
    api.change('configmaps', 'MODIFIED', { ...configMap, data: { token: canary } });
    await expect
      .poll(() => following.told())
      .toEqual(expect.arrayContaining([expect.stringMatching(/login failed/), expect.stringMatching(/was refused/)]));
    const rows = await scratch.database.query(
      `select to_jsonb(c)::text as row from castellan.chronicle c union all select to_jsonb(s)::text from castellan.chronicle_state s`,
    );
    const text = JSON.stringify(rows);
    expect(text.length).toBeGreaterThan(10_000);
    expect(api.canaries.filter((value) => text.includes(value))).toEqual([]);
  });

  it('asks with nothing but GET, and for no values of ConfigMaps', async () => {
    await using following = await follow();
    await following.read();
    const asked = following.api.requests.filter(({ method }) => method !== 'POST');
    expect(asked.filter(({ method, url }) => method !== 'GET' || url.includes('secrets'))).toEqual([]);
    const maps = asked.filter(({ url }) => url.startsWith('/api/v1/configmaps'));
    expect(maps).toHaveLength(2);
    for (const { headers } of maps) expect(headers.accept).toMatch(/as=PartialObjectMetadata/);
  });

  it('can be stopped while the database is still opening', async () => {
    const chronicle = openChronicle({ readers: [], database: { whenOpen: () => new Promise(() => undefined) } });
    await chronicle[Symbol.asyncDispose]();
  });

  it('does not read where there is no database, and says so', async () => {
    const failing = { whenOpen: async () => Promise.reject(new Error('closed')) };
    await using chronicle = openChronicle({ readers: [], database: failing });
    await expect(chronicle.read({ context: 'x', since: new Date(0), until: new Date(), whats })).rejects.toThrow(
      'closed',
    );
  });
});
