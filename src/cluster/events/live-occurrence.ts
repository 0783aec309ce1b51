import { Untrusted } from '../../kit/index.ts';
import type { ObjectRef } from '../owner.ts';
import type { Occurrence } from './group-events.ts';
import type { SeenEvent } from './seen-event.ts';
import { templateOf } from './template.ts';

/** An event of the API server, told as what the chronicle has is told. */
export function liveOccurrence(event: SeenEvent, root: ObjectRef): Occurrence {
  const { about, message } = event;
  const template = templateOf(message, [about.name, root.name, about.namespace]);
  return { ...event, root, message: new Untrusted(message), template, from: 'api' };
}
