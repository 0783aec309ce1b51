import type { JsonObject } from '../../../../kit/index.ts';
import { at, listAt, textAt } from '../../../fields.ts';
import type { ClusterObject } from '../../../reader.ts';
import { podSelectorOf, portsOf, serviceNeeds } from '../../../service/service.ts';
import { nameText, portText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';

const asks = { httpGet: { port: true }, tcpSocket: { port: true }, grpc: { port: true } } as const;
const container = { ports: true, readinessProbe: asks, livenessProbe: asks } as const;

export const servicePortMismatch: Rule = {
  id: 'service-port-mismatch',
  title:
    'A Service port that leads to a port none of its pods has, or has for another protocol. A number counts only where the ' +
    'pods declare ports: declaring them is optional.',
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
        const other = protocolOfSame(service, port, declared);
        if (other !== undefined) {
          yield {
            severity: 'warning',
            object: service,
            summary: `port ${portText(port['port'])} leads to ${portText(target)} by ${nameText(protocol)}, its pods declare it for ${nameText(other)}`,
            next: describeCall(service),
          };
        }
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
            severity: areProbedElsewhere(pods, there, target) ? 'warning' : 'notice',
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

/** The protocol for which the pods declare the port a Service leads to, when that is another, and no other port of the Service is for it. */
function protocolOfSame(service: ClusterObject, port: JsonObject, declared: readonly JsonObject[]): string | undefined {
  const target = port['targetPort'] ?? port['port'];
  const protocol = textAt(port, 'protocol') ?? 'TCP';
  if (typeof target !== 'number' || at(service.body, 'spec')?.['clusterIP'] === 'None') return undefined;
  const same = declared.filter(({ containerPort }) => containerPort === target);
  const [first] = same.map((one) => textAt(one, 'protocol') ?? 'TCP');
  if (first === undefined || same.some((one) => (textAt(one, 'protocol') ?? 'TCP') === protocol)) return undefined;
  const leads = portsOf(service).some(
    (one) => (one['targetPort'] ?? one['port']) === target && (textAt(one, 'protocol') ?? 'TCP') === first,
  );
  return leads ? undefined : first;
}

/** They are asked whether they work at ports they declare, and never at the one the Service leads to. */
function areProbedElsewhere(pods: readonly ClusterObject[], there: readonly JsonObject[], target: number): boolean {
  const asked = pods
    .flatMap(({ body }) => listAt(at(body, 'spec'), 'containers'))
    .flatMap((one) => [at(one, 'readinessProbe'), at(one, 'livenessProbe')])
    .flatMap((probe) => ['httpGet', 'tcpSocket', 'grpc'].map((way) => at(probe, way)?.['port']))
    .filter((port) => port !== undefined);
  return (
    asked.length > 0 &&
    !asked.includes(target) &&
    asked.some((port) => there.some(({ name, containerPort }) => port === containerPort || port === name))
  );
}

function declaredPorts({ body }: ClusterObject): readonly JsonObject[] {
  const spec = at(body, 'spec');
  return [...listAt(spec, 'containers'), ...listAt(spec, 'initContainers')].flatMap((one) => listAt(one, 'ports'));
}
