import { textAt } from '../../../fields.ts';
import { conditionsOf, knownReason } from '../../../health/verdict.ts';
import { containersOf } from '../../../pod/containers.ts';
import { outsideText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';
import { obstacleOf } from './shared-container.ts';
import { eventShape, newestWarning } from './shared-events.ts';
import { livePods, podShape, severityOf } from './shared-pod.ts';

/** What registries and the container runtime answer, and what it means. */
const answers: readonly (readonly [RegExp, string])[] = [
  [/toomanyrequests|rate limit|\b429\b/i, 'the registry asks to be asked less often'],
  [/may require|insufficient_scope/i, 'there is no such image, or no right to it'],
  [/unauthorized|authentication required|denied|forbidden|\b40[13]\b/i, 'the registry refuses the credentials'],
  [/manifest unknown|not found|notfound|\b404\b/i, 'there is no such image'],
  [/no such host|timeout|connection refused|unreachable|x509|tls:|\bEOF\b/i, 'the registry cannot be reached'],
  [/no space left/i, 'the disk of the node is full'],
  [/exec format|no match(?:ing)? (?:for platform|manifest)/i, 'it is not made for the platform of the node'],
];

export const imagePullFailing: Rule = {
  id: 'image-pull-failing',
  title: 'The image of a container cannot be pulled: which image, and what the registry answered.',
  needs: { pods: podShape },
  wants: { events: eventShape },
  *find(view) {
    for (const pod of livePods(view)) {
      for (const one of containersOf(pod)) {
        const obstacle = obstacleOf(one);
        if (obstacle?.kind !== 'image') continue;
        const said = newestWarning(view, pod, ['Failed'], /^Failed to pull image/)?.message ?? obstacle.message;
        const why = answers.find(([form]) => form.test(said ?? ''))?.[1];
        const image = textAt(one.spec, 'image');
        yield {
          severity: severityOf(pod, view),
          object: pod,
          summary: `${knownReason(obstacle.reason) ?? 'its image is refused'}${why === undefined ? '' : `: ${why}`}`,
          detail: outsideText(image !== undefined && said?.includes(image) === true ? undefined : image, said),
          since: conditionsOf(pod).find(({ type }) => type === 'Ready')?.since,
          next: describeCall(pod),
        };
      }
    }
  },
};
