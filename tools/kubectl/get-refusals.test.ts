import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CastellanError } from '../../src/kit/index.ts';
import { openRecordedApi, type RecordedApi } from '../../test/recorded/api.ts';
import { type Caller, callerOf } from './call.fixture.ts';
import { get } from './get.ts';

let api: RecordedApi;
let caller: Caller;
let now: Date;
beforeAll(async () => {
  api = await openRecordedApi();
  // The recording's own time, so that ages and verdicts are the same in every run.
  now = new Date(
    Math.max(...api.objects('pods').map(({ metadata }) => Date.parse(String(metadata['creationTimestamp'])))) + 120_000,
  );
  caller = await callerOf(api.kubeconfig, () => now);
});
afterAll(async () => {
  await caller[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
});

async function refusalOf(input: Readonly<Record<string, unknown>>, to = caller): Promise<string> {
  try {
    return `answered ${(await to.call(input)).text}`;
  } catch (error) {
    if (error instanceof CastellanError) return `${error.code}: ${error.message} → ${error.next}`;
    throw error;
  }
}

describe('kubectl_get refuses', () => {
  it('Secrets, under every word, and says where to look', async () => {
    for (const kind of ['secrets', 'secret', 'Secret', 'secrets.v1']) {
      expect(await refusalOf({ kind })).toMatch(/^cluster-secret-refused: .* → .*externalsecrets/);
      expect(await refusalOf({ kind, name: 'db', namespace: 'default' })).toMatch(/^cluster-secret-refused/);
    }
  });

  it('a kind that carries a name, and suggests for one that is misspelt', async () => {
    expect(await refusalOf({ kind: 'secret/db' })).toMatch(/^cluster-kind-unknown/);
    expect(await refusalOf({ kind: 'deploymnet' })).toContain('did you mean deployments.apps');
  });

  it.each(['secret/db', '../secrets/db?x=', '%2e%2e', '..', 'a/../b', 'a b', 'web secret/db'])(
    'the name %j',
    (name) => {
      expect(get.input.safeParse({ kind: 'pods', name }).success).toBe(false);
      expect(get.input.safeParse({ kind: 'pods', namespace: name }).success).toBe(false);
    },
  );

  it('unknown arguments and arguments that do not go together', async () => {
    expect(get.input.safeParse({ kind: 'pods', namespaces: 'x' }).success).toBe(false);
    for (const [asked, why] of [
      [{ name: 'a', view: 'count' }, 'view=count is of a list'],
      [{ name: 'a', selector: 'a=b', limit: 3 }, 'selector and limit cannot go with name'],
      [{ name: 'a', groupBy: 'image' }, 'groupBy cannot go with name'],
      [{ name: 'a', path: 'spec', view: 'status' }, 'path and view'],
      [{ name: 'a', path: 'spec,status' }, 'one path'],
      [{ view: 'status' }, 'view=status needs name'],
      [{ view: 'names', path: 'spec' }, 'no columns'],
      [{ view: 'count', groupBy: 'image' }, 'groupBy goes with neither'],
      [{ path: 'spec', groupBy: 'image' }, 'groupBy goes with neither'],
    ] as const) {
      expect(await refusalOf({ kind: 'pods', ...asked })).toMatch(new RegExp(`^arguments-conflict: .*${why}`));
    }
  });

  it('contexts that are not allowed', async () => {
    expect(await refusalOf({ kind: 'pods', context: 'admin' })).toMatch(/^cluster-context-refused/);
  });
});

describe('whatever the arguments', () => {
  it('only reads leave, and no planted secret comes back', async () => {
    await using own = await openRecordedApi();
    await using fuzzed = await callerOf(own.kubeconfig, () => now);
    const known = ['pods', 'deploy', 'configmaps', 'events', 'nodes', 'secrets', 'services', 'replicasets', 'cm', 'ns'];
    const names = ['pods', 'deployments', 'configmaps', 'events', 'secrets'].flatMap((resource) =>
      own.objects(resource).map(({ metadata }) => metadata.name),
    );
    const namespaces = own.objects('namespaces').map(({ metadata }) => metadata.name);
    const hostile = fc.constantFrom(
      '../secrets',
      '..',
      '%2e%2e',
      'secrets/db',
      'a?watch=1',
      'proxy',
      'x'.repeat(300),
      '',
    );
    const paths = [
      'data',
      'spec',
      'metadata',
      'spec.template.spec.containers.0',
      'spec.containers',
      'message',
      '__proto__',
    ];
    const absent = { weight: 12, arbitrary: fc.constant(undefined) };
    const one = (...choices: readonly fc.Arbitrary<string | number>[]) => fc.oneof(absent, ...choices);
    const input = fc.record({
      kind: fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...known) }, hostile, fc.string()),
      name: one(fc.constantFrom(...names), hostile, fc.string()),
      namespace: one(fc.constantFrom(...namespaces), hostile),
      selector: one(fc.constantFrom('app=web', 'a!=b'), hostile, fc.string()),
      path: one(fc.constantFrom(...paths), hostile, fc.string()),
      view: one(fc.constantFrom('problems', 'table', 'names', 'count', 'spec', 'full')),
      groupBy: one(fc.constantFrom('image', 'status', 'node', ...paths), hostile),
      limit: one(fc.integer({ min: -1, max: 600 })),
      context: one(fc.constantFrom('recorded', 'admin', '__proto__')),
      cursor: one(fc.constantFrom('a.b', '')),
      budget: one(fc.constantFrom(1_000, 24_000)),
    });
    let answered = 0;
    await fc.assert(
      fc.asyncProperty(input, async (asked) => {
        const given = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
        let text: string;
        try {
          text = (await fuzzed.call(given)).text;
          answered += 1;
        } catch (error) {
          text = error instanceof CastellanError ? `${error.message} ${error.next}` : String(error);
          expect(error instanceof CastellanError || (error instanceof Error && error.name === 'ZodError')).toBe(true);
        }
        const leaked = own.canaries.filter(
          (canary) => text.includes(canary) || text.includes(Buffer.from(canary).toString('base64')),
        );
        expect(leaked).toEqual([]);
        expect(text).not.toContain(own.token);
      }),
      { numRuns: 600 },
    );
    expect(answered).toBeGreaterThan(50);
    const object =
      /^\/(?:api\/v1|apis\/[a-z.0-9]+\/v1)(?:\/namespaces\/[a-z0-9-]+)?\/(?!(?:secrets|watch|proxy)\/?)[a-z]+(?:\/[\w.:-]+)?$/;
    const review = /^\/apis\/(?:authorization|authentication)\.k8s\.io\/v1\/selfsubject(?:access|rules)?reviews$/;
    const others = own.requests.filter(({ method, url, headers }) => {
      const { pathname } = new URL(url, 'http://api.invalid');
      if (headers.upgrade !== undefined) return true;
      if (method === 'POST') return !review.test(pathname);
      return method !== 'GET' || !(/^\/(?:api|apis|version)$/.test(pathname) || object.test(pathname));
    });
    expect(others.map(({ method, url }) => `${method} ${url}`)).toEqual([]);
    const parameters = own.requests.flatMap(({ url }) => [...new URL(url, 'http://api.invalid').searchParams.keys()]);
    const reading = [
      'includeObject',
      'labelSelector',
      'fieldSelector',
      'limit',
      'continue',
      'resourceVersion',
      'resourceVersionMatch',
    ];
    expect(parameters.filter((parameter) => !reading.includes(parameter))).toEqual([]);
  });
});
