import { conditionsOf } from '../../../health/verdict.ts';
import { outsideText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule } from '../../rule.ts';
import { livePods, podShape, severityOf } from './shared-pod.ts';

/** What the scheduler writes, and what it means. */
const obstacles: readonly (readonly [RegExp, string])[] = [
  [/no nodes available/i, 'there are no nodes'],
  [/insufficient memory/i, 'insufficient memory'],
  [/insufficient cpu/i, 'insufficient cpu'],
  [/insufficient ephemeral-storage/i, 'insufficient ephemeral storage'],
  [/too many pods/i, 'nodes have all the pods they may'],
  [/insufficient (?!memory|cpu|ephemeral-storage)[a-z0-9./-]+/i, 'insufficient extended resource'],
  [/untolerated taint/i, 'taints'],
  [/node affinity\/selector|didn't match node selector/i, 'node selector or affinity'],
  [/volume node affinity/i, 'its volume is bound to another node'],
  [/unbound immediate persistentvolumeclaims/i, 'its claim is not bound'],
  [/persistentvolumeclaim .* not found/i, 'its claim does not exist'],
  [/(?:exceed max volume count|node\(s\) exceed)/i, 'nodes have all the volumes they may'],
  [/pod (?:anti-)?affinity/i, 'pod affinity or anti-affinity'],
  [/topology spread/i, 'topology spread'],
  [/free ports/i, 'its host port is taken'],
  [/were unschedulable/i, 'cordoned nodes'],
];

export const podUnschedulable: Rule = {
  id: 'pod-unschedulable',
  title: 'The scheduler finds no node for a pod: which obstacles it names.',
  needs: { pods: podShape },
  *find(view) {
    for (const pod of livePods(view)) {
      const scheduled = conditionsOf(pod).find(({ type }) => type === 'PodScheduled');
      if (scheduled?.status !== 'False' || scheduled.reason === 'SchedulingGated') continue;
      // Behind it stands why evicting others would not help either.
      const said = scheduled.message?.split(/\s*preemption:/)[0];
      const why = obstacles.filter(([form]) => form.test(said ?? '')).map(([, meaning]) => meaning);
      yield {
        severity: severityOf(pod, view),
        object: pod,
        summary: `unschedulable${why.length === 0 ? '' : `: ${why.join(', ')}`}`,
        detail: outsideText(said),
        since: scheduled.since,
        next: describeCall(pod),
      };
    }
  },
};
