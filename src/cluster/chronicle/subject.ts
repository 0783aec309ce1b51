import type { ClusterObject } from '../reader.ts';
import type { Shape } from '../shape.ts';
import type { Observer } from './observer.ts';
import type { Span } from './table.ts';
import type { Told, Tracker } from './tracker.ts';

/** One kind that is followed: what is read of it, and what is told of what was read. */
export interface Subject {
  readonly kindId: string;
  readonly shape: Shape;
  /** All there is. `last`: what was followed before, if ever. */
  resume(objects: readonly ClusterObject[], last: Span | undefined): Told;
  see(type: 'added' | 'modified' | 'deleted', object: ClusterObject): Told;
}

export function stateSubject(observer: Observer, tracker: Tracker): Subject {
  return {
    kindId: observer.kindId,
    shape: observer.shape,
    resume: (objects, last) => tracker.resume(observer, objects, last?.to),
    see: (type, object) => (type === 'deleted' ? tracker.lose(observer, object) : tracker.see(observer, object)),
  };
}
