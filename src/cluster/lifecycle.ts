import { at, textAt } from './fields.ts';
import type { ClusterObject } from './reader.ts';

export function phaseOf({ body }: ClusterObject): string | undefined {
  return textAt(at(body, 'status'), 'phase');
}

/** A pod that has come to its end: it takes nothing, and nothing waits for it. */
export function isOver(pod: ClusterObject): boolean {
  const phase = phaseOf(pod);
  return phase === 'Succeeded' || phase === 'Failed';
}

export function isBeingDeleted({ body }: ClusterObject): boolean {
  return textAt(at(body, 'metadata'), 'deletionTimestamp') !== undefined;
}
