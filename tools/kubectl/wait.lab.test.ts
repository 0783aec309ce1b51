import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { castellanRequests, describeWithLab, kubectlAs, leaksIn, sampleOf } from '../../test/lab/use-lab.ts';
import { type Caller, callerOf } from './call.fixture.ts';
import { wait } from './wait.ts';

await describeWithLab('kubectl_wait on a real API server', (lab) => {
  const namespace = `waiting-${randomBytes(4).toString('hex')}`;
  const kubectl = async (...args: readonly string[]): Promise<void> => {
    const { ok, stderr } = await kubectlAs('admin', lab, args);
    expect(ok, stderr).toBe(true);
  };
  const create = (name: string, ...more: readonly string[]): Promise<void> =>
    kubectl('create', 'deployment', name, '--image=registry.example.net/web:1', '-n', namespace, ...more);
  let caller: Caller;
  beforeAll(async () => {
    await kubectl('create', 'namespace', namespace);
    caller = await callerOf(lab.kubeconfig.castellan, () => new Date(), wait);
  });
  afterAll(async () => {
    await caller[Symbol.asyncDispose]();
    await kubectl('delete', 'namespace', namespace, '--wait=false');
  });

  it('waits for a rollout from its start to its end, and for the next one', async () => {
    await create('web', '--replicas=3');
    const told: string[] = [];
    const client = { progress: (message: string) => void told.push(message) };
    const first = await caller.call({ target: 'deploy/web', for: 'rollout', namespace }, client);
    expect(first.text).toMatch(/^met after [\d.]+ s: Deployment .*: rollout complete, 3 pods/);
    expect(told.length).toBeGreaterThan(0);
    await kubectl('set', 'image', 'deployment/web', 'web=registry.example.net/web:2', '-n', namespace);
    const second = await caller.call({ target: 'deploy/web', for: 'rollout', namespace });
    expect(second.text).toMatch(/^met after/);
    const { stdout } = await kubectlAs('admin', lab, [
      'rollout',
      'status',
      'deployment/web',
      '-n',
      namespace,
      '--timeout=1s',
    ]);
    expect(stdout).toContain('successfully rolled out');
    for (const goal of ['available', 'ready', 'condition=Available', 'status.readyReplicas=3']) {
      expect((await caller.call({ target: 'deploy/web', for: goal, namespace })).text).toMatch(/^met after 0/);
    }
  });

  it('waits for a deletion', async () => {
    await create('short-lived');
    const waiting = caller.call({ target: 'deploy/short-lived', for: 'deleted', namespace });
    await kubectl('delete', 'deployment', 'short-lived', '-n', namespace);
    expect((await waiting).text).toMatch(
      /^met(?: after [\d.]+ s: Deployment .*: it is gone|: there is no such object)/,
    );
  });

  it('ends when the time is over, with what is there', async () => {
    const started = performance.now();
    const { text } = await caller.call({ target: 'deploy/web', for: 'status.readyReplicas=7', namespace, seconds: 2 });
    expect(text).toMatch(/^NOT met within 2 s: .*status\.readyReplicas is not as wanted/);
    expect(performance.now() - started).toBeLessThan(8_000);
  });

  it('ends early for the planted faults, and says why', async () => {
    for (const [fault, why] of [
      ['image-pull', 'ImagePullBackOff'],
      ['crash-loop-oom', 'CrashLoopBackOff'],
    ] as const) {
      const place = sampleOf(lab).faults[fault];
      const { text } = await caller.call({
        target: `deploy/${place.name}`,
        namespace: place.namespace,
        for: 'rollout',
      });
      expect(text).toMatch(/^will NOT be met as things stand, seen after [\d.]+ s/);
      expect(text).toContain(why);
      expect(leaksIn(lab, text)).toEqual([]);
    }
  });

  it('stops its watches when the caller leaves', async () => {
    const since = new Date();
    const client = new AbortController();
    const waiting = caller.call(
      { target: 'deploy/web', for: 'status.readyReplicas=9', namespace },
      { signal: client.signal },
    );
    setTimeout(() => client.abort(new Error('the caller left')), 1_500);
    await expect(waiting).rejects.toThrow('the caller left');
    // The server writes a watch down a second time when it has ended.
    const ended = () =>
      castellanRequests(lab, since).filter(
        ({ uri, code }) => uri.includes('watch=true') && uri.includes(namespace) && code === 200,
      );
    await expect.poll(() => ended().length, { timeout: 30_000 }).toBeGreaterThan(0);
  });
});
