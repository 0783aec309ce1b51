import { historyRoots } from '../chronicle/history-roots.ts';
import { eventWhats, occurrenceOf } from '../events/from-chronicle.ts';
import type { Occurrence } from '../events/group-events.ts';
import { abortable } from '../transport/transport.ts';
import type { Subject } from './surroundings.ts';

const pastMs = 86_400_000;

/** A database that is only being opened must not hold everything up. */
const patienceMs = 2_000;

/** The API server forgets events within the hour, and pods at once. */
export async function readPast(subject: Subject): Promise<readonly Occurrence[]> {
  const { cluster, chronicle, object, now } = subject;
  const signal = AbortSignal.any([subject.signal, AbortSignal.timeout(patienceMs)]);
  const isNamespace = object.kind === 'Namespace';
  const roots = isNamespace ? undefined : await historyRoots({ cluster, chronicle, resolved: subject, signal });
  const namespace = isNamespace ? object.name : object.namespace || undefined;
  const since = new Date(now.getTime() - pastMs);
  const query = { context: cluster.context, since, until: now, namespace, whats: eventWhats, roots };
  const { entries } = await abortable(chronicle.read(query), signal);
  return entries
    .filter(({ about }) => object.kind !== 'Pod' || about.name === object.name)
    .map(occurrenceOf)
    .filter(({ warning, reason }) => warning || reason === 'Deleted');
}
