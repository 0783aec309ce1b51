import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { openApi } from '../test/lab/api.ts';
import type { Lab } from '../test/lab/lab.ts';

/** What the sample lacks and a busy homelab has: many events, a pod that never stops talking, a Deployment that cannot start. */
export const noise = { namespace: 'bench-noise', talker: 'talker', failing: 'no-such-image' } as const;

const logLines = 60_000;
const objectsOf = z.object({
  items: z.array(z.object({ metadata: z.object({ name: z.string(), namespace: z.string() }) })),
});

export async function makeNoise(lab: Lab, events: number): Promise<void> {
  using api = openApi(lab);
  await api.create('/api/v1/namespaces', { metadata: { name: noise.namespace } });
  const now = Date.now();
  const lines = Array.from({ length: logLines }, (_, index) => {
    const at = new Date(now - (logLines - index) * 500).toISOString().replace('Z', '000000Z');
    const text =
      index % 5_000 === 4_321
        ? `level=error msg="upstream timed out" upstream=db.example.net took=${index}ms`
        : `level=info msg="GET /items/${index % 97}" status=200 took=${(index * 7) % 90}ms request=${index.toString(16).padStart(12, 'a')}`;
    return `${at} stdout F ${text}\n`;
  });
  writeFileSync(lab.path('noise.log'), lines.join(''), { mode: 0o600 });
  await api.create('/apis/kwok.x-k8s.io/v1alpha1/clusterlogs', {
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'ClusterLogs',
    metadata: { name: 'noise' },
    spec: { selector: { matchNamespaces: [noise.namespace] }, logs: [{ logsFile: lab.path('noise.log') }] },
  });
  const all = objectsOf.parse(await api.get('/api/v1/pods'));
  for (let index = 0; index < events; index += 1) {
    const pod = all.items[index % all.items.length]?.metadata;
    if (pod === undefined) break;
    const at = new Date(now - (index % 50) * 60_000).toISOString().replace(/\.\d+Z$/, 'Z');
    await api.create(`/api/v1/namespaces/${pod.namespace}/events`, {
      metadata: { name: `${pod.name}.bench${index}`, namespace: pod.namespace },
      involvedObject: { apiVersion: 'v1', kind: 'Pod', name: pod.name, namespace: pod.namespace },
      reason: index % 3 === 0 ? 'Unhealthy' : 'BackOff',
      message:
        index % 3 === 0
          ? `Readiness probe failed: Get "http://192.0.2.${index % 200}:8080/healthz": context deadline exceeded`
          : `Back-off restarting failed container app in pod ${pod.name}`,
      type: 'Warning',
      count: 1 + (index % 40),
      firstTimestamp: at,
      lastTimestamp: at,
      source: { component: 'kubelet' },
    });
  }
  await deploy(api, noise.talker, 'registry.example.net/talker:1.0.0', {});
  await deploy(api, noise.failing, 'registry.example.net/not-there:9.9.9', { 'castellan.example/fault': 'image-pull' });
  await running(api);
}

async function deploy(
  api: ReturnType<typeof openApi>,
  name: string,
  image: string,
  labels: Readonly<Record<string, string>>,
): Promise<void> {
  const selector = { app: name };
  await api.create(`/apis/apps/v1/namespaces/${noise.namespace}/deployments`, {
    metadata: { name, labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: selector },
      template: {
        metadata: { labels: { ...selector, ...labels } },
        spec: {
          containers: [
            { name: 'app', image, resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '64Mi' } } },
          ],
        },
      },
    },
  });
}

async function running(api: ReturnType<typeof openApi>): Promise<void> {
  const path = `/api/v1/namespaces/${noise.namespace}/pods?labelSelector=app%3D${noise.talker}`;
  for (let tries = 0; tries < 150; tries += 1) {
    if (JSON.stringify(await api.get(path)).includes('"phase":"Running"')) return;
    await sleep(200);
  }
  throw new Error('the noisy pod did not start');
}
