import { at, numberAt } from '../../../fields.ts';
import { conditionsOf } from '../../../health/verdict.ts';
import { parseQuantity } from '../../../quantity.ts';
import type { ClusterObject } from '../../../reader.ts';
import type { ClusterView } from '../../../view.ts';
import { listed, nameText, outsideText, quantityText } from '../../../words.ts';
import { describeCall } from '../../next-call.ts';
import type { Rule, Severity } from '../../rule.ts';
import { eventShape, newestWarning } from '../workload/shared-events.ts';
import { replicasOf, replicasShape } from '../workload/shared-replicas.ts';

const tight = 0.9;
/** Their status says nothing of a refusal; a Deployment's does, in most words. */
const withEventsAlone = ['statefulsets.apps', 'daemonsets.apps', 'replicasets.apps'];

export const quotaPressure: Rule = {
  id: 'quota-pressure',
  title:
    'A ResourceQuota that refuses pods or their claims, or of which nine tenths are used. A limit of zero is a ban, and one on objects that is just met is meant so.',
  needs: {
    resourcequotas: { status: { hard: true, used: true } },
    'deployments.apps': { status: { conditions: true, readyReplicas: true } },
  },
  wants: {
    events: eventShape,
    ...Object.fromEntries(withEventsAlone.map((kind) => [kind, replicasShape])),
  },
  *find(view) {
    const refused = refusedBy(view);
    for (const quota of view.all('resourcequotas')) {
      const uses = usesOf(quota).sort((a, b) => b.share - a.share);
      const refusals = refused.get(`${quota.namespace}/${quota.name}`) ?? [];
      const pressed = uses.filter(({ share }) => share >= tight);
      const shown = pressed.length > 0 || refusals.length === 0 ? pressed : uses.slice(0, 1);
      if (refusals.length === 0 && pressed.length === 0) continue;
      const refusal =
        refusals.length === 0 ? '' : `quota refuses pods of ${listed(refusals.map(({ workload }) => workload))}: `;
      yield {
        severity: gradeOf(refusals, pressed),
        object: quota,
        summary: `${refusal}${listed(shown.map(({ text }) => text))}`,
        detail: outsideText(refusals[0]?.message),
        next: describeCall(quota),
      };
    }
  },
};

interface Use {
  readonly text: string;
  readonly share: number;
  /** It counts objects: a number somebody chose on purpose, unlike a share of a machine. */
  readonly counts: boolean;
}

/** Refused pods of a workload that serves with the ones it has: fewer than wanted, not none. */
function gradeOf(refusals: readonly Refusal[], pressed: readonly Use[]): Severity {
  if (refusals.length > 0) return refusals.every(({ serves }) => serves) ? 'warning' : 'critical';
  return pressed.every(({ counts, share }) => counts && share >= 1) ? 'notice' : 'warning';
}

function usesOf({ body }: ClusterObject): Use[] {
  const hard = at(body, 'status', 'hard') ?? {};
  const used = at(body, 'status', 'used') ?? {};
  return Object.entries(hard).flatMap(([resource, limit]) => {
    const [most, now] = [parseQuantity(limit), parseQuantity(used[resource])];
    if (most === undefined || now === undefined || most <= 0 || !/^[\w./-]{1,120}$/.test(resource)) return [];
    const share = now / most;
    return {
      text: `${resource} ${quantityText(used[resource])} of ${quantityText(limit)} used (${Math.floor(share * 100)} %)`,
      share,
      counts: !/^(?:requests|limits)\.|^(?:cpu|memory|storage|ephemeral-storage)$/.test(resource),
    };
  });
}

const quoted = /(?:exceeded|failed) quota: ([a-z0-9][-a-z0-9.]*)/;

interface Refusal {
  readonly workload: string;
  /** Some of its pods are ready. */
  readonly serves: boolean;
  readonly message: string | undefined;
}

/** By `namespace/quota`: the workloads whose pods it refuses. Their condition or an event quotes the quota by name. */
function refusedBy(view: ClusterView): ReadonlyMap<string, readonly Refusal[]> {
  const refused = new Map<string, Refusal[]>();
  for (const deployment of view.all('deployments.apps')) {
    const failure = conditionsOf(deployment).find(({ type, status }) => type === 'ReplicaFailure' && status === 'True');
    const serves = (numberAt(at(deployment.body, 'status'), 'readyReplicas') ?? 0) > 0;
    note(deployment, `Deployment ${deployment.name}`, serves, failure?.message);
  }
  for (const workload of withEventsAlone.flatMap((kind) => view.all(kind))) {
    const replicas = replicasOf(workload);
    if (replicas === undefined || replicas.made >= replicas.desired) continue;
    const { kind, name } = view.rootOf(workload);
    const said = newestWarning(view, workload, ['FailedCreate'], quoted)?.message;
    note(workload, `${kind} ${nameText(name)}`, replicas.ready > 0, said);
  }
  return refused;

  function note({ namespace }: ClusterObject, workload: string, serves: boolean, message: string | undefined): void {
    for (const [, name = ''] of (message ?? '').matchAll(new RegExp(quoted, 'g'))) {
      const key = `${namespace}/${name}`;
      const there = refused.get(key) ?? [];
      if (!there.some((one) => one.workload === workload)) refused.set(key, [...there, { workload, serves, message }]);
    }
  }
}
