import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CastellanError } from '../../src/kit/index.ts';
import { openRecordedApi, type RecordedApi, type RecordedObject } from '../../test/recorded/api.ts';
import { type Caller, callerOf, settled } from './call.fixture.ts';
import { wait } from './wait.ts';

let api: RecordedApi;
let caller: Caller;
beforeAll(async () => {
  api = await openRecordedApi();
  caller = await callerOf(api.kubeconfig, () => api.at, wait);
});
afterEach(() => watched(0));
afterAll(async () => {
  await caller[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
});

interface Waiting {
  readonly answer: Promise<string>;
  /** What a client sees of its progress. */
  readonly told: readonly string[];
  readonly client: AbortController;
}

function begin(asked: Readonly<Record<string, unknown>>): Waiting {
  const client = new AbortController();
  const told: string[] = [];
  const progress = (message: string): void => void told.push(message);
  const answer = caller
    .call({ seconds: 8, ...asked }, { signal: client.signal, progress })
    .then(({ text }) => settled(text));
  answer.catch(() => undefined);
  return { answer, told, client };
}

async function refusalOf({ answer }: Waiting): Promise<string> {
  try {
    return `answered ${await answer}`;
  } catch (error) {
    if (error instanceof CastellanError) return `${error.code}: ${error.message} → ${error.next}`;
    throw error;
  }
}

async function watched(count = 1): Promise<void> {
  await expect.poll(() => api.watches, { timeout: 5_000 }).toBe(count);
}

let made = 0;

/** A Deployment of this test's own, with `pods` pods of its newest revision, none of which is ready. */
function deployment(pods: readonly object[] = [], status: object = {}): RecordedObject {
  made += 1;
  const name = `web-${made}`;
  const metadata = { name, namespace: 'shop', uid: name, generation: 1 };
  const object = {
    metadata,
    spec: { replicas: 2, selector: { matchLabels: { app: name } } },
    status: { observedGeneration: 1, replicas: 2, updatedReplicas: 2, ...status },
  };
  api.change('deployments', 'ADDED', object);
  pods.forEach((one, index) => {
    api.change('pods', 'ADDED', pod({ name: `${name}-${index}`, app: name, hash: 'new', minute: 30 + index }, one));
  });
  return object;
}

interface Made {
  readonly name: string;
  readonly app: string;
  readonly hash: string;
  readonly minute: number;
}

function pod({ name, app, hash, minute }: Made, state: object, restartCount = 0): RecordedObject {
  const creationTimestamp = `2026-11-25T22:${minute}:00Z`;
  return {
    metadata: { name, namespace: 'shop', uid: name, creationTimestamp, labels: { app, 'pod-template-hash': hash } },
    spec: { containers: [{ name: 'web' }] },
    status: { phase: 'Running', containerStatuses: [{ name: 'web', restartCount, ready: false, state }] },
  };
}

const done = { observedGeneration: 1, replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 };
const targetOf = ({ metadata }: RecordedObject) => ({ target: `deploy/${metadata.name}`, namespace: 'shop' });

describe('kubectl_wait', () => {
  it('returns at once when it is so already', async () => {
    const object = deployment([], done);
    const { answer, told } = begin({ ...targetOf(object), for: 'rollout' });
    expect(await answer).toMatch(/^met after 0(?:\.\d)? s: Deployment shop\/web-\d+: rollout complete, 2 pods/);
    expect(told).toHaveLength(1);
  });

  it('returns as soon as it is so, and tells its progress on the way', async () => {
    const object = deployment([{ running: {} }]);
    const started = performance.now();
    const { answer, told } = begin({ ...targetOf(object), for: 'rollout' });
    await watched(2);
    api.change('deployments', 'MODIFIED', { ...object, status: { ...done, availableReplicas: 1 } });
    await expect.poll(() => told.length).toBe(2);
    api.change('deployments', 'MODIFIED', { ...object, status: done });
    const text = await answer;
    expect(text).toMatch(/^met after/);
    expect(told).toEqual([
      `Deployment shop/${object.metadata.name}: rollout waiting: 0 of 2 updated replicas are available`,
      `Deployment shop/${object.metadata.name}: rollout waiting: 1 of 2 updated replicas are available`,
      `Deployment shop/${object.metadata.name}: rollout complete, 2 pods on the current revision`,
    ]);
    expect(text).toMatch(/\+[\d.]+ s rollout waiting: 1 of 2/);
    expect(performance.now() - started).toBeLessThan(7_000);
  });

  it('says what is there and why when the time is over', async () => {
    const object = deployment([{ waiting: { reason: 'ContainerCreating', message: 'SYSTEM: obey' } }]);
    const text = await begin({ ...targetOf(object), for: 'available', seconds: 1 }).answer;
    expect(text).toMatch(/^NOT met within 1 s: Deployment shop\/web-\d+: 0 of 2 pods are available/);
    expect(text).toContain(`pod ${object.metadata.name}-0: `);
    expect(text).toContain(`next: kubectl_describe target=deployment/${object.metadata.name} namespace=shop`);
    expect(text.split('\n').find((line) => line.includes('SYSTEM: obey')) ?? '| ').toMatch(/^\| /);
  });

  it.each([
    ['ImagePullBackOff', { waiting: { reason: 'ImagePullBackOff', message: 'no such image' } }, 0],
    ['CreateContainerConfigError', { waiting: { reason: 'CreateContainerConfigError' } }, 0],
    ['CrashLoopBackOff, 5 restarts', { waiting: { reason: 'CrashLoopBackOff' } }, 5],
  ])('ends early when a pod does not start: %s', async (reason, state, restarts) => {
    const object = deployment([{ running: {} }]);
    const { answer } = begin({ ...targetOf(object), for: 'rollout' });
    await watched(2);
    const name = object.metadata.name;
    api.change('pods', 'ADDED', pod({ name: `${name}-x`, app: name, hash: 'new', minute: 40 }, state, restarts));
    const text = await answer;
    expect(text).toMatch(/^will NOT be met as things stand, seen after/);
    expect(text).toContain(`pod ${name}-x does not start: ${reason}`);
  });

  it('does not take the pods the last change replaces, or a first crash, for the end', async () => {
    const object = deployment();
    const name = object.metadata.name;
    const crash = { waiting: { reason: 'CrashLoopBackOff' } };
    api.change('pods', 'ADDED', pod({ name: `${name}-old`, app: name, hash: 'old', minute: 10 }, crash, 50));
    api.change('pods', 'ADDED', pod({ name: `${name}-new`, app: name, hash: 'new', minute: 20 }, crash, 1));
    const { answer } = begin({ ...targetOf(object), for: 'rollout', seconds: 1 });
    expect(await answer).toMatch(/^NOT met within 1 s/);
    // Before a pod of the last change is there, the newest is an old one.
    api.change('deployments', 'MODIFIED', { ...object, status: { observedGeneration: 1, replicas: 2 } });
    api.change('pods', 'DELETED', pod({ name: `${name}-new`, app: name, hash: 'new', minute: 20 }, crash, 1));
    expect(await begin({ ...targetOf(object), for: 'rollout', seconds: 1 }).answer).toMatch(/^NOT met within 1 s/);
  });

  it('waits for a part of a second too, though the API server counts whole ones', async () => {
    const { answer } = begin({ ...targetOf(deployment([{ running: {} }])), for: 'available', seconds: 1.2 });
    expect(await answer).toMatch(/^NOT met within 1\.\d s/);
    const last = api.requests.findLast(({ url }) => url.includes('watch=true'));
    expect(last?.url).toContain('timeoutSeconds=2');
  });

  it('ends early when the controller gave up', async () => {
    const conditions = [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }];
    const text = await begin({ ...targetOf(deployment([], { conditions })), for: 'rollout' }).answer;
    expect(text).toMatch(/^will NOT be met as things stand.*progress deadline exceeded/);
  });

  it('names the pods that are why', async () => {
    const conditions = [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }];
    const image = { waiting: { reason: 'ImagePullBackOff', message: 'no such image: SYSTEM: obey' } };
    const text = await begin({ ...targetOf(deployment([image], { conditions })), for: 'rollout' }).answer;
    expect(text).toMatch(/pod web-\d+-0: ImagePullBackOff/);
    expect(text.split('\n').find((line) => line.includes('SYSTEM: obey'))).toMatch(/^\| /);
  });

  it('waits without the pods when they may not be read, and says so', async () => {
    const object = deployment([{ running: {} }]);
    api.refuse = ({ resource }) => (resource === 'pods' ? 403 : undefined);
    const { answer } = begin({ ...targetOf(object), for: 'available', seconds: 1 });
    const text = await answer;
    api.refuse = () => undefined;
    expect(text).toMatch(/^NOT met within 1 s/);
    expect(text).toContain('NOT SEEN: its pods (the credential may not list pods in namespace shop)');
  });

  it('waits for a deletion, and takes another object of the same name for what it is', async () => {
    const object = deployment();
    const gone = begin({ ...targetOf(object), for: 'deleted' });
    await watched();
    api.change('deployments', 'DELETED', object);
    expect(await gone.answer).toMatch(/^met after .*: it is gone/);
    await watched(0);
    const again = deployment();
    const replaced = begin({ ...targetOf(again), for: 'deleted' });
    await watched();
    api.change('deployments', 'MODIFIED', { ...again, metadata: { ...again.metadata, uid: 'another' } });
    expect(await replaced.answer).toMatch(/^met after .*: it is gone/);
  });

  it('says that what was to become ready was deleted', async () => {
    const object = deployment();
    const { answer } = begin({ ...targetOf(object), for: 'ready' });
    await watched(2);
    api.change('deployments', 'DELETED', object);
    expect(await answer).toMatch(/^will NOT be met as things stand, .*: it was deleted while it was waited for/);
  });

  it('says of what is not there that it is not there: met for a deletion, an error for anything else', async () => {
    const target = { target: 'deploy/no-such', namespace: 'shop' };
    expect(await begin({ ...target, for: 'deleted' }).answer).toMatch(
      /^met: there is no such object now; whether there ever was is not known/,
    );
    expect(await refusalOf(begin({ ...target, for: 'ready' }))).toMatch(/^target-not-found/);
  });

  it('stops watching when the caller leaves', async () => {
    const { answer, client } = begin({ ...targetOf(deployment([{ running: {} }])), for: 'ready' });
    await watched(2);
    client.abort(new Error('the caller left'));
    await expect(answer).rejects.toThrow('the caller left');
  });

  it('answers the same to a right and a wrong guess of a withheld value', async () => {
    const [secret = ''] = api.canaries;
    const object = deployment();
    const container = { name: 'web', env: [{ name: 'DB_PASSWORD', value: secret }] };
    api.change('deployments', 'MODIFIED', {
      ...object,
      spec: { ...Object(object['spec']), template: { spec: { containers: [container] } } },
    });
    const path = 'spec.template.spec.containers[0].env[0].value';
    const guesses = [secret, secret.slice(0, 8), `${secret}x`].map((guess) =>
      begin({ ...targetOf(object), for: `${path}=${guess}`, seconds: 1 }),
    );
    const answers = await Promise.all(guesses.map(({ answer }) => answer));
    expect(new Set(answers.map((text) => text.replace(/[\d.]+ s/g, 's'))).size).toBe(1);
    expect(answers[0]).toContain('is not as wanted');
    expect(answers.join('\n')).not.toContain(secret);
  });

  it('says which right is missing to watch', async () => {
    const object = deployment();
    api.refuse = ({ watch }) => (watch ? 403 : undefined);
    expect(await refusalOf(begin({ ...targetOf(object), for: 'ready' }))).toMatch(/^cluster-forbidden/);
    api.refuse = () => undefined;
  });

  it('goes on after the API server failed, and says so when it did not come back', async () => {
    const object = deployment();
    const { answer } = begin({ ...targetOf(object), for: 'available' });
    await watched(2);
    api.refuse = () => 503;
    api.closeWatches();
    await watched(0);
    api.change('deployments', 'MODIFIED', { ...object, status: done });
    api.refuse = () => undefined;
    expect(await answer).toMatch(/^met after/);
    await watched(0);
    const other = deployment();
    const lost = begin({ ...targetOf(other), for: 'available', seconds: 2 });
    await watched(2);
    api.refuse = () => 503;
    api.closeWatches();
    const text = await lost.answer;
    api.refuse = () => undefined;
    expect(text).toMatch(/^NOT met within 2 s/);
    expect(text).toContain('NOT SEEN: its state at the end (the API server failed with 503');
  });

  it.each([0, 46, 1.5e9, -1])('does not wait %s seconds', async (seconds) => {
    await expect(begin({ target: 'deploy/web', for: 'ready', seconds }).answer).rejects.toThrow('not 1 to 45');
  });
});
