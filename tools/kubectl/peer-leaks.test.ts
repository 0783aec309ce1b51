import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CastellanError, type Tool } from '../../src/kit/index.ts';
import { openRecordedApi, type RecordedApi } from '../../test/recorded/api.ts';
import { callerOf } from './call.fixture.ts';
import { kubectl } from './group.ts';
import type { KubectlPorts } from './port.ts';

/**
 * What other servers of this kind were seen to let through in their read-only mode, each as a test: the hole is tried
 * on every tool that could have it.
 */
let api: RecordedApi;
beforeEach(async () => {
  api = await openRecordedApi();
});
afterEach(() => api[Symbol.asyncDispose]());

function toolNamed(name: string): Tool<KubectlPorts> {
  const found = kubectl.tools.find((tool) => tool.name === name);
  if (found === undefined) throw new Error(`there is no tool ${name}`);
  return found as Tool<KubectlPorts>;
}

/** What an agent is told: the answer, or the refusal. */
async function told(name: string, given: Readonly<Record<string, unknown>>): Promise<string> {
  await using caller = await callerOf(api.kubeconfig, () => new Date(), toolNamed(name));
  try {
    return (await caller.call({ ...given, budget: 24_000 })).text;
  } catch (error) {
    if (error instanceof CastellanError) return `${error.code}: ${error.message}; ${error.next}`;
    if (error instanceof Error) return error.message;
    throw error;
  }
}

const planted = 'Pk4v-secret-value-81';

function pod(): { readonly namespace: string; readonly name: string; readonly object: Record<string, unknown> } {
  const [object] = api.objects('pods').filter(({ metadata }) => metadata.namespace !== undefined);
  if (object === undefined) throw new Error('no pod is recorded');
  return { namespace: object.metadata.namespace ?? '', name: object.metadata.name, object };
}

function deployment() {
  const [object] = api.objects('deployments');
  if (object === undefined) throw new Error('no deployment is recorded');
  return { object, namespace: object.metadata.namespace ?? '', name: object.metadata.name };
}

/** Every way there is to look at one object. */
async function everyLookAt(kind: string, namespace: string, name: string): Promise<string> {
  const answers = [
    await told('kubectl_get', { kind, namespace, name }),
    await told('kubectl_get', { kind, namespace, view: 'table' }),
    await told('kubectl_get', { kind, namespace, name, path: 'spec' }),
    await told('kubectl_get', { kind, namespace, name, path: 'metadata' }),
    await told('kubectl_describe', { target: `${kind}/${name}`, namespace }),
    await told('app_resolve', { target: `${kind}/${name}`, namespace }),
    await told('cluster_health', {}),
    await told('cluster_changes', { since: '30d' }),
  ];
  return answers.join('\n');
}

