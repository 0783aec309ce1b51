import type { JsonObject } from '../../../../kit/index.ts';
import { at, listAt, textAt } from '../../../fields.ts';
import { isOver } from '../../../lifecycle.ts';
import type { ClusterObject } from '../../../reader.ts';
import type { Shape } from '../../../shape.ts';
import type { ClusterView } from '../../../view.ts';

/** What rules read of pods to know which claims they mount. */
export const mountShape: Shape = {
  spec: { volumes: { name: true, persistentVolumeClaim: { claimName: true }, ephemeral: { volumeClaimTemplate: {} } } },
  status: { phase: true },
};

/** The claims a pod's spec mounts, by name; those that live and die with a pod are named after it. */
export function claimNamesOf(spec: JsonObject | undefined, podName?: string): readonly string[] {
  return listAt(spec, 'volumes').flatMap((volume) => {
    const named = textAt(at(volume, 'persistentVolumeClaim'), 'claimName');
    if (named !== undefined) return [named];
    const own = at(volume, 'ephemeral') !== undefined && podName !== undefined;
    return own ? [`${podName}-${textAt(volume, 'name') ?? ''}`] : [];
  });
}

/** Pods by the claims they mount (`namespace/name`), those that have ended left out. */
export function podsByClaim(view: ClusterView): ReadonlyMap<string, readonly ClusterObject[]> {
  const byClaim = new Map<string, ClusterObject[]>();
  for (const pod of view.all('pods')) {
    if (isOver(pod)) continue;
    for (const claim of claimNamesOf(at(pod.body, 'spec'), pod.name)) {
      const key = `${pod.namespace}/${claim}`;
      byClaim.set(key, [...(byClaim.get(key) ?? []), pod]);
    }
  }
  return byClaim;
}

export const classNeeds: Readonly<Record<string, Shape>> = {
  'storageclasses.storage.k8s.io': { metadata: { annotations: true }, provisioner: true, volumeBindingMode: true },
};

export function defaultClasses(view: ClusterView): readonly ClusterObject[] {
  return view.all('storageclasses.storage.k8s.io').filter(({ body }) => {
    const annotations = at(body, 'metadata', 'annotations');
    return ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'].some(
      (name) => textAt(annotations, name) === 'true',
    );
  });
}

/** The class a claim is provisioned by; undefined when it names none and there is no default, or names one that is not there. */
export function classOf(view: ClusterView, claim: ClusterObject): ClusterObject | undefined {
  const named = textAt(at(claim.body, 'spec'), 'storageClassName');
  if (named === undefined) return defaultClasses(view)[0];
  return view.get('storageclasses.storage.k8s.io', '', named);
}
