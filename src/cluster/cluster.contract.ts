import { describe, expect, it } from 'vitest';
import { type JsonObject, Untrusted } from '../kit/index.ts';
import { healthOf } from './health/health-of.ts';
import type { ClusterReader, Reading } from './reader.ts';

/** What a cluster under contract holds, whichever it is. */
export interface Contracted {
  readonly reader: ClusterReader;
  /** Secret values planted in it. */
  readonly canaries: readonly string[];
}

const { signal } = new AbortController();

/**
 * What the port promises, run against the recorded API and against a real one: a recording that lies fails here.
 */
export function clusterContract(title: string, open: () => Contracted): void {
  const listPods = async (options: Partial<Parameters<ClusterReader['list']>[1]> = {}): Promise<Reading> => {
    const { reader } = open();
    const pods = await reader.kind('pods', signal);
    return reader.list(pods, { shape: healthOf(pods).shape, signal, ...options });
  };

  describe(title, () => {
    it('lists the pods of all namespaces, with what their health is read from', async () => {
      const { objects, resourceVersion } = await listPods();
      expect(objects.length).toBeGreaterThan(5);
      expect(resourceVersion).toMatch(/^\d+$/);
      for (const object of objects) {
        expect(object).toMatchObject({ kind: 'Pod', name: expect.stringMatching(/./), created: expect.any(Date) });
        expect(Object.keys(object.body).sort()).toEqual(['kind', 'metadata', 'spec', 'status']);
        expect(object.body['metadata']).not.toHaveProperty('annotations');
      }
      expect(new Set(objects.map(({ namespace }) => namespace)).size).toBeGreaterThan(2);
    });

    it('finds each of the faults the sample has, and health beside them', async () => {
      const pods = await open().reader.kind('pods', signal);
      const { objects } = await listPods();
      const verdicts = objects.map((object) => healthOf(pods).judge(object, new Date()));
      const told = verdicts.map(({ summary, detail }) =>
        detail === undefined ? summary : `${summary} ${Untrusted.openForRendering(detail)}`,
      );
      for (const fault of [
        'CrashLoopBackOff',
        'ImagePullBackOff',
        'Evicted',
        'unscheduled',
        'not ready',
        'OOMKilled',
      ]) {
        expect(told.some((text) => text.includes(fault))).toBe(true);
      }
      expect(verdicts.some(({ status }) => status === 'ok')).toBe(true);
    });

    it('narrows by namespace, label and field on the server', async () => {
      const all = (await listPods()).objects;
      const [some] = all.filter((pod) => pod.name.startsWith('') && pod.namespace !== '');
      const namespace = some?.namespace ?? '';
      const inNamespace = (await listPods({ namespace })).objects;
      expect(inNamespace.map(({ name }) => name).sort()).toEqual(
        all
          .filter((pod) => pod.namespace === namespace)
          .map(({ name }) => name)
          .sort(),
      );
      expect((await listPods({ selector: 'no-such-label=x' })).objects).toEqual([]);
      const named = await listPods({ fieldSelector: `metadata.name=${some?.name}` });
      expect(named.objects.map(({ name }) => name)).toEqual([some?.name]);
      const partial = await listPods({ shape: 'metadata' });
      expect(partial.objects.map(({ name }) => name).sort()).toEqual(all.map(({ name }) => name).sort());
      expect(partial.objects.every(({ body }) => !Object.hasOwn(body, 'spec'))).toBe(true);
    });

    it('reads the same moment again', async () => {
      const { objects, resourceVersion } = await listPods();
      const again = await listPods({ resourceVersion });
      expect(again.objects.map(({ name }) => name)).toEqual(objects.map(({ name }) => name));
    });

    it('gets one object with everything but what is withheld', async () => {
      const { reader } = open();
      const deployments = await reader.kind('deploy', signal);
      const { objects } = await reader.list(deployments, { shape: 'metadata', signal });
      const [first] = objects;
      const one = await reader.get(deployments, first?.name ?? '', { namespace: first?.namespace, signal });
      expect(one.body).toMatchObject({ kind: 'Deployment', apiVersion: 'apps/v1', spec: expect.anything() });
      expect(one.body['metadata']).not.toHaveProperty('managedFields');
      await expect(reader.get(deployments, 'no-such-thing', { namespace: 'default', signal })).rejects.toMatchObject({
        code: 'cluster-not-found',
      });
    });

    it('shows no planted secret in any object of any kind', async () => {
      const { reader, canaries } = open();
      let seen: readonly JsonObject[] = [];
      for (const word of ['pods', 'deployments', 'replicasets', 'configmaps', 'events', 'nodes', 'services', 'jobs']) {
        const kind = await reader.kind(word, signal);
        const { objects } = await reader.list(kind, {
          shape: { spec: true, status: true, data: true, message: true },
          signal,
        });
        const whole = objects.slice(0, 20).map(({ name, namespace }) => reader.get(kind, name, { namespace, signal }));
        seen = [...seen, ...[...objects, ...(await Promise.all(whole))].map(({ body }) => body)];
      }
      const text = JSON.stringify(seen);
      expect(text.length).toBeGreaterThan(10_000);
      const leaked = canaries.filter(
        (canary) => text.includes(canary) || text.includes(Buffer.from(canary).toString('base64')),
      );
      expect(leaked).toEqual([]);
    });

    it('has no word for secrets', async () => {
      for (const word of ['secrets', 'secret', 'Secret', 'secrets.v1']) {
        await expect(open().reader.kind(word, signal)).rejects.toMatchObject({ code: 'cluster-secret-refused' });
      }
    });
  });
}
