import type { JsonObject, JsonValue } from '../../../../kit/index.ts';
import { at, listAt, millisecondsSince, textAt, textsAt } from '../../../fields.ts';
import { podTemplates, templateNeeds } from '../../../pod/template.ts';
import type { Shape } from '../../../shape.ts';
import type { ClusterView } from '../../../view.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';
import { isEmpty, plainConfigMaps } from './shared-config-map.ts';

const container: Shape = { env: true, envFrom: true, args: true, command: true };
const podSpec: Shape = {
  volumes: { configMap: true, projected: true },
  containers: container,
  initContainers: container,
};

/** What is new may be wanted by something that is still to come. */
const youngMs = 24 * 60 * 60_000;

export const configMapUnused: Rule = {
  id: 'config-map-unused',
  title:
    'A ConfigMap that no pod and no workload mounts, takes variables from or names. One that is found by a label, or through the API, is left alone as far as that shows.',
  needs: {
    ...templateNeeds({ spec: podSpec }),
    pods: { spec: podSpec },
    configmaps: { metadata: { labels: true, annotations: true }, data: true, binaryData: true },
  },
  *find(view) {
    const used = usesOf(view);
    for (const map of plainConfigMaps(view)) {
      const there = used.get(map.namespace);
      const young = (millisecondsSince(map.created, view.now) ?? youngMs) < youngMs;
      if (isEmpty(map) || young || there?.byName === true || there?.names.has(map.name) === true) continue;
      if (there?.commandLines.some((text) => text.split(/[^a-z0-9.-]+/).includes(map.name)) === true) continue;
      yield {
        severity: 'notice',
        object: map,
        summary: 'no pod and no workload of its namespace refers to it',
        next: describeCall(map),
      };
    }
  },
};

interface Uses {
  readonly names: Set<string>;
  readonly commandLines: string[];
  /** A variable is to hold the name of a ConfigMap; its value is withheld. */
  byName: boolean;
}

function usesOf(view: ClusterView): ReadonlyMap<string, Uses> {
  const byNamespace = new Map<string, Uses>();
  const specs = [
    ...podTemplates(view).map(({ owner, spec }) => ({ namespace: owner.namespace, spec })),
    ...view.all('pods').map(({ namespace, body }) => ({ namespace, spec: at(body, 'spec') })),
  ];
  for (const { namespace, spec } of specs) {
    const uses = byNamespace.get(namespace) ?? { names: new Set(), commandLines: [], byName: false };
    byNamespace.set(namespace, uses);
    for (const name of volumeNames(spec)) uses.names.add(name);
    for (const one of [...listAt(spec, 'containers'), ...listAt(spec, 'initContainers')]) {
      for (const name of variableNames(one)) uses.names.add(name);
      uses.commandLines.push(...textsAt(one, 'command'), ...textsAt(one, 'args'));
      uses.byName ||= listAt(one, 'env').some((variable) => /config_?map/i.test(textAt(variable, 'name') ?? ''));
    }
  }
  return byNamespace;
}

function volumeNames(spec: JsonObject | undefined): readonly string[] {
  const volumes = listAt(spec, 'volumes');
  const sources = volumes.flatMap((volume) => listAt(at(volume, 'projected'), 'sources'));
  return [...volumes, ...sources].flatMap((volume) => nameIn(volume['configMap']));
}

/** The redactor writes where a variable comes from as `configmap/settings#key`. */
function variableNames(one: JsonObject): readonly string[] {
  const single = listAt(one, 'env').map((variable) => /^configmap\/([^#]+)#/.exec(textAt(variable, 'from') ?? '')?.[1]);
  const whole = listAt(one, 'envFrom').flatMap((source) => nameIn(source['configMapRef']));
  return [...single.filter((name) => name !== undefined), ...whole];
}

function nameIn(reference: JsonValue | undefined): readonly string[] {
  const name = textAt(at(reference), 'name');
  return name === undefined ? [] : [name];
}
