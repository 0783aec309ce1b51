import { expect, it } from 'vitest';
import { z } from 'zod';
import { describeWithLab, kubectlAs, leaksIn, sampleOf } from './use-lab.ts';

const names = z.object({ status: z.literal('success'), data: z.array(z.string()) });

const streams = z.object({
  data: z.object({
    resultType: z.literal('streams'),
    result: z.array(
      z.object({
        stream: z.record(z.string(), z.string()),
        values: z.array(z.tuple([z.string(), z.string()])),
      }),
    ),
  }),
});

const vector = z.object({
  data: z.object({
    resultType: z.literal('vector'),
    result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) })),
  }),
});

await describeWithLab('the lab’s stand-in for Loki', (lab) => {
  const { loki = '' } = lab;
  const sample = sampleOf(lab);
  const patience = { timeout: 60_000, interval: 500 };

  async function ask<T extends z.ZodType>(path: string, parameters: Record<string, string>, shape: T) {
    const answer = await fetch(`${loki}/loki/api/v1/${path}?${new URLSearchParams(parameters)}`, {
      headers: { 'X-Scope-OrgID': 'somebody' },
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return shape.parse(await answer.json());
  }

  const valuesOf = async (label: string, more: Record<string, string> = {}) =>
    (await ask(`label/${label}/values`, { since: '24h', ...more }, names)).data;
  const linesOf = async (query: string, more: Record<string, string> = {}) =>
    (await ask('query_range', { query, since: '24h', limit: '5000', ...more }, streams)).data.result;
  const podNames = async () => {
    const pods = await kubectlAs('castellan', lab, ['get', 'pods', '--all-namespaces', '--output=name']);
    return pods.stdout.split('\n').map((name) => name.replace('pod/', ''));
  };

  it('says that it is not Loki', async () => {
    const answer = await fetch(`${loki}/loki/api/v1/status/buildinfo`);
    expect(await answer.json()).toMatchObject({ version: expect.stringContaining('stand-in') });
  });

  it('has the lines of the sample’s containers, as kubectl shows them', async () => {
    const app = sample.apps.find(({ name }) => !Object.values(sample.faults).some((fault) => fault.name === name));
    if (app === undefined) throw new Error('every app of the sample is at fault');
    const query = `{namespace="${app.namespace}", app="${app.name}", node=~".+"}`;
    await expect.poll(async () => (await linesOf(query)).length, patience).toBeGreaterThan(0);
    const [stream] = await linesOf(query, { direction: 'forward' });
    const pod = stream?.stream['pod'] ?? '';
    const logs = await kubectlAs('castellan', lab, ['logs', '--namespace', app.namespace, pod, '--timestamps']);
    const said = logs.stdout.split('\n').map((line) => line.slice(line.indexOf(' ') + 1));
    expect(stream?.values.map(([, line]) => line)).toEqual(said);
    expect(stream?.stream).toMatchObject({ container: app.name, stream: 'stdout', service_name: app.name });
    expect(sample.nodes).toContain(stream?.stream['node']);
  });

  it('covers every namespace with a pod that runs', async () => {
    const running = await kubectlAs('castellan', lab, [
      'get',
      'pods',
      '--all-namespaces',
      '--field-selector=status.phase=Running',
      '--output=jsonpath={range .items[*]}{.metadata.namespace}{"\\n"}{end}',
    ]);
    const namespaces = [...new Set(running.stdout.trim().split('\n'))];
    await expect.poll(() => valuesOf('namespace'), patience).toEqual(expect.arrayContaining(namespaces));
  });

  it('still has the last words of pods that are gone', async () => {
    // Other suites' pods come and go; nothing that runs here prints to stderr.
    const gone = async () => {
      const ended = await linesOf('{stream="stderr"}');
      const present = new Set(await podNames());
      return ended.filter(({ stream }) => !present.has(stream['pod'] ?? ''));
    };
    await expect.poll(async () => (await gone()).length, patience).toBeGreaterThan(10);
    const [last] = await gone();
    expect(last?.values).toHaveLength(1);
    const pod = last?.stream['pod'];
    expect(await linesOf(`{pod="${pod}"}`, { since: '1h' })).toEqual([]);
  });

  it('finds why the crashing container was killed', async () => {
    const { namespace, name } = sample.faults['crash-loop-oom'];
    const query = `{namespace="${namespace}", app="${name}"} |= "out of memory"`;
    await expect.poll(async () => (await linesOf(query, { since: '1h' })).length, patience).toBe(1);
  });

  it('counts what was said, by namespace', async () => {
    const query = 'sum by (namespace) (count_over_time({namespace=~".+"} |~ "error|ERROR" [24h]))';
    const { data } = await ask('query', { query }, vector);
    expect(data.result.length).toBeGreaterThan(5);
    for (const { metric, value } of data.result) {
      expect(Object.keys(metric)).toEqual(['namespace']);
      expect(Number(value[1])).toBeGreaterThan(0);
    }
  });

  it('holds the secrets that containers printed, for redaction to find', async () => {
    const found = await linesOf('{namespace=~".+"} |~ "password=|Bearer"');
    expect(leaksIn(lab, JSON.stringify(found)).map(({ where }) => where)).toEqual([
      'log line password=',
      'log line Authorization: Bearer',
    ]);
  });

  it('refuses what is not LogQL with 400 and where it is wrong', async () => {
    const answer = await fetch(`${loki}/loki/api/v1/query_range?${new URLSearchParams({ query: '{app=}' })}`);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(await answer.text()).toMatch(/^parse error at line 1, col 6: syntax error: unexpected }/);
  });
});
