import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CastellanError } from '../../src/kit/index.ts';
import { openRecordedApi, type RecordedApi } from '../../test/recorded/api.ts';
import { type Caller, callerOf, settled } from './call.fixture.ts';
import { explain } from './explain.ts';

let api: RecordedApi;
let caller: Caller;
beforeAll(async () => {
  api = await openRecordedApi();
  caller = await callerOf(api.kubeconfig, () => api.at, explain);
});
afterAll(async () => {
  await caller[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
});

async function answerTo(input: Readonly<Record<string, unknown>>): Promise<string> {
  return settled((await caller.call(input)).text);
}

async function refusalOf(input: Readonly<Record<string, unknown>>): Promise<string> {
  try {
    return `answered ${(await caller.call(input)).text}`;
  } catch (error) {
    if (error instanceof CastellanError) return `${error.code}: ${error.message} → ${error.next}`;
    throw error;
  }
}

describe('kubectl_explain of kinds', () => {
  it('lists them with their short names, Secrets left out', async () => {
    const text = await answerTo({});
    expect(text).toContain('deployments.apps\tdeploy, Deployment\tv1\tnamespace');
    expect(text).toContain('nodes\tno, Node\tv1\tcluster');
    expect(text).not.toMatch(/^secrets/m);
  });

  it('searches them by any of their names', async () => {
    expect(await answerTo({ kind: '*cert*' })).toContain('1 of 39 kinds have cert in a name');
    expect(await answerTo({ kind: '*PVC*' })).toContain('persistentvolumeclaims\t');
    expect(await answerTo({ kind: '*nothing-like-it*' })).toContain('0 of 39 kinds');
  });

  it('says what a word that is none might have meant', async () => {
    expect(await refusalOf({ kind: 'deploymint' })).toMatch(
      /^cluster-kind-unknown: .* → did you mean deployments\.apps\?/,
    );
    expect(await refusalOf({ kind: 'secrets' })).toMatch(/^cluster-secret-refused/);
  });
});

describe('kubectl_explain of fields', () => {
  it('opens spec and status of a kind', async () => {
    expect(await answerTo({ kind: 'deploy' })).toMatchSnapshot();
  });

  it('explains one field and what is below it, all words of the API fenced', async () => {
    expect(await answerTo({ kind: 'deploy', path: 'spec.strategy' })).toMatchSnapshot();
  });

  it('explains kinds that were installed later', async () => {
    expect(await answerTo({ kind: 'cert', path: 'spec.issuerRef' })).toMatchSnapshot();
  });

  it('says where a field is that is not there', async () => {
    expect(await refusalOf({ kind: 'deploy', path: 'spec.image' })).toMatch(
      /^path-not-found: spec of deployments\.apps has no field image → image is at spec\.template\.spec\.containers\.image/,
    );
    expect(await refusalOf({ kind: 'deploy', path: 'spec.replica' })).toContain('did you mean replicas?');
    expect(await refusalOf({ kind: 'deploy', path: 'spec.zzz' })).toContain('ask for the level above: path=spec');
  });

  it('says that a kind does not describe itself, and what it still knows', async () => {
    const text = await answerTo({ kind: 'pods.metrics.k8s.io' });
    expect(text).toContain('pods.metrics.k8s.io (metrics.k8s.io/v1beta1 PodMetrics, in namespaces)');
    expect(text).toContain('NOT SEEN: its fields (the API server has no schema of this group and version)');
    expect(await answerTo({ kind: 'nodes' })).toContain('the document does not describe this kind');
  });
});

describe('kubectl_explain of rights', () => {
  it('asks the API server, tries nothing, and says that Castellan only reads', async () => {
    const before = api.requests.length;
    expect(await answerTo({ kind: 'pods', verb: 'list', namespace: 'shop' })).toMatchSnapshot();
    expect(await answerTo({ kind: 'deploy', verb: 'delete' })).toMatchSnapshot();
    const asked = api.requests.slice(before).filter(({ url }) => url.includes('selfsubjectaccessreviews'));
    expect(asked).toHaveLength(2);
    expect(
      api.requests.slice(before).filter(({ method, url }) => method !== 'GET' && !url.includes('selfsubject')),
    ).toEqual([]);
  });

  it('says that the server serves no such verb', async () => {
    expect(await answerTo({ kind: 'pods.metrics.k8s.io', verb: 'watch' })).toContain('serves no verb watch for it');
  });

  it.each([
    [{ path: 'spec' }, 'path and verb need one kind'],
    [{ kind: '*', verb: 'list' }, 'path and verb need one kind'],
    [{ kind: 'pods', path: 'spec', verb: 'list' }, 'two questions'],
    [{ kind: 'pods', namespace: 'shop' }, 'namespace says where a verb is meant'],
  ])('refuses %j, which says nothing', async (input, why) => {
    expect(await refusalOf(input)).toMatch(new RegExp(`^arguments-conflict: .*${why}`));
  });

  it.each(['list pods', 'LIST', '', 'get;delete', '../x'])('does not take %j for a verb', async (verb) => {
    await expect(caller.call({ kind: 'pods', verb })).rejects.toThrow();
  });
});
