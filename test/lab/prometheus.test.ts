import { expect, it } from 'vitest';
import { z } from 'zod';
import { describeWithLab, sampleOf } from './use-lab.ts';

const text = z.record(z.string(), z.string());

const targetList = z.object({
  data: z.object({
    activeTargets: z.array(z.object({ labels: text, health: z.string(), lastError: z.string(), scrapeUrl: z.url() })),
  }),
});

const firing = z.object({
  data: z.object({ alerts: z.array(z.object({ labels: text, annotations: text, state: z.string() })) }),
});

const matrix = z.object({
  data: z.object({
    resultType: z.literal('matrix'),
    result: z.array(z.object({ metric: text, values: z.array(z.tuple([z.number(), z.string()])) })),
  }),
});

const received = z.array(
  z.object({
    labels: text,
    fingerprint: z.string(),
    receivers: z.array(z.object({ name: z.string() })),
    status: z.object({ state: z.string(), inhibitedBy: z.array(z.string()), silencedBy: z.array(z.string()) }),
  }),
);

const silences = z.array(z.object({ id: z.string(), createdBy: z.string(), comment: z.string() }));

async function read<T extends z.ZodType>(url: string, shape: T): Promise<z.output<T>> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return shape.parse(await answer.json());
}

await describeWithLab('Prometheus and Alertmanager over the lab', (lab) => {
  const { prometheus = '', alertmanager = '' } = lab;
  const sample = sampleOf(lab);
  const patience = { timeout: 90_000, interval: 500 };

  const targets = async () => (await read(`${prometheus}/api/v1/targets`, targetList)).data.activeTargets;
  const alerts = async () => (await read(`${prometheus}/api/v1/alerts`, firing)).data.alerts;
  const statesOf = async (name: string) =>
    (await alerts()).filter(({ labels }) => labels['alertname'] === name).map(({ state }) => state);
  const arrived = async (labels: Readonly<Record<string, string>>) =>
    (await read(`${alertmanager}/api/v2/alerts`, received)).filter((one) =>
      Object.entries(labels).every(([name, value]) => one.labels[name] === value),
    );

  it('scrapes every part, and misses only the host that is planted as dead', async () => {
    await expect
      .poll(async () => (await targets()).filter(({ health }) => health !== 'up').map(({ labels }) => labels), patience)
      .toEqual([{ instance: 'nas.example.net:9100', job: 'node-exporter' }]);
    const jobs = new Set((await targets()).map(({ labels }) => labels['job']));
    expect([...jobs]).toEqual(
      expect.arrayContaining([
        'alertmanager',
        'etcd',
        'exporter',
        'kube-apiserver',
        'kube-controller-manager',
        'kube-scheduler',
        'kubelet',
        'kubelet-resource',
        'metrics-server',
        'prometheus',
      ]),
    );
    const nodes = (await targets()).flatMap(({ labels }) => labels['node'] ?? []);
    expect(nodes.sort()).toEqual([...sample.nodes].sort());
  });

  it('asks nobody but loopback', async () => {
    for (const { scrapeUrl } of await targets()) expect(new URL(scrapeUrl).hostname).toBe('127.0.0.1');
  });

  it('has an exporter that answers only this lab’s own certificates', async () => {
    const exporter = (await targets()).find(({ labels }) => labels['job'] === 'exporter');
    expect(exporter?.scrapeUrl).toMatch(/^https:/);
    await expect(fetch(exporter?.scrapeUrl ?? '')).rejects.toThrow();
  });

  it('fires of the dead host, which arrives and is to be paged', async () => {
    await expect.poll(() => statesOf('TargetDown'), patience).toEqual(['firing']);
    await expect
      .poll(async () => (await arrived({ alertname: 'TargetDown' })).map(({ status }) => status.state), patience)
      .toEqual(['active']);
    const [down] = await arrived({ alertname: 'TargetDown' });
    expect(down?.receivers).toEqual([{ name: 'page' }]);
    const [alert] = (await alerts()).filter(({ labels }) => labels['alertname'] === 'TargetDown');
    expect(alert?.annotations).toMatchObject({
      summary: 'node-exporter on nas.example.net:9100 cannot be scraped',
      runbook_url: expect.stringContaining('runbooks.example.net'),
    });
  });

  it('fires always of itself', async () => {
    await expect.poll(async () => (await arrived({ alertname: 'Watchdog' })).length, patience).toBe(1);
  });

  it('tells an inhibited alert: the warning that says the same of the same host', async () => {
    await expect
      .poll(
        async () => (await arrived({ alertname: 'HostMetricsMissing' })).map(({ status }) => status.state),
        patience,
      )
      .toEqual(['suppressed']);
    const [inhibited] = await arrived({ alertname: 'HostMetricsMissing' });
    const [cause] = await arrived({ alertname: 'TargetDown' });
    expect(inhibited?.status).toMatchObject({ inhibitedBy: [cause?.fingerprint], silencedBy: [] });
  });

  it('tells a silenced alert from the same one of another backup', async () => {
    const both = () => arrived({ alertname: 'BackupTooOld' });
    await expect.poll(async () => (await both()).length, patience).toBe(2);
    const [silence] = await read(`${alertmanager}/api/v2/silences`, silences);
    expect(silence).toMatchObject({ createdBy: 'lab', comment: expect.stringContaining('planted') });
    const states = (await both()).map(({ labels, status }) => [labels['backup'], status.state, status.silencedBy]);
    expect(states.sort()).toEqual([
      ['archive-offsite', 'suppressed', [silence?.id]],
      ['photos-offsite', 'active', []],
    ]);
  });

  it('names the pod that is killed for memory, and where it is', async () => {
    const { namespace } = sample.faults['crash-loop-oom'];
    await expect
      .poll(
        async () => (await arrived({ alertname: 'PodOutOfMemory', namespace })).map(({ status }) => status.state),
        patience,
      )
      .toEqual(['active']);
    const [alert] = await arrived({ alertname: 'PodOutOfMemory', namespace });
    expect(alert?.labels).toMatchObject({
      pod: expect.any(String),
      container: expect.any(String),
      severity: 'critical',
    });
  });

  it('keeps an alert pending that has not lasted long enough, and does not send it', async () => {
    await expect.poll(() => statesOf('VolumeClaimPending'), patience).toContain('pending');
    expect(await statesOf('VolumeClaimPending')).not.toContain('firing');
    expect(await arrived({ alertname: 'VolumeClaimPending' })).toEqual([]);
  });

  it('answers a range query over what it recorded: the memory of every namespace', async () => {
    const ask = async () => {
      const now = Date.now() / 1_000;
      const query = new URLSearchParams({
        query: 'namespace:container_memory_working_set_bytes:sum',
        start: String(now - 60),
        end: String(now),
        step: '5',
      });
      return (await read(`${prometheus}/api/v1/query_range?${query}`, matrix)).data.result;
    };
    await expect.poll(async () => (await ask()).flatMap(({ values }) => values).length, patience).toBeGreaterThan(20);
    const seen = await ask();
    expect(seen.map(({ metric }) => metric['namespace'])).toContain(sample.apps[0]?.namespace);
    for (const { values } of seen) {
      for (const [, value] of values) expect(Number(value)).toBeGreaterThan(0);
    }
  });

  it('can be neither stopped nor reloaded by whoever reaches it', async () => {
    for (const path of ['/-/quit', '/-/reload', '/api/v1/admin/tsdb/snapshot']) {
      expect((await fetch(`${prometheus}${path}`, { method: 'POST' })).ok, path).toBe(false);
    }
  });
});
