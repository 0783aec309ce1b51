import type { Cache } from './cache.ts';
import { homelabEnv } from './homelab/load.ts';
import { contextName } from './kubeconfig.ts';
import { Lab } from './lab.ts';
import type { LabEnv } from './lab-env.ts';
import { parts } from './parts/index.ts';
import { isAlive } from './process.ts';
import { readState } from './state.ts';

export function labEnv(lab: Lab): LabEnv {
  const started = parts.filter((part) => lab.state.processes.some((one) => one.part === part.name));
  return {
    name: lab.name,
    server: lab.server,
    kubeconfig: forEach((who) => lab.kubeconfig(who)),
    context: forEach((who) => contextName(lab, who)),
    audit: lab.path('audit.log'),
    config: lab.path('castellan.yaml'),
    canaries: lab.path('canaries.json'),
    sample: lab.path('sample.json'),
    kubectl: lab.program('kubectl'),
    ...Object.assign({}, ...started.map((part) => part.env?.(lab))),
    ...homelabEnv(lab),
  };
}

function forEach(say: (who: string) => string): LabEnv['kubeconfig'] {
  const [admin, castellan, planner, applier] = [say('admin'), say('castellan'), say('planner'), say('applier')];
  return { admin, castellan, planner, applier, fingerprinter: say('fingerprinter') };
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
