import { z } from 'zod';
import { toolsFor } from '../../src/kit/index.ts';
import { kubectlError } from './errors.ts';
import { fields } from './fields.ts';
import { getOne } from './get-one.ts';
import { listMany } from './list-many.ts';
import type { KubectlPorts } from './port.ts';
import { views } from './rows.ts';

const { defineTool } = toolsFor<KubectlPorts>();

const input = z.strictObject({
  kind: fields.kind,
  name: fields.name.optional().describe('omit to list'),
  namespace: fields.namespace,
  selector: fields.selector,
  path: fields.path,
  view: z.enum(views).optional().describe('problems: healthy collapsed'),
  limit: fields.limit,
  context: fields.context,
  cursor: fields.cursor,
  budget: fields.budget,
});

export const get = defineTool({
  name: 'kubectl_get',
  title: 'Get Kubernetes objects',
  description:
    'Lists objects of any kind, problems first, or shows one as redacted YAML. ' +
    'Use before kubectl get or describe: smaller, no secrets.',
  effect: 'read',
  searchHint: 'k8s kubernetes pods status yaml',
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
