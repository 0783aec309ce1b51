import { z } from 'zod';
import { commonFields, toolsFor } from '../../src/kit/index.ts';
import { kubectlError } from './errors.ts';
import { getOne } from './get-one.ts';
import { listMany } from './list-many.ts';
import type { KubectlPorts } from './port.ts';
import { views } from './rows.ts';

const { defineTool } = toolsFor<KubectlPorts>();

/** Checked here for an early answer; the transport has its own, which nothing passes. Not part of the schema: it is dear. */
const matching = (pattern: RegExp, what: string) => z.string().refine((text) => pattern.test(text), `not ${what}`);

const kindWord = matching(/^.{1,253}$/, 'a kind');
const objectName = matching(/^[A-Za-z0-9]([-A-Za-z0-9._:]{0,251}[A-Za-z0-9])?$/, 'one object name, without slashes');
const namespaceName = matching(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'one namespace');
const selectorText = matching(/^.{1,1000}$/, 'a label selector');
const pathText = matching(/^[A-Za-z0-9_./~:[\]-]{1,400}$/, 'fields joined by dots');
const rowCount = z.number().refine((rows) => Number.isInteger(rows) && rows >= 1 && rows <= 500, 'not 1 to 500');
const contextName = matching(/^.{1,253}$/, 'a context');

const input = z.strictObject({
  kind: kindWord.describe('pods, deploy, plural.group'),
  name: objectName.optional().describe('omit to list'),
  namespace: namespaceName.optional().describe('omit for all'),
  selector: selectorText.optional().describe('app=web,tier!=db'),
  path: pathText.optional().describe('spec.containers.0.image'),
  view: z.enum(views).optional().describe('problems: healthy collapsed'),
  limit: rowCount.optional().describe('rows'),
  context: contextName.optional().describe('cluster'),
  ...commonFields,
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
