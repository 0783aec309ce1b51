import { at, textAt } from '../../../fields.ts';
import type { ClusterObject } from '../../../reader.ts';

/** Put to sleep on purpose: no instance runs, and the data stays. */
export function isHibernated({ body }: ClusterObject): boolean {
  return textAt(at(body, 'metadata', 'annotations'), 'cnpg.io/hibernation') === 'on';
}
