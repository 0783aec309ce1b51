import { z } from 'zod';
import { commonFields, toolsFor } from '../../src/kit/index.ts';
import { kubectlError } from './errors.ts';
import { getOne } from './get-one.ts';
import { listMany, views } from './list-many.ts';
import type { KubectlPorts } from './port.ts';

const { defineTool } = toolsFor<KubectlPorts>();

const namespaceName = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const objectName = /^[A-Za-z0-9]([-A-Za-z0-9._:]{0,251}[A-Za-z0-9])?$/;
const pathPattern = /^[A-Za-z0-9_./~:[\]-]{1,400}$/;

const input = z.strictObject({
  kind: z
    .string()
    .min(1)
    .max(253)
    .describe('plural, kind, short name or plural.group: pods, deploy, certificates.cert-manager.io'),
  name: z
    .string()
    .regex(objectName, 'one object name, without a slash')
    .optional()
    .describe('one object; omit to list'),
  namespace: z.string().regex(namespaceName, 'one namespace').optional().describe('omit for all'),
  selector: z.string().min(1).max(1_000).optional().describe('label selector for a list: app=web,tier!=cache'),
  path: z
    .string()
    .regex(pathPattern, 'fields joined by dots')
    .optional()
    .describe('with name: only this part, e.g. spec.template.spec.containers.0.image'),
  view: z
    .enum(views)
    .optional()
    .describe('list as: problems (healthy collapsed), table (every object), names, count; default: table if short'),
  limit: z.number().int().min(1).max(500).optional().describe('rows at most'),
  context: z.string().min(1).max(253).optional().describe('another allowed cluster'),
  ...commonFields,
});

export const get = defineTool({
  name: 'kubectl_get',
  title: 'Get Kubernetes objects',
  description:
    'Lists objects of any kind with problems first and the healthy collapsed, or shows one object as redacted YAML. ' +
    'Use it instead of `kubectl get` and `get -o yaml`: smaller, never a secret value, says what it covered.',
  effect: 'read',
  searchHint: 'kubernetes k8s cluster pods deployments nodes services list status yaml describe crd',
  alwaysLoad: true,
  input,
  async run(asked, { ports, signal, now, page }) {
    refuseConflicts(asked);
    const cluster = ports.cluster.inContext(asked.context);
    const kind = await cluster.kind(asked.kind, signal);
    const scope = { cluster, kind, namespace: asked.namespace, signal };
    return asked.name === undefined
      ? listMany({ ...scope, selector: asked.selector, view: asked.view, limit: asked.limit, now: now(), page })
      : getOne({ ...scope, name: asked.name, path: asked.path, now: now() });
  },
});

/** Said rather than ignored: an argument that has no effect is a misunderstanding. */
function refuseConflicts(asked: z.output<typeof input>): void {
  const lists = (['selector', 'view', 'limit', 'cursor'] as const).filter((field) => asked[field] !== undefined);
  const conflict =
    asked.name === undefined
      ? asked.path !== undefined && 'path needs name'
      : lists.length > 0 && `${lists.join(' and ')} cannot go with name`;
  if (conflict !== false) {
    throw kubectlError('arguments-conflict', {
      message: `kubectl_get was not run: ${conflict}`,
      next: 'give name (and path) for one object, or selector, view and limit for a list',
    });
  }
}
