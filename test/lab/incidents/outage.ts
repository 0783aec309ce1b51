import { randomInt } from 'node:crypto';
import { z } from 'zod';
import type { LabEnv } from '../lab-env.ts';
import { faultLabel } from '../sample/app.ts';
import { kubectlAs } from '../use-lab.ts';
import type { HomeService } from './home.ts';

const deployment = z.object({
  metadata: z.object({ managedFields: z.array(z.json()) }),
  spec: z.object({
    strategy: z.record(z.string(), z.json()),
    template: z.looseObject({ spec: z.looseObject({ containers: z.array(z.looseObject({ name: z.string() })) }) }),
  }),
});

/**
 * Somebody lowers the memory limit of an app with kubectl, past Terraform, and every replica is killed for memory from then on.
 * Disposing of it puts the app back.
 */
export async function plantOutage(lab: LabEnv, { name, namespace }: HomeService): Promise<Outage> {
  const told = await kubectl(lab, [
    ...['-n', namespace, 'get', `deployment/${name}`],
    ...['-o', 'json', '--show-managed-fields'],
  ]);
  const before = deployment.parse(JSON.parse(told));
  if (told.includes('crash-loop-oom'))
    throw new Error(`${namespace}/${name} has the outage already: make the lab anew`);
  const [container] = before.spec.template.spec.containers;
  const memory = { memory: loweredTo };
  await patch(lab, { name, namespace }, 'strategic', {
    spec: {
      strategy: { type: 'Recreate', rollingUpdate: null },
      template: {
        metadata: { labels: { [faultLabel]: 'crash-loop-oom' } },
        spec: { containers: [{ name: container?.name, resources: { limits: memory, requests: memory } }] },
      },
    },
  });
  return {
    [Symbol.asyncDispose]: async () => {
      await patch(lab, { name, namespace }, 'json', [
        { op: 'replace', path: '/spec/template', value: before.spec.template },
        { op: 'replace', path: '/spec/strategy', value: before.spec.strategy },
      ]);
      // Nobody owns what kubectl wrote: Terraform would meet a conflict in every later suite.
      await patch(lab, { name, namespace }, 'json', [
        { op: 'replace', path: '/metadata/managedFields', value: before.metadata.managedFields },
      ]);
      await kubectl(lab, ['-n', namespace, 'rollout', 'status', `deployment/${name}`, '--timeout=90s']);
    },
  };
}

export type Outage = AsyncDisposable;

/** Drawn anew, so that no template that was there before is taken up again: that would be no rollout of its own. */
export const loweredTo = `${randomInt(33, 60)}Mi`;

async function patch(
  lab: LabEnv,
  { name, namespace }: Pick<HomeService, 'name' | 'namespace'>,
  type: 'strategic' | 'json',
  body: object,
): Promise<void> {
  await kubectl(lab, ['-n', namespace, 'patch', `deployment/${name}`, `--type=${type}`, '-p', JSON.stringify(body)]);
}

async function kubectl(lab: LabEnv, args: readonly string[]): Promise<string> {
  const done = await kubectlAs('admin', lab, args);
  if (!done.ok) throw new Error(`kubectl ${args.join(' ')}: ${done.stderr}`);
  return done.stdout;
}
