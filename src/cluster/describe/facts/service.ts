import { at, listAt, textAt } from '../../fields.ts';
import { podSelectorOf, portsOf } from '../../service/service.ts';
import { counted, plainText, portText } from '../../words.ts';
import { endpointsText, hostsText } from '../parts/network.ts';
import { type Line, quoted, type Section, section } from '../section.ts';
import type { Surroundings } from '../surroundings.ts';

/** Whom it leads to, on which ports, and who leads to it. */
export function serviceFacts(around: Surroundings): Section | undefined {
  const { object } = around;
  const spec = at(object.body, 'spec');
  const type = plainText(textAt(spec, 'type') ?? 'ClusterIP', /^[A-Za-z]{1,20}$/);
  const address = plainText(textAt(spec, 'clusterIP') ?? 'None', /^[0-9a-f.:]{2,45}$|^None$/);
  return section('service', [
    `${type}, address ${address === 'None' ? 'none (headless)' : address}, ${endpointsText(object, around)}`,
    ...portsOf(object).map((port) => `port ${portText(port['port'])} → ${portText(port['targetPort'])}`),
    selectorLine(around),
    ...hostsText(object, around),
    balancerLine(around),
    ...externalLine(around),
  ]);
}

function selectorLine({ object, pods }: Surroundings): Line {
  const selector = podSelectorOf(object);
  if (selector === undefined) return 'selects no pods';
  const found = pods === undefined ? 'pods unknown' : `${counted(pods.length, 'pod')} selected`;
  const labels = Object.entries(selector.matchLabels ?? {}).map(
    ([key, value]) => `${plainText(key, label)}=${plainText(value, label)}`,
  );
  return `${found} by ${labels.join(',')}`;
}

const label = /^[\w./-]{0,150}$/;

function balancerLine({ object }: Surroundings): string | undefined {
  if (textAt(at(object.body, 'spec'), 'type') !== 'LoadBalancer') return undefined;
  const given = listAt(at(object.body, 'status', 'loadBalancer'), 'ingress').map((one) =>
    plainText(textAt(one, 'ip') ?? textAt(one, 'hostname'), /^[\w.:-]{1,253}$/),
  );
  return given.length === 0 ? 'the load balancer has given it NO address' : `outside address ${given.join(', ')}`;
}

function externalLine({ object }: Surroundings): readonly Line[] {
  const name = textAt(at(object.body, 'spec'), 'externalName');
  return name === undefined ? [] : [quoted('leads outside to', name)];
}
