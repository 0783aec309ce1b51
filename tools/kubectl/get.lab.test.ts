import { expect, it } from 'vitest';
import { CastellanError } from '../../src/kit/index.ts';
import { canariesOf, castellanRequests, describeWithLab, leaksIn, sampleOf } from '../../test/lab/use-lab.ts';
import { callerOf } from './call.fixture.ts';

const kinds = [
  'pods',
  'deploy',
  'rs',
  'sts',
  'ds',
  'jobs',
  'cronjobs',
  'nodes',
  'ns',
  'pvc',
  'pv',
  'svc',
  'cm',
  'ep',
  'sa',
  'events',
  'clusterroles',
];

await describeWithLab('kubectl_get on a real API server', (lab) => {
  it('answers for every common kind with reads alone, and shows none of the planted secrets', async () => {
    const since = new Date();
    await using caller = await callerOf(lab.kubeconfig.castellan);
    const answers: string[] = [];
    const ask = async (input: Readonly<Record<string, unknown>>): Promise<string> => {
      const { text } = await caller.call({ budget: 24_000, ...input });
      answers.push(text);
      return text;
    };
    for (const kind of kinds) {
      for (const view of [undefined, 'table', 'names', 'count'])
        await ask({ kind, ...(view === undefined ? {} : { view }) });
    }
    for (const { name, namespace } of sampleOf(lab).apps) {
      for (const kind of ['deploy', 'svc']) await ask({ kind, name, namespace });
    }
    for (const kind of ['cm', 'pods', 'events']) {
      const names = await ask({ kind, view: 'names', limit: 500 });
      for (const [, name, namespace = ''] of names.matchAll(/^([a-z][-a-z0-9.]+)\t([-a-z0-9]+)$/gm)) {
        // What other tests made may be gone by now.
        if (sampleOf(lab).namespaces.includes(namespace)) await ask({ kind, name, namespace });
      }
    }
    for (const kind of ['secrets', 'secret', 'Secret']) {
      await expect(caller.call({ kind })).rejects.toBeInstanceOf(CastellanError);
    }
    expect(answers.length).toBeGreaterThan(100);
    expect(canariesOf(lab).length).toBeGreaterThan(5);
    expect(leaksIn(lab, answers.join('\n')).map(({ where }) => where)).toEqual([]);

    const seen = await auditedSince(since);
    expect(seen.length).toBeGreaterThan(answers.length / 2);
    const unexpected = seen.filter(({ verb, uri }) => {
      const { pathname } = new URL(uri, 'https://api.invalid');
      const reads = verb === 'get' || verb === 'list';
      const asks = verb === 'create' && /\/selfsubject(?:access|rules)?reviews$/.test(pathname);
      return (!reads && !asks) || /\/(?:secrets|exec|attach|portforward|proxy|watch)(?:\/|$)/.test(pathname);
    });
    expect(unexpected).toEqual([]);
  });

  it('finds the planted faults', async () => {
    await using caller = await callerOf(lab.kubeconfig.castellan);
    const { text } = await caller.call({ kind: 'pods' });
    for (const fault of ['CrashLoopBackOff', 'OOMKilled', 'ImagePullBackOff', 'Evicted', 'unscheduled', 'not ready']) {
      expect(text).toContain(fault);
    }
  });

  it('tells images, quotas and who answers for a Service, each in one call of at most 8 KB', async () => {
    await using caller = await callerOf(lab.kubeconfig.castellan);
    const pods = await caller.call({ kind: 'pods', groupBy: 'image' });
    const deployments = await caller.call({ kind: 'deploy', groupBy: 'image' });
    for (const { text, truncated } of [pods, deployments]) {
      expect(text).toMatch(/^\d+ values of image in/);
      expect(text).toContain('no image has a floating tag');
      expect(truncated).toBe(false);
    }
    const quotas = await caller.call({ kind: 'resourcequotas' });
    expect(quotas.text).toMatch(/requests\.memory: \d+Mi\/\d+Mi/);
    const services = await caller.call({ kind: 'services' });
    expect(services.text).toMatch(/ENDPOINTS READY/);
    expect(services.text).toMatch(/\t0\/1(?:\t|$)/m);
    expect(services.truncated).toBe(false);
  });

  it('refuses the administrator’s credential', async () => {
    await expect(callerOf(lab.kubeconfig.admin)).rejects.toMatchObject({ code: 'cluster-overprivileged' });
  });

  /** The audit log is written a moment after the answer. */
  async function auditedSince(since: Date): Promise<ReturnType<typeof castellanRequests>> {
    let before = -1;
    for (;;) {
      const seen = castellanRequests(lab, since);
      if (seen.length > 0 && seen.length === before) return seen;
      before = seen.length;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
});
