import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRecordedApi, type RecordedApi, type RecordedObject } from '../../test/recorded/api.ts';
import { silent } from '../redaction/no-redaction.fixture.ts';
import { clusterContract, type Writer } from './cluster.contract.ts';
import { type ClusterConnection, connectCluster } from './connect.ts';

const { signal } = new AbortController();
const dependencies = { redactor: silent };

let api: RecordedApi;
let connection: ClusterConnection;
beforeAll(async () => {
  api = await openRecordedApi();
  api.refuse = ({ resource }) => (resource === 'clusterrolebindings' ? 403 : undefined);
  connection = await connectCluster({ kubeconfig: api.kubeconfig, deadlineMs: 5_000 }, dependencies);
});
afterAll(async () => {
  await connection[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
});

/** Writes into the recording, and its change reaches who watches. */
const writer: Writer = {
  namespace: 'contract',
  create: async (name) =>
    api.change('configmaps', 'ADDED', {
      metadata: { name, namespace: 'contract' },
      data: { password: api.canaries[0] ?? '' },
    }),
  touch: async (name) => {
    const found = configMap(name);
    api.change('configmaps', 'MODIFIED', { ...found, metadata: { ...found.metadata, labels: { touched: 'yes' } } });
  },
  remove: async (name) => api.change('configmaps', 'DELETED', configMap(name)),
  createMany: async (count) => {
    const names = Array.from({ length: count }, (_, index) => `many-${index}`);
    const metadata = names.map((name) => ({ name, namespace: 'contract', labels: { many: 'yes' } }));
    api.objects('configmaps').push(...metadata.map((one) => ({ metadata: one })));
  },
};

function configMap(name: string): RecordedObject {
  const found = api.objects('configmaps').find(({ metadata }) => metadata.name === name);
  return found ?? expect.unreachable(`there is no ConfigMap ${name}`);
}

clusterContract('the recorded API', () => ({
  reader: connection.reader,
  canaries: api.canaries,
  forbidden: 'clusterrolebindings',
  writer,
}));

describe('a connection', () => {
  it('is refused for a credential that may do more than look, before anything is read', async () => {
    await using open = await openRecordedApi();
    open.allow = ({ verb, resource }) => verb === 'patch' && resource === 'deployments';
    await expect(
      connectCluster({ kubeconfig: open.kubeconfig, deadlineMs: 5_000 }, dependencies),
    ).rejects.toMatchObject({
      code: 'cluster-overprivileged',
    });
    expect(open.requests.every(({ method }) => method === 'POST')).toBe(true);
  });

  it('is made while the cluster is away, and reads only once the check could be made', async () => {
    const away = await openRecordedApi();
    const kubeconfig = readFileSync(away.kubeconfig);
    await away[Symbol.asyncDispose]();
    await using back = await openRecordedApi();
    writeFileSync(back.kubeconfig, kubeconfig);
    await using lost = await connectCluster({ kubeconfig: back.kubeconfig, deadlineMs: 1_000 }, dependencies);
    await expect(lost.reader.kind('pods', signal)).rejects.toMatchObject({ code: 'cluster-unreachable' });
    const findings = await lost.probe(signal);
    expect(findings.map(({ status }) => status)).toEqual(findings.map(() => 'unknown'));
  });

  it('checks before the first read of every method, and reads nothing when it failed', async () => {
    await using open = await openRecordedApi();
    await using later = await connectCluster({ kubeconfig: open.kubeconfig, deadlineMs: 5_000 }, dependencies);
    const pods = await later.reader.kind('pods', signal);
    await using unchecked = await openRecordedApi();
    let answers = false;
    unchecked.allow = () => {
      if (answers) return true;
      throw new Error('the review could not be made');
    };
    await using doubtful = await connectCluster({ kubeconfig: unchecked.kubeconfig, deadlineMs: 300 }, dependencies);
    answers = true;
    const reads = [
      () => doubtful.reader.kind('pods', signal),
      () => doubtful.reader.list(pods, { shape: 'metadata', signal }),
      () => doubtful.reader.get(pods, 'web', { namespace: 'web', signal }),
      () => doubtful.reader.table(pods, { signal }),
      () => doubtful.reader.logs({ namespace: 'web', name: 'web' }, { container: 'web', signal }),
      () => doubtful.reader.watch(pods, { shape: {}, seconds: 1, signal })[Symbol.asyncIterator]().next(),
      () => doubtful.reader.kinds(signal),
      () => doubtful.reader.schema('apps', 'v1', signal),
    ];
    for (const read of reads) await expect(read()).rejects.toMatchObject({ code: 'cluster-overprivileged' });
    expect(unchecked.requests.filter(({ method }) => method === 'GET')).toEqual([]);
  });

  it('gives readers of the allowed contexts and no others', async () => {
    await using open = await openRecordedApi();
    const config = JSON.parse(readFileSync(open.kubeconfig, 'utf8'));
    const [{ context }] = config.contexts;
    config.contexts.push({ name: 'second', context }, { name: 'third', context });
    writeFileSync(open.kubeconfig, JSON.stringify(config));
    const options = { kubeconfig: open.kubeconfig, contexts: ['second'], deadlineMs: 5_000 };
    await using both = await connectCluster(options, dependencies);
    expect(both.reader.context).toBe('recorded');
    expect(both.reader.inContext(undefined).context).toBe('recorded');
    expect(both.reader.inContext('second').inContext('recorded').context).toBe('recorded');
    for (const context of ['third', 'no-such', '__proto__', '']) {
      expect(() => both.reader.inContext(context)).toThrow('is not one that may be read');
    }
  });

  it('tells an operator what it found', async () => {
    const findings = await connection.probe(signal);
    expect(findings[0]).toMatchObject({ check: 'recorded: API server', status: 'pass' });
    expect(findings).toHaveLength(12);
    expect(findings.every(({ status }) => status === 'pass')).toBe(true);
  });

  it('keeps the kubeconfig out of what it hands over', () => {
    expect(JSON.stringify(connection)).not.toContain(api.token);
    expect(Object.keys(connection.reader).sort()).toEqual(
      'context get inContext kind kinds list logs managers may schema table watch'.split(' '),
    );
  });
});

describe('a list', () => {
  it('of several pages is one reading', async () => {
    await using open = await openRecordedApi();
    const pods = open.objects('pods');
    const [first] = pods;
    const many = Array.from({ length: 1_203 }, (_, index) => ({
      ...first,
      metadata: { name: `copy-${index}`, namespace: 'default' },
    }));
    pods.splice(0, pods.length, ...many);
    await using paged = await connectCluster({ kubeconfig: open.kubeconfig, deadlineMs: 5_000 }, dependencies);
    const kind = await paged.reader.kind('pods', signal);
    const { objects } = await paged.reader.list(kind, { shape: 'metadata', signal });
    expect(new Set(objects.map(({ name }) => name)).size).toBe(1_203);
    expect(open.requests.filter(({ url }) => url.startsWith('/api/v1/pods')).length).toBe(3);
  });

  it('whose moment passes while it is read is read again from the start', async () => {
    await using open = await openRecordedApi();
    const pods = open.objects('pods');
    const [first] = pods;
    const many = Array.from({ length: 600 }, (_, index) => ({ ...first, metadata: { name: `copy-${index}` } }));
    pods.splice(0, pods.length, ...many);
    await using paged = await connectCluster({ kubeconfig: open.kubeconfig, deadlineMs: 5_000 }, dependencies);
    const kind = await paged.reader.kind('pods', signal);
    open.forgetAfter(1);
    const { objects } = await paged.reader.list(kind, { shape: 'metadata', signal });
    expect(objects).toHaveLength(600);
    const lists = open.requests.filter(({ url }) => url.startsWith('/api/v1/pods'));
    expect(lists.map(({ url }) => url.includes('continue='))).toEqual([false, true, false, true]);
  });

  it.each([
    'app=',
    'app==web',
    'app!=web',
    'app',
    '!app',
    'app in (a, b)',
    'app notin (a),tier=x',
    'example.net/app=a.b-c_d',
  ])('takes the selector %j', async (selector) => {
    const pods = await connection.reader.kind('pods', signal);
    await expect(connection.reader.list(pods, { selector, shape: 'metadata', signal })).resolves.toBeDefined();
  });

  it.each(['app=web&watch=true', 'a b', '=x', 'app=web;x', 'app in (a', '../x', 'a='.repeat(600), ','])(
    'refuses the selector %j before asking',
    async (selector) => {
      const pods = await connection.reader.kind('pods', signal);
      await expect(connection.reader.list(pods, { selector, shape: 'metadata', signal })).rejects.toMatchObject({
        code: 'cluster-selector-invalid',
      });
    },
  );
});
