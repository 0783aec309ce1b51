import { describe, expect, it } from 'vitest';
import { type JsonObject, Untrusted } from '../kit/index.ts';
import { at, isObject, listAt } from './fields.ts';
import { healthOf } from './health/health-of.ts';
import { kindId } from './kind.ts';
import { logContract } from './logs.contract.ts';
import type { ClusterReader, Reading } from './reader.ts';
import { tableContract } from './server-table.contract.ts';
import { watchContract } from './watch.contract.ts';

/** What a cluster under contract holds, whichever it is. */
export interface Contracted {
  readonly reader: ClusterReader;
  /** Secret values planted in it. */
  readonly canaries: readonly string[];
  /** A kind the credential may not list. */
  readonly forbidden: string;
  /** Somebody else who writes ConfigMaps, in a namespace of their own. */
  readonly writer: Writer;
}

export interface Writer {
  readonly namespace: string;
  /** A ConfigMap that holds one of the canaries. */
  create(name: string): Promise<void>;
  /** Sets the label `touched` to `yes`. */
  touch(name: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** So many ConfigMaps of the label `many=yes`, at once. */
  createMany(count: number): Promise<void>;
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

    it('reads a list of several pages as one of one moment', async () => {
      const { reader, writer } = open();
      await writer.createMany(520);
      const kind = await reader.kind('configmaps', signal);
      const options = { namespace: writer.namespace, selector: 'many=yes', shape: 'metadata', signal } as const;
      const { objects, resourceVersion } = await reader.list(kind, options);
      expect(new Set(objects.map(({ name }) => name)).size).toBe(520);
      const again = await reader.list(kind, { ...options, resourceVersion });
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

    it('says who manages a field, and nothing else of the managed fields', async () => {
      const { reader } = open();
      const deployments = await reader.kind('deploy', signal);
      const { objects } = await reader.list(deployments, { shape: 'metadata', signal });
      const [first] = objects;
      const options = { namespace: first?.namespace, fields: ['', 'spec.template', 'spec.noSuchField'], signal };
      const managers = await reader.managers(deployments, first?.name ?? '', options);
      const [one] = managers.get('') ?? [];
      expect(one).toEqual({
        by: expect.stringMatching(/^[\w.:/@-]+$/),
        how: expect.stringMatching(/^(?:Apply|Update)$/),
        at: expect.stringMatching(/^\d{4}-/),
        subresource: one?.subresource,
      });
      expect(managers.has('spec.noSuchField')).toBe(false);
      await expect(reader.managers(deployments, 'no-such-thing', options)).rejects.toMatchObject({
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

    it('knows a kind by its plural, kind, short name and group, also one installed later', async () => {
      const { reader } = open();
      for (const [words, id] of [
        [['pods', 'pod', 'Pod', 'po', 'pods.v1'], 'pods'],
        [['deploy', 'Deployment', 'deployments.apps', 'deployments.v1.apps'], 'deployments.apps'],
        [['hpa'], 'horizontalpodautoscalers.autoscaling'],
        [['cert', 'Certificate', 'certificates.cert-manager.io'], 'certificates.cert-manager.io'],
        [['pods.metrics.k8s.io', 'PodMetrics'], 'pods.metrics.k8s.io'],
      ] as const) {
        for (const word of words) expect([word, kindId(await reader.kind(word, signal))]).toEqual([word, id]);
      }
      await expect(reader.kind('certificatez', signal)).rejects.toMatchObject({
        code: 'cluster-kind-unknown',
        next: expect.stringContaining('certificates.cert-manager.io'),
      });
      const all = (await reader.kinds(signal)).map(kindId);
      expect(all).toEqual(expect.arrayContaining(['pods', 'deployments.apps', 'certificates.cert-manager.io']));
      expect(all).not.toContain('secrets');
    });

    it('says which right is missing, and that a human grants it', async () => {
      const { reader, forbidden } = open();
      const kind = await reader.kind(forbidden, signal);
      const failure = reader.list(kind, { shape: 'metadata', signal });
      await expect(failure).rejects.toMatchObject({
        code: 'cluster-forbidden',
        audience: 'operator',
        message: `the credential may not list ${kindId(kind)} in all namespaces`,
        next: expect.stringContaining(`RBAC to allow it: verb list ${kindId(kind)}`),
      });
    });

    it('answers what the credential may do, without trying it', async () => {
      const { reader } = open();
      const may = (verb: string, resource: string, group = '') => reader.may({ verb, resource, group }, signal);
      expect(await may('list', 'pods')).toBe(true);
      expect(await may('watch', 'deployments', 'apps')).toBe(true);
      expect(await may('delete', 'pods')).toBe(false);
      expect(await may('get', 'secrets')).toBe(false);
      expect(await reader.may({ verb: 'get', resource: 'pods', subresource: 'exec' }, signal)).toBe(false);
    });

    it('gives the schema of a kind, also of one installed later', async () => {
      const { reader } = open();
      for (const [group, version, kind] of [
        ['apps', 'v1', 'Deployment'],
        ['', 'v1', 'Pod'],
        ['cert-manager.io', 'v1', 'Certificate'],
      ] as const) {
        const schemas = at(await reader.schema(group, version, signal), 'components', 'schemas');
        const own = Object.values(schemas ?? {}).find(
          (schema) => isObject(schema) && isSchemaOf(schema, { group, version, kind }),
        );
        expect(own, kind).toMatchObject({ properties: { spec: expect.anything() } });
      }
      await expect(reader.schema('no-such.example.net', 'v1', signal)).rejects.toMatchObject({
        code: 'cluster-not-found',
      });
    });

    it('has no word for secrets', async () => {
      for (const word of ['secrets', 'secret', 'Secret', 'secrets.v1']) {
        await expect(open().reader.kind(word, signal)).rejects.toMatchObject({ code: 'cluster-secret-refused' });
      }
    });

    logContract(open);
    watchContract(open);
    tableContract(open);
  });
}

function isSchemaOf(
  schema: JsonObject,
  wanted: { readonly group: string; readonly version: string; readonly kind: string },
): boolean {
  return listAt(schema, 'x-kubernetes-group-version-kind').some(
    ({ group, version, kind }) => group === wanted.group && version === wanted.version && kind === wanted.kind,
  );
}
