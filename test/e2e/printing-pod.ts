import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LabEnv } from '../lab/lab-env.ts';
import { kubectlAs } from '../lab/use-lab.ts';

/** A namespace of one test's own, with one running pod in it that prints what it is told to. */
export interface PrintingPod extends AsyncDisposable {
  readonly namespace: string;
  readonly target: string;
  print(line: string): void;
}

export async function openPrintingPod(lab: LabEnv): Promise<PrintingPod> {
  const name = `printing-${randomBytes(4).toString('hex')}`;
  const folder = mkdtempSync(join(tmpdir(), 'castellan-printing-'));
  const log = join(folder, 'pod.log');
  writeFileSync(log, '', { mode: 0o600 });
  const labels = { app: name };
  const items = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
    {
      apiVersion: 'kwok.x-k8s.io/v1alpha1',
      kind: 'ClusterLogs',
      metadata: { name },
      spec: { selector: { matchNamespaces: [name] }, logs: [{ logsFile: log, previousLogsFile: log }] },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace: name, labels },
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { containers: [{ name: 'printer', image: 'registry.example.net/house/printer:1.0' }] },
        },
      },
    },
  ];
  const file = join(folder, 'objects.json');
  writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  const told = async (...words: readonly string[]): Promise<void> => {
    const { ok, stderr } = await kubectlAs('admin', lab, words);
    if (!ok) throw new Error(stderr);
  };
  await told('create', `--filename=${file}`);
  await told('rollout', 'status', `deployment/${name}`, `--namespace=${name}`, '--timeout=60s');
  return {
    namespace: name,
    target: `deployment/${name}`,
    // As a kubelet stores it.
    print: (line) => appendFileSync(log, `${new Date().toISOString().replace('Z', '000000Z')} stdout F ${line}\n`),
    [Symbol.asyncDispose]: async () => {
      await told('delete', `--filename=${file}`, '--wait=false');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
