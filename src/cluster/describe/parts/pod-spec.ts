import type { JsonObject } from '../../../kit/index.ts';
import { at } from '../../fields.ts';
import type { ClusterObject } from '../../reader.ts';

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
