import type { Cache } from './cache.ts';
import { contextName } from './kubeconfig.ts';
import { Lab } from './lab.ts';
import { isAlive } from './process.ts';
import { readState } from './state.ts';

/** How to reach a lab that is up. Every value is an absolute path unless said otherwise. */
export interface LabEnv {
  /** The lab's name. */
  readonly name: string;
  /** The API server's address. */
  readonly server: string;
  readonly kubeconfig: { readonly admin: string; readonly castellan: string };
  /** The context of each kubeconfig. */
  readonly context: { readonly admin: string; readonly castellan: string };
  /** The API server's audit log: a JSON object a line. */
  readonly audit: string;
  /** A castellan.yaml wired to the lab. */
  readonly config: string;
  /** JSON: `[{ where, value }]`, secrets that must not appear in any answer. */
  readonly canaries: string;
  /** JSON: what was loaded (namespaces, apps, the object that shows each fault). */
  readonly sample: string;
  readonly kubectl: string;
}

export function labEnv(lab: Lab): LabEnv {
  return {
    name: lab.name,
    server: lab.server,
    kubeconfig: { admin: lab.kubeconfig('admin'), castellan: lab.kubeconfig('castellan') },
    context: { admin: contextName(lab, 'admin'), castellan: contextName(lab, 'castellan') },
    audit: lab.path('audit.log'),
    config: lab.path('castellan.yaml'),
    canaries: lab.path('canaries.json'),
    sample: lab.path('sample.json'),
    kubectl: lab.program('kubectl'),
  };
}

/** The lab of that name when it is up and every process of it lives. */
export function runningLab(cache: Cache, name: string): Lab | undefined {
  const state = readState(cache, name);
  if (state?.phase !== 'up' || !state.processes.every(isAlive)) return undefined;
  return new Lab(cache, state);
}

/** Lines for a shell to evaluate. */
export function shellEnv(env: LabEnv): string {
  const variables = {
    KUBECONFIG: env.kubeconfig.castellan,
    CASTELLAN_CONFIG: env.config,
    CASTELLAN_LAB_ADMIN: env.kubeconfig.admin,
    CASTELLAN_LAB_AUDIT: env.audit,
  };
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", `'\\''`)}'\n`)
    .join('');
}
