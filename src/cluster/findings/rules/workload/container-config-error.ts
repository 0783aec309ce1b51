import { conditionsOf, knownReason } from '../../../health/verdict.ts';
import { containersOf } from '../../../pod/containers.ts';
import { outsideText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';
import { nameAmong, obstacleOf } from './shared-container.ts';
import { livePods, podShape, severityOf } from './shared-pod.ts';

const causes: readonly (readonly [RegExp, string])[] = [
  [/^configmap ".*" not found/, 'a ConfigMap it refers to does not exist'],
  [/^secret ".*" not found/, 'a Secret it refers to does not exist'],
  [/^couldn't find key .* in ConfigMap/, 'a key it takes from a ConfigMap does not exist'],
  [/^couldn't find key .* in Secret/, 'a key it takes from a Secret does not exist'],
  [/runAsNonRoot/, 'it would run as root, which it must not'],
];

export const containerConfigError: Rule = {
  id: 'container-config-error',
  title: 'A container cannot be created as it is configured: a ConfigMap, a Secret or a key of one is missing.',
  needs: { pods: podShape },
  *find(view) {
    for (const pod of livePods(view)) {
      const containers = containersOf(pod);
      for (const one of containers) {
        const obstacle = obstacleOf(one);
        if (obstacle?.kind !== 'configuration') continue;
        const { reason, message } = obstacle;
        const cause = causes.find(([form]) => form.test(message ?? ''))?.[1];
        yield {
          severity: severityOf(pod, view),
          object: pod,
          summary: `${one.role} cannot be created: ${cause ?? knownReason(reason)}`,
          detail: outsideText(nameAmong(containers, one), message),
          since: conditionsOf(pod).find(({ type }) => type === 'Ready')?.since,
          next: describeCall(pod),
        };
      }
    }
  },
};
