import type { JsonObject } from '../../../../kit/index.ts';
import { at, listAt, textAt } from '../../../fields.ts';
import { ownerOf } from '../../../owner.ts';
import { podTemplates, templateNeeds } from '../../../pod/template.ts';
import type { ClusterObject } from '../../../reader.ts';
import type { Shape } from '../../../shape.ts';
import type { ClusterView } from '../../../view.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';

const container = { securityContext: { privileged: true } } as const;
const podSpec: Shape = {
  hostNetwork: true,
  hostPID: true,
  hostIPC: true,
  volumes: { hostPath: { path: true } },
  containers: container,
  initContainers: container,
};

/** What runs there is the cluster itself. */
const itself = new Set(['kube-system']);

export const hostAccess: Rule = {
  id: 'host-access',
  title:
    'A workload that can reach its node: privileged, with the root of its disk, its network or its processes. Not in kube-system.',
  needs: { ...templateNeeds({ spec: podSpec }), pods: { spec: podSpec } },
  *find(view) {
    for (const { object, spec } of [
      ...podTemplates(view).map((one) => ({ object: one.owner, spec: one.spec })),
      ...barePods(view),
    ]) {
      const reach = reachOf(spec);
      if (reach.length === 0 || itself.has(object.namespace)) continue;
      yield {
        severity: 'notice',
        object,
        summary: `it can reach the node it runs on: ${reach.join(', ')}`,
        next: describeCall(object),
      };
    }
  },
};

/** Pods nobody makes again; all others are told by what makes them. */
function barePods(
  view: ClusterView,
): readonly { readonly object: ClusterObject; readonly spec: JsonObject | undefined }[] {
  return view
    .all('pods')
    .filter((pod) => ownerOf(pod) === undefined)
    .map((pod) => ({ object: pod, spec: at(pod.body, 'spec') }));
}

function reachOf(spec: JsonObject | undefined): readonly string[] {
  const containers = [...listAt(spec, 'containers'), ...listAt(spec, 'initContainers')];
  const paths = listAt(spec, 'volumes').map((volume) => textAt(at(volume, 'hostPath'), 'path'));
  return [
    containers.some((one) => at(one, 'securityContext')?.['privileged'] === true) && 'privileged',
    paths.includes('/') && 'the root of its disk',
    spec?.['hostNetwork'] === true && 'its network',
    (spec?.['hostPID'] === true || spec?.['hostIPC'] === true) && 'its processes',
  ].filter((text) => text !== false);
}
