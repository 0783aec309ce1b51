import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { create, kubectl } from '../kubectl.ts';
import type { Lab } from '../lab.ts';
import { type Fault, faultLabel } from './app.ts';
import { calmLog, crashLog } from './logs.ts';
import { makeWorkload, type Workload } from './workload.ts';

/** Loads the sample and returns when every healthy pod runs and every fault shows. */
export async function loadSample(lab: Lab, pods: number, say: (line: string) => void): Promise<void> {
  const workload = makeWorkload(pods);
  const write = (file: string, value: unknown) =>
    writeFileSync(lab.path(file), `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  write('canaries.json', workload.canaries);
  write('sample.json', workload.summary);
  await create(lab, [...workload.ground, ...logSources(lab, workload)]);
  await create(lab, workload.objects);
  // A pod is refused until the controllers have given its namespace a service account.
  await retry(lab, 'a service account for every namespace', () => create(lab, workload.pods));
  const { namespace, name } = workload.summary.faults['stuck-terminating'];
  const stuck = [`--namespace=${namespace}`, `--selector=app.kubernetes.io/name=${name}`];
  await retry(lab, 'the pod that is to be stuck', () => assertHeld(lab, stuck));
  await kubectl(lab, 'admin', ['delete', 'pod', ...stuck, '--wait=false']);
  say(`waiting for ${pods} pods`);
  await kubectl(lab, 'admin', [
    'wait',
    'deployment',
    '--for=condition=Available',
    '--all-namespaces',
    `--selector=!${faultLabel}`,
    `--timeout=${60 + Math.ceil(pods / 10)}s`,
  ]);
  await retry(lab, 'every pod of the sample', () => assertSettled(lab, pods));
  await retry(lab, 'every fault', () => assertFaults(lab));
}

function logSources(lab: Lab, { summary, printed }: Workload): object[] {
  const now = new Date();
  writeFileSync(lab.path('pods.log'), calmLog(printed, now), { mode: 0o600 });
  writeFileSync(lab.path('crash.log'), crashLog(now), { mode: 0o600 });
  const crashing = summary.faults['crash-loop-oom'].namespace;
  const source = (name: string, matchNamespaces: readonly string[], logsFile: string) => ({
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'ClusterLogs',
    metadata: { name },
    spec: { selector: { matchNamespaces }, logs: [{ logsFile, previousLogsFile: logsFile }] },
  });
  return [
    source(
      'calm',
      summary.namespaces.filter((one) => one !== crashing),
      lab.path('pods.log'),
    ),
    source('crashing', [crashing], lab.path('crash.log')),
  ];
}

/** How a pod with each fault is told from one that has not got there yet. */
const shows: Readonly<Record<Fault, string>> = {
  'crash-loop-oom': 'CrashLoopBackOff',
  'image-pull': 'ImagePullBackOff',
  'never-ready': 'ContainersNotReady',
  evicted: 'Evicted',
  'stuck-terminating': 'deletionTimestamp',
  unschedulable: 'Unschedulable',
};

async function assertFaults(lab: Lab): Promise<void> {
  await Promise.all(
    Object.entries(shows).map(async ([fault, sign]) => {
      const selector = `--selector=${faultLabel}=${fault}`;
      const pods = await kubectl(lab, 'admin', ['get', 'pods', '--all-namespaces', selector, '--output=json']);
      if (!pods.includes(sign)) throw new Error(`no pod shows ${sign}`);
    }),
  );
}

async function assertHeld(lab: Lab, selection: readonly string[]): Promise<void> {
  const jsonpath = '{range .items[*]}{.metadata.finalizers}{.status.phase}{"\\n"}{end}';
  const pods = await kubectl(lab, 'admin', ['get', 'pods', ...selection, `--output=jsonpath=${jsonpath}`]);
  if (!/castellan\.example\/held.*Running/.test(pods)) throw new Error(`the pod is ${pods || 'not there'}`);
}

async function assertSettled(lab: Lab, pods: number): Promise<void> {
  const jsonpath = '{range .items[*]}{.status.phase}{"\\n"}{end}';
  const list = ['get', 'pods', '--all-namespaces', `--output=jsonpath=${jsonpath}`];
  const all = (await kubectl(lab, 'admin', list)).trim().split('\n');
  if (all.length !== pods) throw new Error(`there are ${all.length} pods, not ${pods}`);
  const healthy = (await kubectl(lab, 'admin', [...list, `--selector=!${faultLabel}`])).trim().split('\n');
  const waiting = healthy.filter((phase) => phase !== 'Running' && phase !== 'Succeeded').length;
  if (waiting > 0) throw new Error(`${waiting} pods do not run yet`);
}

const patience = 60_000;

/** Repeats the work until it succeeds. After a minute it throws, with the last failure as the cause. */
async function retry(lab: Lab, what: string, work: () => Promise<unknown>): Promise<void> {
  const deadline = Date.now() + patience;
  for (;;) {
    try {
      await work();
      return;
    } catch (cause) {
      if (Date.now() > deadline) throw new Error(`${what}: not there after ${patience / 1000} s`, { cause });
    }
    await sleep(200, undefined, { signal: lab.signal });
  }
}
