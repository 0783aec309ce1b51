import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { type Chronicle, type ClusterConnection, connectCluster, openChronicle } from '../../src/cluster/index.ts';
import { createRedactor } from '../../src/redaction/index.ts';
import { openScratchDatabase, type ScratchDatabase } from '../../src/store/scratch-database.fixture.ts';
import { plantedFault } from '../../test/lab/homelab/planted.ts';
import { castellanRequests, describeWithLab, kubectlAs, leaksIn } from '../../test/lab/use-lab.ts';
import { callerOf } from './call.fixture.ts';
import { changes } from './changes.ts';
import { events } from './events.ts';

const namespace = `history-${process.pid}`;

await describeWithLab('events, changes and the chronicle on a real API server', (lab) => {
  let scratch: ScratchDatabase;
  let connection: ClusterConnection;
  let chronicle: Chronicle;
  const began = new Date();

  const admin = async (...args: readonly string[]): Promise<string> => {
    const { ok, stdout, stderr } = await kubectlAs('admin', lab, args);
    expect(ok, stderr).toBe(true);
    return stdout;
  };
  const ask = async (tool: typeof events, input: Readonly<Record<string, unknown>>): Promise<string> => {
    await using caller = await callerOf(lab.kubeconfig.castellan, () => new Date(), tool, chronicle);
    return (await caller.call(input)).text;
  };

  beforeAll(async () => {
    scratch = await openScratchDatabase();
    connection = await connectCluster(
      { kubeconfig: lab.kubeconfig.castellan, deadlineMs: 10_000 },
      { redactor: createRedactor() },
    );
    chronicle = openChronicle({ readers: connection.readers, database: scratch.lent });
    await admin('create', 'namespace', namespace);
  });
  afterAll(async () => {
    await kubectlAs('admin', lab, ['delete', 'namespace', namespace, '--wait=false']);
    await chronicle[Symbol.asyncDispose]();
    await connection[Symbol.asyncDispose]();
    await scratch[Symbol.asyncDispose]();
  });

  it('finds what was changed by hand past Terraform, with both tags, in one call', async () => {
    const key = z.array(plantedFault).parse(JSON.parse(readFileSync(lab.key ?? '', 'utf8')));
    const { must } = key.find(({ id }) => id === 'changed-by-hand') ?? expect.unreachable();
    const text = await ask(changes, {});
    for (const word of must) expect(text).toContain(word);
    expect(text).toMatch(/by hand \(kubectl-edit\), past Terraform/);
  });

  it('still tells what killed a pod when the pod and its events are gone, and that its image was changed', async () => {
    const image = 'registry.example.net/night/owl';
    await admin('create', 'deployment', 'owl', `--namespace=${namespace}`, `--image=${image}:1.0`);
    await admin('wait', 'deployment/owl', `--namespace=${namespace}`, '--for=condition=Available', '--timeout=60s');
    const name = (
      await admin('get', 'pods', `--namespace=${namespace}`, '--output=jsonpath={.items[0].metadata.name}')
    ).trim();
    const container = JSON.parse(await admin('get', 'pod', name, `--namespace=${namespace}`, '--output=json')).status
      .containerStatuses[0];
    const terminated = {
      reason: 'OOMKilled',
      exitCode: 137,
      startedAt: new Date().toISOString(),
      finishedAt: new Date().toISOString(),
    };
    const status = { containerStatuses: [{ ...container, restartCount: 1, lastState: { terminated } }] };
    await admin(
      'patch',
      'pod',
      name,
      `--namespace=${namespace}`,
      '--subresource=status',
      '--type=merge',
      `--patch=${JSON.stringify({ status })}`,
    );
    const seen = async (input: Readonly<Record<string, unknown>> = {}): Promise<string> =>
      ask(events, { target: `${namespace}/deploy/owl`, since: '24h', type: 'all', ...input });
    await expect.poll(() => seen(), { interval: 1_000 }).toMatch(/OOMKilled/);
    // What is written in the second in which an object is made belongs to its making.
    await sleep(2_000);
    await admin('set', 'image', 'deployment/owl', `--namespace=${namespace}`, `owl=${image}:2.0`);
    await admin('rollout', 'status', 'deployment/owl', `--namespace=${namespace}`, '--timeout=60s');
    await admin('delete', 'pod', name, `--namespace=${namespace}`, '--ignore-not-found');
    await admin('delete', 'events', '--all', `--namespace=${namespace}`);
    await expect.poll(() => seen({ type: 'Warning' }), { interval: 1_000 }).toMatch(/Deleted/);
    expect(await seen({ type: 'Warning' })).toMatch(/OOMKilled/);
    const told = await ask(changes, { target: `${namespace}/deploy/owl` });
    expect(told).toMatch(
      /rollout\+edited\S*\t.*revision 2: image registry\.example\.net\/night\/owl 1\.0 → 2\.0; changed by hand \(kubectl-set\)/,
    );
    expect(told).toMatch(/oom\t/);
  });

  it('follows by watching, whole kinds and none of secrets', async () => {
    const watched = () =>
      castellanRequests(lab, began)
        .filter(({ verb, uri }) => verb === 'watch' && !uri.includes('/namespaces/'))
        .map(({ uri }) => new URL(uri, 'https://api.invalid').pathname.split('/').at(-1));
    await expect
      .poll(() => [...new Set(watched())].sort(), { interval: 1_000 })
      .toEqual(expect.arrayContaining(['configmaps', 'deployments', 'events', 'nodes', 'pods', 'replicasets']));
    expect(watched()).not.toContain('secrets');
  });

  it('holds none of the planted secrets in any row', async () => {
    const rows = await scratch.database.query(
      'select to_jsonb(c)::text as row from castellan.chronicle c union all select to_jsonb(s)::text from castellan.chronicle_state s',
    );
    const text = JSON.stringify(rows);
    expect(text.length).toBeGreaterThan(20_000);
    expect(leaksIn(lab, text).map(({ where }) => where)).toEqual([]);
  });
});
