import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { leaveWithLab } from '../leave-with-lab.ts';
import { accessOptions, accessShape, connectKube } from './kube-access.ts';
import { type Deployment, deploymentShape, type Pod, podShape } from './kube-objects.ts';
import { type PrintedLine, pastPod } from './past-logs.ts';

/**
 * The process behind the part `log-shipper`: what an agent on every node does in a real cluster. It reads what each container
 * has printed, once a container, through the API server, and pushes it to Loki. Of every deployment it also pushes the
 * lines of a pod that is long gone.
 */
const { values } = parseArgs({ options: { ...accessOptions, loki: { type: 'string' } } });
const options = accessShape.extend({ loki: z.url() }).parse(values);
const kube = connectKube(options);
const started = new Date();

/** How long before a new container's lines are looked for. */
const pause = 2_000;
const atOnce = 8;
/** Containers and deployments whose lines were pushed. */
const shipped = new Set<string>();

interface Origin {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly app: string;
  readonly node: string;
  readonly stream: 'stdout' | 'stderr';
}

leaveWithLab();
for (;;) {
  try {
    await shipAll();
  } catch (cause) {
    // The API server or Loki may be on its way down, or not be up yet: what was not shipped is tried again.
    console.error('a round failed:', cause);
  }
  await sleep(pause);
}

async function shipAll(): Promise<void> {
  const deployments = await kube.list('/apis/apps/v1/deployments?resourceVersion=0', deploymentShape);
  await eachOf(deployments, shipPast);
  await eachOf(await kube.list('/api/v1/pods?resourceVersion=0', podShape), shipPresent);
}

async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const item of left) await work(item);
    }),
  );
}

async function shipPast(deployment: Deployment): Promise<void> {
  const { namespace, name, uid, labels } = deployment.metadata;
  if (shipped.has(uid)) return;
  const past = pastPod(deployment, started);
  const app = labels['app.kubernetes.io/name'] ?? name;
  const origin = { namespace, pod: past.pod, container: name, app, node: '' };
  await push({ ...origin, stream: 'stdout' }, past.stdout);
  await push({ ...origin, stream: 'stderr' }, past.stderr);
  shipped.add(uid);
}

async function shipPresent({ metadata: { namespace, name, uid, labels }, spec, status }: Pod): Promise<void> {
  for (const { name: container, restartCount, state } of status.containerStatuses) {
    const key = `${uid}/${container}/${restartCount}`;
    const hasPrinted = state?.running !== undefined || state?.terminated !== undefined || restartCount > 0;
    if (!hasPrinted || shipped.has(key)) continue;
    const query = new URLSearchParams({ container, timestamps: 'true' });
    const log = await kube.text(`/api/v1/namespaces/${namespace}/pods/${name}/log?${query}`);
    if (log === undefined) continue; // The kubelet has none yet, or the pod has gone since: asked again while it is listed.
    const app = labels['app.kubernetes.io/name'] ?? container;
    await push({ namespace, pod: name, container, app, node: spec.nodeName, stream: 'stdout' }, parseLog(log));
    shipped.add(key);
  }
}

/** `2026-01-02T03:04:05.678901234Z text` a line, as the API server serves a log with timestamps. */
function parseLog(log: string): PrintedLine[] {
  return log.split('\n').flatMap((text): PrintedLine[] => {
    const [, seconds, fraction = '', line = ''] = /^(\S{19})(?:\.(\d{1,9}))?Z (.*)$/s.exec(text) ?? [];
    if (seconds === undefined) return [];
    return [[`${Date.parse(`${seconds}Z`) / 1_000}${fraction.padEnd(9, '0')}`, line]];
  });
}

async function push(origin: Origin, lines: readonly PrintedLine[]): Promise<void> {
  if (lines.length === 0) return;
  const stream = Object.fromEntries(Object.entries(origin).filter(([, value]) => value !== ''));
  const answer = await fetch(new URL('/loki/api/v1/push', options.loki), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ streams: [{ stream, values: lines }] }),
    signal: AbortSignal.timeout(20_000),
  });
  if (answer.status !== 204) throw new Error(`Loki refused a push: ${answer.status} ${await answer.text()}`);
}
