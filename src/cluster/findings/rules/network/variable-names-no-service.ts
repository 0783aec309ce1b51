import type { JsonObject } from '../../../../kit/index.ts';
import { at, listAt, textAt } from '../../../fields.ts';
import { podTemplates, templateNeeds } from '../../../pod/template.ts';
import type { ClusterObject } from '../../../reader.ts';
import { isExternal, offersPort, portsOf, serviceNeeds } from '../../../service/service.ts';
import type { ClusterView } from '../../../view.ts';
import { nameText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';

const container = { env: { name: true, value: true } } as const;

/** `web:80`, `http://web.shop:80/x`, `web`; other hosts than a Service's are for somebody else. */
const address =
  /^(?:[a-z][a-z0-9+.-]{0,20}:\/\/)?([a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)(?:\.([a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?)(?:\.svc(?:\.[a-z0-9.-]{1,60})?)?)?(?::(\d{1,5}))?(?:[/?].*)?$/;
const addressName = /(?:HOST|HOSTNAME|URL|URI|ADDR|ADDRESS|ENDPOINT|SERVER)$/i;

/** Shorter names are near each other by chance. */
const shortest = 5;
const mostServices = 300;

export const variableNamesNoService: Rule = {
  id: 'variable-names-no-service',
  title:
    'A variable of a workload names a Service that does not exist, where one of nearly that name does, or a port which the ' +
    'Service has not. Names that are near no Service, and values that are withheld, are left alone.',
  needs: { ...serviceNeeds, ...templateNeeds({ spec: { containers: container, initContainers: container } }) },
  *find(view) {
    for (const { owner, spec, wants } of podTemplates(view)) {
      if (wants === 'parked') continue;
      const told = new Set<string>();
      for (const variable of [...listAt(spec, 'containers'), ...listAt(spec, 'initContainers')].flatMap((one) =>
        listAt(one, 'env'),
      )) {
        const summary = problemOf(view, owner, variable);
        if (summary === undefined || told.has(summary)) continue;
        told.add(summary);
        yield { severity: 'warning', object: owner, summary, next: describeCall(owner) };
      }
    }
  },
};

function problemOf(view: ClusterView, { namespace: own }: ClusterObject, variable: JsonObject): string | undefined {
  const value = textAt(variable, 'value') ?? '';
  const [, name = '', given, port] = address.exec(value.slice(0, 300)) ?? [];
  const variableName = textAt(variable, 'name') ?? '';
  if (name === '' || (port === undefined && !value.includes('://') && !addressName.test(variableName)))
    return undefined;
  const namespace = given ?? own;
  const service = view.get('services', namespace, name);
  const says = `variable ${nameText(variableName)} names`;
  if (service === undefined) {
    const near = nearService(view, namespace, name);
    return near === undefined ? undefined : `${says} Service ${name}, which does not exist: ${near} does`;
  }
  // Without a virtual address a client meets the pods' own ports, and what is outside has none here.
  const forwards = at(service.body, 'spec')?.['clusterIP'] !== 'None' && !isExternal(service);
  if (port === undefined || !forwards || portsOf(service).length === 0) return undefined;
  // What is called a version or an image may look like an address.
  if (!value.includes('://') && !addressName.test(variableName)) return undefined;
  return offersPort(service, Number(port)) ? undefined : `${says} port ${port} of Service ${name}, which it has not`;
}

function nearService(view: ClusterView, namespace: string, name: string): string | undefined {
  if (name.length < shortest) return undefined;
  return view
    .selected('services', namespace, {})
    .slice(0, mostServices)
    .map((service) => service.name)
    .filter((other) => other.length >= shortest && isNear(name, other))
    .sort()[0];
}

/** One is the other with a word added, or they differ in one letter. */
function isNear(name: string, other: string): boolean {
  if (name.startsWith(`${other}-`) || other.startsWith(`${name}-`)) return true;
  return differsByOne(name, other);
}

function differsByOne(one: string, other: string): boolean {
  const [short, long] = one.length <= other.length ? [one, other] : [other, one];
  if (long.length - short.length > 1) return false;
  let same = 0;
  while (same < short.length && short[same] === long[same]) same += 1;
  return short.slice(short.length === long.length ? same + 1 : same) === long.slice(same + 1);
}
