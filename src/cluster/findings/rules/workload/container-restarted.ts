import { ageText, at, dateAt, millisecondsSince, numberAt, textAt } from '../../../fields.ts';
import { type Container, containersOf, deathOf } from '../../../pod/containers.ts';
import { outsideText } from '../../../words.ts';
import { logsCall } from '../../next-call.ts';
import type { Rule, Severity } from '../../rule.ts';
import { nameAmong, restartsText } from './shared-container.ts';
import { livePods, podShape } from './shared-pod.ts';

const hourMs = 60 * 60_000;
const dayMs = 24 * hourMs;

/** So many restarts are a habit, if the last is fresh. */
const habit = 3;

export const containerRestarted: Rule = {
  id: 'container-restarted',
  title:
    'A container that runs again died in the last day for want of memory, or in the last hour for another reason. An older ' +
    'restart, one that ended well, and one that is still down are left alone.',
  needs: { pods: podShape },
  *find(view) {
    for (const pod of livePods(view)) {
      const containers = containersOf(pod);
      for (const one of containers) {
        const last = at(one.status, 'lastState', 'terminated');
        const age = millisecondsSince(textAt(last, 'finishedAt'), view.now);
        if (last === undefined || age === undefined || numberAt(last, 'exitCode') === 0) continue;
        if (at(one.status, 'state', 'running') === undefined) continue;
        const severity = gradeOf(one, textAt(last, 'reason') === 'OOMKilled', age);
        if (severity === undefined) continue;
        yield {
          severity,
          object: pod,
          summary: `restarted ${ageText(age)} ago: ${deathOf(one, last)}${restartsText(one.restarts)}`,
          detail: outsideText(nameAmong(containers, one), textAt(last, 'message')),
          since: dateAt(last, 'finishedAt'),
          next: logsCall(pod, { previous: true }),
          log: { container: one.name, previous: true },
        };
      }
    }
  },
};

function gradeOf({ restarts }: Container, outOfMemory: boolean, ageMs: number): Severity | undefined {
  if (ageMs <= hourMs) return outOfMemory || restarts >= habit ? 'warning' : 'notice';
  return outOfMemory && ageMs <= dayMs ? 'notice' : undefined;
}
