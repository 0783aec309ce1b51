import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { knownIssue } from '../../src/incident/knowledge/knowledge.fixture.ts';
import { openKnowledge } from '../../src/incident/knowledge/open.ts';
import { openScratchDatabase } from '../../src/store/scratch-database.fixture.ts';
import { type PlantedFault, plantedFault } from '../../test/lab/homelab/planted.ts';
import { castellanRequests, describeWithLab, kubectlAs, leaksIn } from '../../test/lab/use-lab.ts';
import { callerOf, noChronicle } from './call.fixture.ts';
import { health } from './health.ts';

/** What the cluster alone shows. Where in Terraform it was written is for another group to say. */
const shownByHealth = ['memory-limit-too-low', 'image-does-not-exist', 'quota-full', 'backup-suspended'];

await describeWithLab('cluster_health on a real API server', (lab) => {
  /** So late that whatever is only starting now has had its time. */
  const later = () => new Date(Date.now() + 15 * 60_000);

  it('tells of the whole cluster in 4 KB, by reads alone, and shows no planted secret', async () => {
    const since = new Date();
    await using caller = await callerOf(lab.kubeconfig.castellan, later, health);
    const { text, bytes, truncated } = await caller.call({});
    expect(bytes).toBeLessThanOrEqual(4_096);
    expect(truncated).toBe(false);
    expect(text).not.toContain('NOT SEEN');
    expect(text).not.toContain('UNKNOWN');
    expect(text).toMatch(/^ok: 3\/3 nodes, \d+\/\d+ deployments/m);
    const { text: all } = await caller.call({ severity: 'notice', limit: 500, budget: 24_000 });
    expect(leaksIn(lab, text + all)).toEqual([]);
    const writes = castellanRequests(lab, since).filter(
      ({ verb, uri }) => !['get', 'list'].includes(verb) && !/\/selfsubject\w*reviews/.test(uri),
    );
    expect(writes).toEqual([]);
  });

  it('leaves out what the household knows, counted and named, and shows what does not work all the same', async () => {
    await using scratch = await openScratchDatabase();
    const known = openKnowledge({ database: scratch.lent });
    const named = (id: string) => plantedIn().find((one) => one.id === id)?.object.name ?? expect.unreachable(id);
    await known.replace('docs/known-issues.yaml', {
      issues: [
        knownIssue({ id: 'KI-03', services: [named('backup-suspended')] }),
        knownIssue({ id: 'KI-04', services: [named('image-does-not-exist')] }),
        knownIssue({ id: 'KI-99', services: ['*'], namespaces: ['*'] }),
      ],
      runbooks: [],
    });
    await using caller = await callerOf(lab.kubeconfig.castellan, later, health, noChronicle, { known });
    const { text, bytes } = await caller.call({ limit: 10 });
    const rows = text.split('\n').filter((line) => /^\| (critical|warning)\t/.test(line));
    expect(rows.some((row) => row.includes(named('backup-suspended')))).toBe(false);
    expect(text).toMatch(
      new RegExp(`known: 1, not among the rows \\(KI-03: CronJob \\S+/${named('backup-suspended')}\\)`),
    );
    expect(rows.find((row) => row.includes(named('image-does-not-exist')))).toContain('known issue KI-04');
    expect(rows.length).toBeLessThanOrEqual(10);
    expect(text).not.toContain('KI-99');
    expect(bytes).toBeLessThanOrEqual(4_096);
  });

  it.each(shownByHealth)('says what is needed to understand %s', async (id) => {
    const fault = plantedIn().find((one) => one.id === id) ?? expect.unreachable(`the lab has no fault ${id}`);
    await using caller = await callerOf(lab.kubeconfig.castellan, later, health);
    const { text } = await caller.call({});
    const row = text.split('\n').find((line) => line.includes(fault.object.name)) ?? '';
    for (const word of fault.must.filter((one) => !one.endsWith('.tf'))) expect(row).toContain(word);
  });

  it('finds every fault of the sample', async () => {
    const { stdout } = await kubectlAs('admin', lab, [
      'get',
      'pods',
      '--all-namespaces',
      '--selector=castellan.example/fault',
      '--output=json',
    ]);
    const sick = podList.parse(JSON.parse(stdout)).items;
    const faults = new Map(sick.map(({ metadata }) => [metadata.labels['castellan.example/fault'] ?? '', metadata]));
    expect([...faults.keys()].sort()).toEqual(Object.keys(wordOf).sort());
    await using caller = await callerOf(lab.kubeconfig.castellan, later, health);
    const { text } = await caller.call({ severity: 'notice', limit: 500, budget: 24_000 });
    for (const [fault, { namespace, labels }] of faults) {
      const row = text.split('\n').find((line) => line.includes(`${namespace}/${labels['app.kubernetes.io/name']}\t`));
      expect(row, fault).toMatch(wordOf[fault] ?? expect.unreachable(fault));
    }
  });

  function plantedIn(): readonly PlantedFault[] {
    const key = lab.key ?? expect.unreachable('the lab has no homelab');
    return z.array(plantedFault).parse(JSON.parse(readFileSync(key, 'utf8')));
  }
});

const podList = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), namespace: z.string(), labels: z.record(z.string(), z.string()) }),
    }),
  ),
});

const wordOf: Readonly<Record<string, RegExp>> = {
  'crash-loop-oom': /CrashLoopBackOff: OOMKilled, memory limit \d+Mi/,
  evicted: /Evicted/,
  'image-pull': /ImagePullBackOff/,
  'never-ready': /not ready/,
  'stuck-terminating': /stuck terminating/,
  unschedulable: /unschedulable: insufficient memory/,
};
