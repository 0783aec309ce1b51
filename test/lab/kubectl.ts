import { execa } from 'execa';
import type { Lab } from './lab.ts';

/** Runs the lab's own kubectl as one of its identities. Throws with what kubectl said. */
export async function kubectl(lab: Lab, who: string, args: readonly string[], input?: string): Promise<string> {
  const done = await execa(lab.program('kubectl'), ['--kubeconfig', lab.kubeconfig(who), ...args], {
    // Without a cache on disk: should its caller be killed, it must not write into a folder that is being removed.
    env: { HOME: '/nonexistent', KUBECACHEDIR: '/dev/null' },
    extendEnv: false,
    ...(lab.signal === undefined ? {} : { cancelSignal: lab.signal }),
    ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
  });
  return done.stdout;
}

export function createFrom(lab: Lab, files: readonly string[]): Promise<string> {
  return kubectl(lab, 'admin', ['create', ...files.map((file) => `--filename=${file}`)]);
}

export function create(lab: Lab, objects: readonly object[]): Promise<string> {
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  return kubectl(lab, 'admin', ['create', '--filename=-'], list);
}
