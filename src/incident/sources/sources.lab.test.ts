import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { canariesOf, describeWithLab, sampleOf } from '../../../test/lab/use-lab.ts';
import { type ClusterConnection, connectCluster, matchLines } from '../../cluster/index.ts';
import { connectAlertmanager } from '../../monitoring/alertmanager.ts';
import { connectLoki } from '../../monitoring/loki.ts';
import { connectPrometheus } from '../../monitoring/prometheus.ts';
import { openProbes } from '../../probe/open.ts';
import { certificateFor, serveDns, serveHttps } from '../../probe/servers.fixture.ts';
import { createRedactor } from '../../redaction/index.ts';
import type { EvidenceDraft, EvidenceSource } from '../evidence.ts';
import { openSources } from './open.ts';
import type { GatherRequest } from './port.ts';
import type { SourcePorts } from './ports.ts';
import { openInfraRepository } from './repository.ts';
import { expectEvidence } from './source.contract.ts';
import { unconfigured } from './sources.fixture.ts';

await describeWithLab('sources of evidence, with the real servers', (lab) => {
  const home = mkdtempSync(join(tmpdir(), 'castellan-sources-'));
  const redact = createRedactor();
  const secrets = canariesOf(lab).map(({ value }) => value);
  const sample = sampleOf(lab);
  let cluster: ClusterConnection;
  beforeAll(async () => {
    cluster = await connectCluster({ kubeconfig: lab.kubeconfig.castellan, deadlineMs: 15_000 }, { redactor: redact });
  });
  afterAll(async () => {
    await cluster[Symbol.asyncDispose]();
    rmSync(home, { recursive: true, force: true });
  });

  const ports = (more: Partial<SourcePorts> = {}): SourcePorts => ({
    ...unconfigured,
    redact,
    cluster: async () => cluster.reader,
    ...more,
  });
  async function gather(
    name: EvidenceSource,
    asked: Partial<GatherRequest>,
    more: Partial<SourcePorts> = {},
    hours = 2,
  ): Promise<EvidenceDraft> {
    const now = new Date();
    const window = { from: new Date(now.getTime() - hours * 3_600_000), to: undefined };
    const request = {
      target: undefined,
      namespace: undefined,
      context: undefined,
      query: undefined,
      window,
      limit: 200,
      ...asked,
    };
    const draft = await openSources(ports(more))
      .get(name)
      ?.gather(request, { signal: new AbortController().signal, now });
    if (draft === undefined) throw new Error(`there is no source ${name}`);
    expectEvidence(draft, { request, now, secrets });
    return draft;
  }

  test('an object that fails is described, with its moments', async () => {
    const { name, namespace } = sample.faults['crash-loop-oom'];
    const draft = await gather('kubernetes', { target: `deploy/${name}`, namespace }, {}, 10_000);
    expect(draft).toMatchObject({ status: 'ok' });
    expect(draft.payload).toContain('OOMKilled');
    expect(draft.rows.some(({ warning }) => warning === true)).toBe(true);
    expect(await gather('kubernetes', { target: 'deploy/no-such-thing', namespace })).toMatchObject({
      status: 'empty',
    });
  });

  test('its events and its rollout', async () => {
    const { name, namespace } = sample.faults['crash-loop-oom'];
    const events = await gather('events', { target: `deploy/${name}`, namespace });
    expect(events).toMatchObject({ status: 'ok' });
    expect(events.payload).toMatch(/Warning BackOff/);
    const changes = await gather('changes', { target: `deploy/${name}`, namespace }, {}, 10_000);
    expect(changes.rows.some(({ change }) => change === true)).toBe(true);
  });

  test('metrics and alerts of Prometheus and Alertmanager', async () => {
    const metrics = await connectPrometheus({ url: lab.prometheus ?? '' }, { redactor: redact });
    const alerts = await connectAlertmanager({ url: lab.alertmanager ?? '' }, { redactor: redact });
    const more = { metrics: async () => metrics, alerts: async () => alerts };
    const up = await gather('metrics', { query: 'up' }, more, 0.5);
    expect(up).toMatchObject({ status: 'ok', payload: expect.stringMatching(/^up\{.*: first \d{4}-/m) });
    expect(await gather('metrics', { query: 'no_such_series_anywhere' }, more, 0.5)).toMatchObject({ status: 'empty' });
    await expect(gather('metrics', { query: 'up((' }, more)).rejects.toMatchObject({
      code: 'incident-argument-invalid',
    });
    const firing = await gather('alerts', {}, more);
    expect(firing.status).toMatch(/^(ok|empty)$/);
    expect(await gather('alerts', { target: 'NoAlertOfThisName' }, more)).toMatchObject({ status: 'empty' });
    const away = { ...more, metrics: () => connectPrometheus({ url: 'http://127.0.0.1:1' }, { redactor: redact }) };
    expect(await gather('metrics', { query: 'up' }, away)).toMatchObject({ status: 'error' });
    expect(await gather('alerts', { target: 'NoAlertOfThisName' }, away)).toMatchObject({ status: 'error' });
  });

  test('logs of a pod, and by LogQL', async () => {
    const [app] = sample.apps;
    const logStore = await connectLoki(
      { url: lab.loki ?? '', labels: { namespace: 'namespace', pod: 'pod', container: 'container' } },
      { redactor: redact, match: matchLines },
    );
    const more = { logStore: async () => logStore };
    const logs = await gather('logs', { target: `deploy/${app?.name}`, namespace: app?.namespace }, more);
    expect(logs.status).toMatch(/^(ok|empty)$/);
    const lines = await gather('logs', { query: '{stream="stderr"}' }, more, 6);
    expect(lines).toMatchObject({ status: 'ok' });
    expect(await gather('logs', { query: '{namespace="no-such-namespace"}' }, more, 6)).toMatchObject({
      status: 'empty',
    });
  });

  test('commits and stacks of the infra repository', async () => {
    const repository = openInfraRepository({
      mirror: join(home, 'mirror.git'),
      url: lab.remote ?? '',
      branch: 'main',
      redact,
      now: () => new Date(),
    });
    const months = 24 * 150;
    const all = await gather('git', {}, { repository }, months);
    expect(all).toMatchObject({ status: 'ok' });
    expect(all.rows.length).toBeGreaterThan(3);
    expect(await gather('git', { query: 'no/such/path' }, { repository }, months)).toMatchObject({ status: 'empty' });
    const names = new Set(homelabNamespaces(lab.homelab ?? ''));
    const found = await Promise.all([...names].map(async (name) => [name, await repository.stacksOf(name)] as const));
    expect(found.filter(([, stacks]) => stacks.length === 0)).toEqual([]);
    expect(names.size).toBeGreaterThan(10);
    const [[namespace = ''] = []] = found;
    const own = await gather('git', { namespace }, { repository }, months);
    expect(own).toMatchObject({ status: 'ok', payload: expect.stringContaining('stacks/') });
    expect(await gather('git', { namespace: 'no-such-namespace' }, { repository }, months)).toMatchObject({
      status: 'error',
    });
  });

  test('a certificate and a page of a server, and a name of a name server', async () => {
    const port = await serveHttps(
      (_, response) => response.writeHead(503).end('no'),
      await certificateFor('photos.example.net', 5),
    );
    const names = await serveDns({ 'photos.example.net': ['127.0.0.1'] });
    const probes = openProbes({
      allow: ['photos.example.net:*', '127.0.0.0/8'],
      dnsServers: [names.server],
      deadlineMs: 5_000,
      lookup: async () => ['127.0.0.1'],
    });
    expect(await gather('tls', { target: `photos.example.net:${port}` }, { probes })).toMatchObject({
      status: 'ok',
      payload: expect.stringContaining('self-signed'),
    });
    expect(await gather('http', { target: `https://photos.example.net:${port}/` }, { probes })).toMatchObject({
      status: 'ok',
      rows: [{ warning: true }],
    });
    expect(await gather('dns', { target: 'photos.example.net' }, { probes })).toMatchObject({
      status: 'ok',
      payload: expect.stringContaining('127.0.0.1'),
    });
    expect(await gather('http', { target: 'https://other.example.net/' }, { probes })).toMatchObject({
      status: 'error',
      problem: expect.stringContaining('not in the list'),
    });
  });
});

/** What the stacks call their namespaces, read by plain means. */
function homelabNamespaces(folder: string): readonly string[] {
  return readdirSync(join(folder, 'stacks')).flatMap((stack) => {
    const text = readFileSync(join(folder, 'stacks', stack, 'main.tf'), 'utf8');
    return [...text.matchAll(/modules\/namespace"\s+name\s+= "([^"]+)"/g)].map(([, name = '']) => name);
  });
}
