import type { JsonObject } from '../../kit/index.ts';
import { at, numberAt } from '../fields.ts';
import type { ClusterObject } from '../reader.ts';
import type { Shape } from '../shape.ts';
import type { ClusterView, LabelSelector } from './rule.ts';
import { matches } from './selector.ts';

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
  return kinds.flatMap((kindId) => view.all(kindId).map((owner) => templateOf(kindId, owner)));
}

/** Those of a namespace whose pods a selector would select. */
export function templatesFor(view: ClusterView, namespace: string, selector: LabelSelector): readonly PodTemplate[] {
  return kinds
    .flatMap((kindId) => view.selected(kindId, namespace, {}).map((owner) => templateOf(kindId, owner)))
    .filter(({ labels }) => matches(selector, labels));
}

function templateOf(kindId: string, owner: ClusterObject): PodTemplate {
  const { body } = owner;
  const batch = kindId === 'cronjobs.batch';
  const template = batch ? at(body, 'spec', 'jobTemplate', 'spec', 'template') : at(body, 'spec', 'template');
  const wanted =
    kindId === 'daemonsets.apps'
      ? numberAt(at(body, 'status'), 'desiredNumberScheduled')
      : numberAt(at(body, 'spec'), 'replicas');
  return {
    owner,
    labels: at(template, 'metadata', 'labels') ?? {},
    spec: at(template, 'spec'),
    wants: batch ? 'batch' : wanted === 0 ? 'parked' : 'pods',
  };
}
