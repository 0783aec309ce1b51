import type { JsonObject } from '../../../../kit/index.ts';
import { at, listAt, textAt } from '../../../fields.ts';
import type { ClusterObject } from '../../../reader.ts';
import { podSelectorOf, portsOf, serviceNeeds } from '../../../service/service.ts';
import { portText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';

const container = { ports: true } as const;

export const servicePortMismatch: Rule = {
  id: 'service-port-mismatch',
  title:
    'A Service port that leads to a port none of its pods has. A number counts only where the pods declare ports: declaring them is optional.',
  needs: {
    ...serviceNeeds,
    pods: { metadata: { labels: true }, spec: { containers: container, initContainers: container } },
  },
  *find(view) {
    for (const service of view.all('services')) {
      const selector = podSelectorOf(service);
      const pods = selector === undefined ? [] : view.selected('pods', service.namespace, selector);
      if (pods.length === 0) continue;
      const declared = pods.flatMap(declaredPorts);
      for (const port of portsOf(service)) {
        const target = port['targetPort'] ?? port['port'];
        const protocol = textAt(port, 'protocol') ?? 'TCP';
        const there = declared.filter((one) => (textAt(one, 'protocol') ?? 'TCP') === protocol);
        if (typeof target === 'string' && !there.some(({ name }) => name === target)) {
          yield {
            severity: 'critical',
            object: service,
            summary: `port ${portText(port['port'])} leads to a port named ${portText(target)}, which none of its pods has`,
            next: describeCall(service),
          };
        }
        // Without a virtual address nothing is forwarded: the number is only written down.
        const forwarded = at(service.body, 'spec')?.['clusterIP'] !== 'None';
        const foreign = there.length > 0 && !there.some(({ containerPort }) => containerPort === target);
        if (typeof target === 'number' && forwarded && foreign) {
          yield {
            severity: 'notice',
            object: service,
            summary: `port ${portText(port['port'])} leads to ${target}, its pods declare ${there
              .slice(0, 5)
              .map((one) => portText(one['containerPort']))
              .filter((text, index, all) => all.indexOf(text) === index)
              .join(', ')}`,
            next: describeCall(service),
          };
        }
      }
    }
  },
};

function declaredPorts({ body }: ClusterObject): readonly JsonObject[] {
  const spec = at(body, 'spec');
  return [...listAt(spec, 'containers'), ...listAt(spec, 'initContainers')].flatMap((one) => listAt(one, 'ports'));
}
