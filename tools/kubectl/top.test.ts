import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CastellanError } from '../../src/kit/index.ts';
import { openRecordedApi, type RecordedApi } from '../../test/recorded/api.ts';
import { type Caller, callerOf, settled } from './call.fixture.ts';
import { top } from './top.ts';

let api: RecordedApi;
let caller: Caller;
beforeAll(async () => {
  api = await openRecordedApi();
  caller = await callerOf(api.kubeconfig, () => api.at, top);
});
afterAll(async () => {
  await caller[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
});

async function answerTo(input: Readonly<Record<string, unknown>>, to = caller): Promise<string> {
  return settled((await to.call(input)).text);
}

async function refusalOf(input: Readonly<Record<string, unknown>>, to = caller): Promise<string> {
  try {
    return `answered ${(await to.call(input)).text}`;
  } catch (error) {
    if (error instanceof CastellanError) return `${error.code}: ${error.message} → ${error.next}`;
    throw error;
  }
}

/** An API of its own for a test that changes what is recorded; `minutes` after it was. */
async function withOwnApi(change: (api: RecordedApi) => void, test: (caller: Caller) => Promise<void>, minutes = 0) {
  await using own = await openRecordedApi();
  change(own);
  const now = new Date(own.at.getTime() + minutes * 60_000);
  await using ownCaller = await callerOf(own.kubeconfig, () => now, top);
  await test(ownCaller);
}

/** A container of a pod that runs and was measured. */
function measuredPod(from: RecordedApi) {
  const sample = from
    .objects('pods.metrics.k8s.io')
    .find((one) => Array.isArray(one['containers']) && one['containers'].length === 1);
  const pod = from.objects('pods').find(({ metadata }) => metadata.name === sample?.metadata.name);
  if (sample === undefined || pod === undefined) throw new Error('the recording has no measured pod');
  return { sample, pod, name: pod.metadata.name };
}

describe('kubectl_top of pods', () => {
  it('joins what is used with what was requested and what is the limit', async () => {
    expect(await answerTo({})).toMatchSnapshot();
  });

  it('shows each container when asked', async () => {
    expect(await answerTo({ kind: 'containers', target: 'ochre-vessel' })).toMatchSnapshot();
  });

  it('puts what is nearest its limit first, and says how much is left', async () => {
    await withOwnApi(
      (own) => {
        const { sample, pod } = measuredPod(own);
        const [container] = JSON.parse(JSON.stringify(sample['containers']));
        sample['containers'] = [{ ...container, usage: { cpu: '10m', memory: '99Mi' } }];
        pod['spec'] = { containers: [{ name: container.name, resources: { limits: { memory: '100Mi' } } }] };
        for (const one of own.objects('pods')) {
          if (one !== pod) one['status'] = { phase: 'Running' };
        }
      },
      async (own) => {
        const text = await answerTo({}, own);
        const [first] = text.split('\n').filter((line) => line.includes('99Mi'));
        expect(first).toMatch(/99Mi\t-\/100Mi\t99%\t.*1Mi of memory left/);
        expect(text.indexOf('99Mi')).toBeLessThan(text.indexOf('71%'));
        expect(text).toContain('1 at 90% of a limit or more');
      },
    );
  });

  it('judges a pod by its tightest container, and names containers without a limit', async () => {
    await withOwnApi(
      (own) => {
        const { sample, pod } = measuredPod(own);
        const usage = { cpu: '1m', memory: '95Mi' };
        sample['containers'] = [
          { name: 'tight', usage },
          { name: 'wide', usage },
          { name: 'free', usage },
        ];
        const limited = (name: string, memory: string) => ({ name, resources: { limits: { memory } } });
        pod['spec'] = { containers: [limited('tight', '100Mi'), limited('wide', '9Gi'), { name: 'free' }] };
        pod['status'] = { phase: 'Running' };
      },
      async (own) => {
        const line = (await answerTo({}, own)).split('\n').find((one) => one.includes('285Mi'));
        expect(line).toMatch(/285Mi\t-\/-\t95%\t.*5Mi of memory left; 1 of 3 containers without memory limit/);
      },
    );
  });

  it('says what was killed for want of memory, before all others', async () => {
    const text = await answerTo({});
    expect(text).toMatch(/2 killed for want of memory/);
    const rows = text.split('\n').filter((line) => line.includes('\t'));
    expect(rows.slice(1, 3).every((row) => /OOMKilled \d+m ago; \d+ restarts/.test(row))).toBe(true);
  });

  it('sorts by what is used when asked', async () => {
    const rows = (await answerTo({ sort: 'cpu', kind: 'containers' }))
      .split('\n')
      .filter((line) => /\t\d+m(?:\t|$)/.test(line));
    const used = rows.map((row) => Number(/\t(\d+)m(?:\t|$)/.exec(row)?.[1]));
    expect(used.length).toBeGreaterThan(10);
    expect(used).toEqual([...used].sort((a, b) => b - a));
  });

  it('narrows to a namespace, labels or a target, and says what the target was taken for', async () => {
    const deployment = api.objects('deployments').find(({ metadata }) => metadata.name === 'ochre-vessel');
    const namespace = deployment?.metadata.namespace;
    for (const input of [
      { target: 'ochre-vessel' },
      { target: `deploy/ochre-vessel`, namespace },
      { selector: 'app.kubernetes.io/name=ochre-vessel' },
    ]) {
      const text = await answerTo(input);
      expect(text).toContain('3 pods: ');
      expect(text).not.toContain('umber-saddle');
    }
    expect(await answerTo({ target: 'ochre-vessel' })).toContain(
      `resolved: ochre-vessel → ${namespace}/deploy/ochre-vessel`,
    );
    expect(await refusalOf({ namespace: `${namespace}x` })).toMatch(new RegExp(`^target-not-found: .*${namespace}`));
  });

  it('goes on by cursor over every pod, and says that each page is measured anew', async () => {
    const seen = new Set<string>();
    let cursor: string | undefined;
    do {
      const text = await answerTo({ limit: 7, ...(cursor === undefined ? {} : { cursor }) });
      for (const [, name = ''] of text.matchAll(/^([a-z]+-[a-z]+[-\w]*)\t/gm)) seen.add(name);
      if (cursor !== undefined) expect(text).toContain('measured anew');
      cursor = /next_cursor: (\S+)/.exec(text)?.[1];
    } while (cursor !== undefined);
    const live = api.objects('pods').filter(({ status }) => !JSON.stringify(status).includes('"phase":"Failed"'));
    expect(seen.size).toBe(live.filter(({ status }) => !JSON.stringify(status).includes('"phase":"Succeeded"')).length);
  });
});

describe('kubectl_top without measurements', () => {
  it('still shows requests and limits when the cluster has no metrics API, and that usage is unknown', async () => {
    await withOwnApi(
      (own) => own.withdraw('metrics.k8s.io'),
      async (own) => {
        for (const kind of ['pods', 'containers', 'nodes']) {
          const text = await answerTo({ kind }, own);
          expect(text).toContain('USAGE UNKNOWN');
          expect(text).toContain('NOT SEEN: usage (the cluster has no metrics API (metrics.k8s.io))');
          expect(text).toContain('requested');
        }
        expect(await answerTo({}, own)).toContain('32Mi/512Mi');
        expect(await answerTo({ kind: 'nodes' }, own)).toMatch(/memory 1\.9Gi \(2%\) requested of 96Gi/);
      },
    );
  });

  it.each([
    [403, 'the credential may not list pods.metrics.k8s.io'],
    [503, 'the API server failed with 503'],
  ])('says why when the metrics API answers %i', async (status, why) => {
    await withOwnApi(
      (own) => {
        own.refuse = ({ group }) => (group === 'metrics.k8s.io' ? status : undefined);
      },
      async (own) => {
        const text = await answerTo({}, own);
        expect(text).toContain('USAGE UNKNOWN');
        expect(text).toContain(why);
      },
    );
  });

  it('says that what was measured is old', async () => {
    await withOwnApi(
      () => undefined,
      async (own) =>
        expect(await answerTo({}, own)).toMatch(/present usage of .* and \d+ more.*last measured 10m ago/s),
      10,
    );
  });

  it('names the running pods nobody measured, and takes them for unknown, not for idle', async () => {
    await withOwnApi(
      (own) => {
        const samples = own.objects('pods.metrics.k8s.io');
        samples.splice(samples.indexOf(measuredPod(own).sample), 1);
      },
      async (own) => {
        const { name } = measuredPod(api);
        const text = await answerTo({}, own);
        expect(text).toMatch(new RegExp(`usage of [^\\n]*/${name}`));
        expect(text.split('\n').find((line) => line.startsWith(`${name}\t`))).toMatch(/\t-\t/);
      },
    );
  });
});

describe('kubectl_top of nodes', () => {
  it('shows what is used and what was requested of what there is', async () => {
    expect(await answerTo({ kind: 'nodes' })).toMatchSnapshot();
  });

  it('marks pressure, a cordon and a node that is not ready', async () => {
    await withOwnApi(
      (own) => {
        const [first, second] = own.objects('nodes');
        if (first === undefined || second === undefined) return;
        first['spec'] = { unschedulable: true };
        first['status'] = {
          conditions: [
            { type: 'Ready', status: 'True' },
            { type: 'MemoryPressure', status: 'True' },
          ],
        };
        second['status'] = { conditions: [{ type: 'Ready', status: 'Unknown' }] };
      },
      async (own) => {
        const text = await answerTo({ kind: 'nodes' }, own);
        expect(text).toContain('2 under pressure, cordoned or not ready');
        expect(text).toContain('MemoryPressure; cordoned');
        expect(text).toContain('readiness unknown');
      },
    );
  });

  it('shows what it can when pods may not be read', async () => {
    await withOwnApi(
      (own) => {
        own.refuse = ({ group, resource }) => (group === '' && resource === 'pods' ? 403 : undefined);
      },
      async (own) => {
        const text = await answerTo({ kind: 'nodes' }, own);
        expect(text).toMatch(/what pods requested.*the credential may not list pods/s);
        expect(text).toMatch(/memory 12Gi \(12%\) used, - \(-\) requested/);
      },
    );
  });

  it('takes one node as its target, and refuses what cannot narrow nodes', async () => {
    const [node] = api.objects('nodes');
    const name = node?.metadata.name ?? '';
    expect(await answerTo({ kind: 'nodes', target: name })).toContain('1 nodes');
    expect(await answerTo({ kind: 'pods', target: `node/${name}` })).toMatch(/\d+ pods: /);
    expect(await refusalOf({ kind: 'nodes', namespace: 'shop' })).toMatch(
      /^arguments-conflict: .*namespace cannot narrow/,
    );
    expect(await refusalOf({ kind: 'nodes', target: 'deploy/ochre-vessel' })).toMatch(
      /^arguments-conflict: .*not a node/,
    );
  });
});
