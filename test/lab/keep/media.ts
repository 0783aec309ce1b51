import type { LabEnv } from '../lab-env.ts';
import { kubectlAs } from '../use-lab.ts';

/** Apps of the sample stack stacks/media, whose names were drawn for this lab: found by the comment that says what they are. */
export interface App {
  readonly namespace: string;
  readonly name: string;
}

export function appOf(text: string, what: string): App {
  const [, namespace = ''] = /module "namespace" \{[^}]*name += "([^"]+)"/.exec(text) ?? [];
  const [, name = ''] = new RegExp(`# ${what}[^}]*?name += "([^"]+)"`).exec(text) ?? [];
  return { namespace, name };
}

/** Its memory, request and limit. */
export function setMemory(what: string, size: string): (text: string) => string {
  const at = new RegExp(`(# ${what}[^}]*?memory +=) "[^"]+"`);
  return (text) => text.replace(at, `$1 "${size}"`);
}

/** As the API server has it now. */
export async function memoryOf(lab: LabEnv, { namespace, name }: App): Promise<string> {
  const path = '{.spec.template.spec.containers[0].resources.limits.memory}';
  const { ok, stdout, stderr } = await kubectlAs('admin', lab, [
    'get',
    'deployment',
    name,
    `--namespace=${namespace}`,
    `--output=jsonpath=${path}`,
  ]);
  if (!ok) throw new Error(stderr);
  return stdout;
}

/** How often its specification was written. */
export async function generationOf(lab: LabEnv, { namespace, name }: App): Promise<number> {
  const { ok, stdout, stderr } = await kubectlAs('admin', lab, [
    'get',
    'deployment',
    name,
    `--namespace=${namespace}`,
    '--output=jsonpath={.metadata.generation}',
  ]);
  if (!ok) throw new Error(stderr);
  return Number(stdout);
}
