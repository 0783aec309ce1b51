import { z } from 'zod';
import { toolsFor } from '../../src/kit/index.ts';
import { kubectlError } from './errors.ts';
import { fields } from './fields.ts';
import type { KubectlPorts } from './port.ts';
import { topNodes } from './top-nodes.ts';
import { topPods } from './top-pods.ts';

const { defineTool } = toolsFor<KubectlPorts>();

const input = z.strictObject({
  kind: z.enum(['pods', 'containers', 'nodes']).optional().describe('default pods'),
  namespace: fields.namespace,
  selector: fields.selector,
  target: fields.target.optional(),
  sort: z.enum(['cpu', 'memory']).optional().describe('default: nearest its limit'),
  limit: fields.limit,
  context: fields.context,
  cursor: fields.cursor,
  budget: fields.budget,
});

export const top = defineTool({
  name: 'kubectl_top',
  title: 'Usage of pods and nodes',
  description:
    'CPU and memory used beside requests, limits and allocatable: who is nearest a limit, has none, or was OOM-killed. ' +
    'Use before kubectl top, which joins nothing.',
  effect: 'read',
  searchHint: 'k8s kubernetes memory cpu resources oom limits capacity headroom',
  input,
  async run(asked, { ports, signal, now, page }) {
    const { kind = 'pods', namespace, selector, target, sort, limit, context } = asked;
    const cluster = ports.cluster.inContext(context);
    const request = { cluster, namespace, selector, target, sort, limit, now: now(), page, signal };
    if (kind !== 'nodes') return topPods({ ...request, each: kind });
    const conflicts = (['namespace', 'selector'] as const).filter((field) => asked[field] !== undefined);
    if (conflicts.length === 0) return topNodes(request);
    throw kubectlError('arguments-conflict', {
      message: `kubectl_top was not run: nodes are in no namespace, so ${conflicts.join(' and ')} cannot narrow them`,
      next: 'give target=node/<name>, or kind=pods',
    });
  },
});
