import { at, numberAt, textAt } from '../../../fields.ts';
import { conditionsOf, knownReason } from '../../../health/verdict.ts';
import { type Container, containersOf, deathOf } from '../../../pod/containers.ts';
import { outsideText } from '../../../words.ts';
import { logsCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';
import { nameAmong, obstacleOf, restartsText } from './shared-container.ts';
import { livePods, podShape, severityOf } from './shared-pod.ts';

export const containerCrashing: Rule = {
  id: 'container-crashing',
  title:
    'A container or init container ends again and again, or cannot be started: what it died of and its memory limit. ' +
    'One that ended well or runs again is left alone.',
  needs: { pods: podShape },
  *find(view) {
    for (const pod of livePods(view)) {
      const containers = containersOf(pod);
      for (const one of containers) {
        const crash = crashOf(one);
        if (crash === undefined) continue;
        yield {
          severity: severityOf(pod, view),
          object: pod,
          summary: `${one.role === 'container' ? '' : `${one.role}: `}${crash.summary}${restartsText(one.restarts)}`,
          detail: outsideText(nameAmong(containers, one), ...crash.said),
          since: conditionsOf(pod).find(({ type }) => type === 'Ready')?.since,
          next: logsCall(pod, { previous: crash.endedBefore }),
          log: { container: one.name, previous: crash.endedBefore },
        };
      }
    }
  },
};

interface Crash {
  readonly summary: string;
  readonly said: readonly (string | undefined)[];
  /** Its log is that of the instance before. */
  readonly endedBefore: boolean;
}

function crashOf(one: Container): Crash | undefined {
  const ended = at(one.status, 'state', 'terminated');
  if (ended !== undefined) {
    if (numberAt(ended, 'exitCode') === 0) return undefined;
    return { summary: `ended: ${deathOf(one, ended)}`, said: [textAt(ended, 'message')], endedBefore: false };
  }
  const obstacle = obstacleOf(one);
  if (obstacle?.kind !== 'crash') return undefined;
  const known = knownReason(obstacle.reason);
  const last = at(one.status, 'lastState', 'terminated');
  // Of a crash loop the kubelet says only how long it waits.
  const waits = known === 'CrashLoopBackOff' ? undefined : obstacle.message;
  return {
    summary: [known ?? 'cannot start', ...(last === undefined ? [] : [deathOf(one, last)])].join(': '),
    said: [known === undefined ? obstacle.reason : undefined, textAt(last, 'message') ?? waits],
    endedBefore: last !== undefined,
  };
}
