import { at } from '../../../fields.ts';
import type { ClusterObject } from '../../../reader.ts';
import type { LabelSelector } from '../../../selector.ts';
import { selectorOf } from '../../../selector.ts';

/** Undefined for a budget without a selector, which selects nothing; an empty one selects every pod of the namespace. */
export function budgetSelector({ body }: ClusterObject): LabelSelector | undefined {
  return selectorOf(at(body, 'spec', 'selector'));
}
