import { at, textAt } from '../fields.ts';
import { podTemplateOf } from '../pod/template.ts';
import type { ClusterObject } from '../reader.ts';

const prefix = 'reloader.stakater.com';

/**
 * What restarts the pods of a workload when a Secret changes; undefined where nothing does. Only annotations are looked at: a
 * process that notices by itself, or a sidecar that signals it, cannot be seen from outside.
 */
export function reloadTriggerOf(workload: ClusterObject, secret: string, secretAsks: boolean): string | undefined {
  const places = [at(workload.body, 'metadata', 'annotations'), at(podTemplateOf(workload), 'metadata', 'annotations')];
  for (const annotations of places) {
    if (textAt(annotations, `${prefix}/auto`) === 'true') return 'Reloader, auto';
    if (textAt(annotations, `secret.${prefix}/auto`) === 'true') return 'Reloader, auto for secrets';
    const named = textAt(annotations, `secret.${prefix}/reload`)?.split(',') ?? [];
    if (named.some((name) => name.trim() === secret)) return 'Reloader, by name';
    if (textAt(annotations, `${prefix}/search`) === 'true' && secretAsks) return 'Reloader, by match';
  }
  return undefined;
}