describe('what others leaked', () => {
  it('a literal in the environment of a pod', async () => {
    const { object, namespace, name } = pod();
    object['spec'] = {
      containers: [
        { name: 'app', image: 'registry.example.net/app:1', env: [{ name: 'DB_PASSWORD', value: planted }] },
      ],
    };
    const answer = await everyLookAt('pod', namespace, name);
    expect(answer).toContain('DB_PASSWORD');
    expect(answer).not.toContain(planted);
  });

  it('a literal under a name that gives nothing away', async () => {
    const { object, namespace, name } = pod();
    object['spec'] = { containers: [{ name: 'app', env: [{ name: 'GREETING', value: planted }] }] };
    expect(await everyLookAt('pod', namespace, name)).not.toContain(planted);
  });

  it('a password among the arguments', async () => {
    const { object, namespace, name } = pod();
    object['spec'] = {
      containers: [
        { name: 'app', command: ['run', '--password', planted], args: [`--token=${planted}`, `-u=a:${planted}`] },
      ],
    };
    expect(await everyLookAt('pod', namespace, name)).not.toContain(planted);
  });

  it('the whole object again, in its last-applied annotation', async () => {
    const { object, namespace, name } = deployment();
    object.metadata.annotations = {
      'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ data: { key: planted } }),
      'objectset.rio.cattle.io/applied': planted,
    };
    expect(await everyLookAt('deployment', namespace, name)).not.toContain(planted);
  });

  it('a token in an annotation', async () => {
    const { object, namespace, name } = deployment();
    object.metadata.annotations = { 'example.net/hook': `https://ci.example.net/?token=${planted}` };
    expect(await everyLookAt('deployment', namespace, name)).not.toContain(planted);
  });

  it('a password in a ConfigMap', async () => {
    const [object] = api.objects('configmaps');
    if (object === undefined) throw new Error('no ConfigMap is recorded');
    object['data'] = { 'app.conf': `user=app\npassword=${planted}\n`, PASSWORD: planted };
    const [namespace, name] = [object.metadata.namespace ?? '', object.metadata.name];
    const answers = [
      await everyLookAt('configmap', namespace, name),
      await told('kubectl_get', { kind: 'configmaps', namespace, name, path: 'data' }),
      await told('kubectl_get', { kind: 'configmaps', namespace, name, path: 'data.app.conf' }),
      await told('kubectl_get', { kind: 'configmaps', namespace, name, path: 'data.PASSWORD' }),
    ];
    expect(answers.join('\n')).not.toContain(planted);
  });

  it.each([
    'secret',
    'secrets',
    'Secret',
    'SECRETS',
    'secrets.v1',
    'secret/db',
    'configmap/cm1 secret/db',
    'pods,secrets',
  ])('Secrets, asked for as %s', async (word) => {
    const [secret] = api.objects('secrets');
    if (secret === undefined) throw new Error('no Secret is recorded');
    const { name, namespace } = secret.metadata;
    const answers = [
      await told('kubectl_get', { kind: word }),
      await told('kubectl_get', { kind: word, name, namespace }),
      await told('kubectl_get', { kind: 'configmap', name: word, namespace }),
      await told('kubectl_describe', { target: word, namespace }),
      await told('kubectl_describe', { target: `${word}/${name}`, namespace }),
      await told('kubectl_events', { target: word, namespace }),
      await told('kubectl_logs', { target: word, namespace }),
      await told('kubectl_wait', { target: `${word}/${name}`, for: 'ready', namespace }),
    ];
    const text = answers.join('\n');
    for (const canary of api.canaries) expect(text).not.toContain(canary);
    expect(api.requests.filter(({ url }) => /^\/api\/v1\/(?:namespaces\/[^/]+\/)?secrets(?:[/?]|$)/.test(url))).toEqual(
      [],
    );
  });

  it('the bearer token of the kubeconfig, or the kubeconfig at all', async () => {
    const { namespace, name } = pod();
    const answer = await everyLookAt('pod', namespace, name);
    expect(answer).not.toContain(api.token);
    expect(answer).not.toContain(Buffer.from(api.token).toString('base64'));
    expect(
      kubectl.tools.map((tool) => tool.name).filter((tool) => /config|context|raw|exec|generic/.test(tool)),
    ).toEqual([]);
  });

  it('a path walked out of the log call into a Secret', async () => {
    for (const name of [
      '../secrets/db?x=',
      '..%2fsecrets%2fdb',
      '../../../../api/v1/namespaces/default/secrets/db?x=',
    ]) {
      await told('kubectl_logs', { target: `pod/${name}`, namespace: 'default' });
      await told('kubectl_logs', { target: name, container: name });
      await told('kubectl_top', { kind: 'pods', target: name });
      await told('kubectl_get', { kind: 'pods', name, namespace: 'default' });
    }
    expect(api.requests.filter(({ url }) => /secrets|\.\./.test(url.split('?')[0] ?? ''))).toEqual([]);
  });

  it.each(['proxy', 'exec', 'attach', 'portforward', 'token', 'eviction', 'binding'])(
    'a subresource that does more than look: %s',
    async (subresource) => {
      const { namespace, name } = pod();
      await told('kubectl_get', { kind: `pods/${subresource}`, name, namespace });
      await told('kubectl_get', { kind: 'pods', name: `${name}/${subresource}`, namespace });
      await told('kubectl_describe', { target: `pod/${name}/${subresource}`, namespace });
      await told('kubectl_get', { kind: 'nodes', name: `n1/${subresource}/stats` });
      expect(api.requests.filter(({ url }) => url.includes(`/${subresource}`))).toEqual([]);
      expect(api.requests.filter(({ headers }) => headers.upgrade !== undefined)).toEqual([]);
    },
  );

  it('flags of another program, given as names', async () => {
    for (const flag of [
      '--server=http://192.0.2.1',
      '--token=x',
      '--kubeconfig=/etc/passwd',
      '-o=yaml',
      '--raw=/api',
    ]) {
      const answer = await told('kubectl_get', { kind: 'pods', name: flag });
      expect(answer).toMatch(/not one object name/);
      expect(await told('kubectl_get', { kind: flag })).toMatch(/cluster-kind-unknown/);
    }
  });

  it('a context that nobody allowed', async () => {
    for (const tool of ['kubectl_get', 'cluster_health']) {
      expect(await told(tool, { ...(tool === 'kubectl_get' ? { kind: 'pods' } : {}), context: 'prod' })).toMatch(
        /cluster-context-refused/,
      );
    }
    expect(readFileSync(api.kubeconfig, 'utf8')).toContain('"current-context":"recorded"');
  });

  it('a guess confirmed by what a filter lets through', async () => {
    const talking = api.objects('pods').find((one) => JSON.stringify(one['status']).includes('"phase":"Running"'));
    if (talking === undefined) throw new Error('no running pod is recorded');
    const { name, namespace } = talking.metadata;
    const lines = (grep?: string) =>
      told('kubectl_logs', { target: `pod/${name}`, namespace, ...(grep === undefined ? {} : { grep }) });
    expect(await lines()).toContain('«redacted:');
    const wrong = settledGuess(await lines('Zz9x-w'));
    for (const canary of api.canaries) expect(settledGuess(await lines(canary.slice(0, 6)))).toBe(wrong);
  });
});

function settledGuess(answer: string): string {
  return answer.replace(/untrusted [0-9a-f]{12}/g, '').replace(/as of \S+/g, '');
}
