import { z } from 'zod';
import { describeObject, resolveTarget } from '../../src/cluster/index.ts';
import { text, toolsFor } from '../../src/kit/index.ts';
import { fitSections } from './describe-fit.ts';
import { fields } from './fields.ts';
import type { KubectlPorts } from './port.ts';

const { defineTool } = toolsFor<KubectlPorts>();

const input = z.strictObject({
  target: fields.target,
  namespace: fields.namespace,
  context: fields.context,
  budget: fields.budget,
});

/** What stands around the sections: when, what was covered and could not be seen, notes. */
const frameBytes = 600;

export const describe = defineTool({
  name: 'kubectl_describe',
  title: 'Describe a Kubernetes object',
  description:
    'Why is this not working? One object of any kind: findings, rollout and diff, containers and exits, events, last log ' +
    'lines, what it needs and who needs it. Use instead of kubectl describe.',
  effect: 'read',
  searchHint: 'kubernetes why failing crash pending rollout events diagnose',
  alwaysLoad: true,
  input,
  async run({ target, namespace, context }, { ports, signal, now, room }) {
    const cluster = ports.cluster.inContext(context);
    const asOf = now();
    const { kind, object, said } = await resolveTarget({ cluster, target, namespace, signal });
    const { state, sections, missing } = await describeObject({
      cluster,
      kind,
      object,
      chronicle: ports.chronicle,
      now: asOf,
      signal,
    });
    const unseen = missing.reduce((bytes, { what, why }) => bytes + what.length + why.length + 5, 0);
    const { blocks, leftOut } = fitSections(sections, room - frameBytes - state.length - unseen);
    const where = object.namespace === '' ? '' : ` in namespace ${object.namespace}`;
    return text({
      asOf,
      headline: state,
      coverage: { covered: `${object.kind} ${object.name}${where}, context ${cluster.context}`, missing },
      blocks,
      notes: [
        ...(said === undefined ? [] : [said]),
        ...(leftOut.length === 0 ? [] : [`lines left out to fit: ${leftOut.join(', ')}; budget=24000 shows more`]),
      ],
    });
  },
});
