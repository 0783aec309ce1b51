import type { JsonObject } from '../../../../kit/index.ts';
import { at, listAt, textAt } from '../../../fields.ts';
import type { ClusterObject } from '../../../reader.ts';
import type { Shape } from '../../../shape.ts';

export const bindingShape: Shape = { metadata: { labels: true }, roleRef: true, subjects: true };

/** Bindings Kubernetes brings itself. */
export function isBuiltIn({ name, body }: ClusterObject): boolean {
  const labels = at(body, 'metadata', 'labels');
  return name.startsWith('system:') || textAt(labels, 'kubernetes.io/bootstrapping') === 'rbac-defaults';
}

export function subjectsOf({ body }: ClusterObject): readonly JsonObject[] {
  return listAt(body, 'subjects');
}

export function roleNameOf({ body }: ClusterObject): string {
  return textAt(at(body, 'roleRef'), 'name') ?? '';
}
