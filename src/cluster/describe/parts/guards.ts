import { at, numberAt, textAt } from '../../fields.ts';
import { podTemplateOf } from '../../pod/template.ts';
import type { ClusterObject } from '../../reader.ts';
import { matches, selectorOf } from '../../selector.ts';
import { type Section, section } from '../section.ts';
import type { Surroundings } from '../surroundings.ts';

/** What else acts on a workload's pods: autoscalers and disruption budgets. */
export function guardsSection(around: Surroundings): Section | undefined {
  return section('acted on by', [
    ...autoscalersFor(around).map((one) => `HorizontalPodAutoscaler ${one.name}: ${autoscalerText(one)}`),
    ...budgetsFor(around).map((one) => `PodDisruptionBudget ${one.name}: ${budgetText(one)}`),
  ]);
}

function autoscalersFor({ object, view }: Surroundings): readonly ClusterObject[] {
  return view.selected('horizontalpodautoscalers.autoscaling', object.namespace, {}).filter(({ body }) => {
    const target = at(body, 'spec', 'scaleTargetRef');
    return textAt(target, 'kind') === object.kind && textAt(target, 'name') === object.name;
  });
}

function budgetsFor({ object, view }: Surroundings): readonly ClusterObject[] {
  const labels = at(podTemplateOf(object), 'metadata', 'labels') ?? {};
  return view.selected('poddisruptionbudgets.policy', object.namespace, {}).filter(({ body }) => {
    const selector = selectorOf(at(body, 'spec', 'selector'));
    return selector !== undefined && matches(selector, labels);
  });
}

/** `2 replicas now, 3 wanted, 1 to 5 allowed`. */
export function autoscalerText({ body }: ClusterObject): string {
  const [spec, status] = [at(body, 'spec'), at(body, 'status')];
  const current = numberAt(status, 'currentReplicas') ?? '?';
  const wanted = numberAt(status, 'desiredReplicas') ?? '?';
  return `${current} replicas now, ${wanted} wanted, ${numberAt(spec, 'minReplicas') ?? 1} to ${numberAt(spec, 'maxReplicas') ?? '?'} allowed`;
}

/** `0 of 2 pods may be evicted now (minAvailable 2, 2 healthy)`. */
export function budgetText({ body }: ClusterObject): string {
  const [spec, status] = [at(body, 'spec'), at(body, 'status')];
  const rule = (['minAvailable', 'maxUnavailable'] as const).flatMap((field) => {
    const value = spec?.[field];
    return typeof value === 'number' || (typeof value === 'string' && /^\d{1,3}%$/.test(value))
      ? [`${field} ${value}`]
      : [];
  });
  const said = [...rule, `${numberAt(status, 'currentHealthy') ?? '?'} healthy`];
  return `${numberAt(status, 'disruptionsAllowed') ?? '?'} of ${numberAt(status, 'expectedPods') ?? '?'} pods may be evicted now (${said.join(', ')})`;
}
