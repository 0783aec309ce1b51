import { z } from 'zod';
import { toolsFor } from '../../src/kit/index.ts';
import { kubectlError } from './errors.ts';
import { fields, pathForm } from './fields.ts';
import { getOne } from './get-one.ts';
import { listMany } from './list-many.ts';
import type { KubectlPorts } from './port.ts';
import { views } from './rows.ts';

const { defineTool } = toolsFor<KubectlPorts>();

/** Parts of one object. */
const parts = ['spec', 'status', 'metadata', 'full'] as const;

const input = z.strictObject({
  kind: fields.kind,
  name: fields.name.optional().describe('omit to list'),
  namespace: fields.namespace,
  selector: fields.selector,
  path: z
    .string()
    .refine((paths) => paths.split(',').every((path) => pathForm.test(path)), 'not paths: status.phase,spec.nodeName')
    .optional()
    .describe('part, or columns of a list: image,status.phase'),
  groupBy: fields.path.describe('image, node, status or a path'),
  view: z
    .enum([...views, ...parts])
    .optional()
    .describe('of list | of object'),
  limit: fields.limit,
  context: fields.context,
  cursor: fields.cursor,
  budget: fields.budget,
});

export const get = defineTool({
  name: 'kubectl_get',
  title: 'Get Kubernetes objects',
  description:
    'Lists any kind, problems first, or groups it, or shows one object as redacted YAML. Use before kubectl get.',
  effect: 'read',
  alwaysLoad: true,
  input,
  async run(asked, { ports, signal, now, page }) {
    refuseConflicts(asked);
    const cluster = ports.cluster.inContext(asked.context);
    const kind = await cluster.kind(asked.kind, signal);
    const { namespace, name, selector, limit, groupBy } = asked;
    const scope = { cluster, kind, namespace, signal, now: now() };
    if (name !== undefined) return getOne({ ...scope, name, ...partOf(asked) });
    const view = views.find((one) => one === asked.view);
    return listMany({ ...scope, selector, view, columns: asked.path?.split(',') ?? [], groupBy, limit, page });
  },
});

function partOf({ path, view }: z.output<typeof input>): { readonly path: string | undefined; readonly full: boolean } {
  const part = parts.find((one) => one === view);
  return { path: path ?? (part === 'full' ? undefined : part), full: part === 'full' };
}

/** Said rather than ignored: an argument that has no effect is a misunderstanding. */
function refuseConflicts(asked: z.output<typeof input>): void {
  const conflict = asked.name === undefined ? conflictInList(asked) : conflictInObject(asked);
  if (conflict !== undefined) {
    throw kubectlError('arguments-conflict', {
      message: `kubectl_get was not run: ${conflict}`,
      next: 'for one object give name and path or view; for a list selector, and one of view, path (as columns) and groupBy',
    });
  }
}

function conflictInObject(asked: z.output<typeof input>): string | undefined {
  const lists = (['selector', 'groupBy', 'limit', 'cursor'] as const).filter((field) => asked[field] !== undefined);
  if (lists.length > 0) return `${lists.join(' and ')} cannot go with name`;
  if (views.some((view) => view === asked.view)) return `view=${asked.view} is of a list, and name is of one object`;
  if (asked.path !== undefined && asked.view !== undefined) return 'path and view are both a part of the object';
  return asked.path?.includes(',') === true ? 'one object has one path' : undefined;
}

function conflictInList(asked: z.output<typeof input>): string | undefined {
  if (parts.some((part) => part === asked.view)) return `view=${asked.view} needs name`;
  const isNarrow = asked.view === 'names' || asked.view === 'count';
  if (isNarrow && asked.path !== undefined) return `view=${asked.view} has no columns to choose`;
  if (asked.groupBy !== undefined && (asked.view !== undefined || asked.path !== undefined)) {
    return 'groupBy goes with neither view nor path';
  }
  return undefined;
}
