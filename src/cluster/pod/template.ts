import type { JsonObject } from '../../kit/index.ts';
import { at, numberAt } from '../fields.ts';
import type { ClusterObject } from '../reader.ts';
import type { LabelSelector } from '../selector.ts';
import { matches } from '../selector.ts';
import type { Shape } from '../shape.ts';
import type { ClusterView } from '../view.ts';

/**
 * What pods are made from, whether any is there now or not.
 *
 *  parked   wants no pods: scaled to zero on purpose, or by something that wakes it when it is asked for
 *  batch    wants pods now and then
 */
export interface PodTemplate {
  readonly owner: ClusterObject;
  readonly labels: JsonObject;
  /** The pods' spec. */
  readonly spec: JsonObject | undefined;
  readonly wants: 'pods' | 'parked' | 'batch';
}

/** The needs of a rule that reads `template` of everything that makes pods. */
export function templateNeeds(template: Shape): Readonly<Record<string, Shape>> {
  return {
    'deployments.apps': { spec: { replicas: true, template } },
    'statefulsets.apps': { spec: { replicas: true, template } },
    'daemonsets.apps': { spec: { template }, status: { desiredNumberScheduled: true } },
    'cronjobs.batch': { spec: { jobTemplate: { spec: { template } } } },
  };
}

export const templateLabels: Shape = { metadata: { labels: true } };

const kinds = Object.keys(templateNeeds({}));

export function podTemplates(view: ClusterView): readonly PodTemplate[] {
  return kinds.flatMap((kindId) => view.all(kindId).map(templateOf));
}

/** Those of a namespace whose pods a selector would select. */
export function templatesFor(view: ClusterView, namespace: string, selector: LabelSelector): readonly PodTemplate[] {
  return kinds
    .flatMap((kindId) => view.selected(kindId, namespace, {}).map(templateOf))
    .filter(({ labels }) => matches(selector, labels));
}

function templateOf(owner: ClusterObject): PodTemplate {
  const { kind, body } = owner;
  const template = podTemplateOf(owner);
  const wanted =
    kind === 'DaemonSet'
      ? numberAt(at(body, 'status'), 'desiredNumberScheduled')
      : numberAt(at(body, 'spec'), 'replicas');
  return {
    owner,
    labels: at(template, 'metadata', 'labels') ?? {},
    spec: at(template, 'spec'),
    wants: kind === 'CronJob' ? 'batch' : wanted === 0 ? 'parked' : 'pods',
  };
}

/** The template of a workload's pods with its metadata; a pod itself; undefined for kinds that make no pods. */
export function podTemplateOf({ kind, body }: ClusterObject): JsonObject | undefined {
  switch (kind) {
    case 'Pod':
      return body;
    case 'CronJob':
      return at(body, 'spec', 'jobTemplate', 'spec', 'template');
    default:
      return at(body, 'spec', 'template');
  }
}

export function podSpecOf(object: ClusterObject): JsonObject | undefined {
  return at(podTemplateOf(object), 'spec');
}
