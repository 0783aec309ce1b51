import { Untrusted } from '../../../kit/index.ts';
import { type EventGroup, groupEvents, type Occurrence } from '../../events/group-events.ts';
import { rootByName } from '../../events/name-root.ts';
import { readEvent } from '../../events/seen-event.ts';
import { templateOf } from '../../events/template.ts';
import { ageText, millisecondsSince } from '../../fields.ts';
import type { FoundBy } from '../../findings/survey.ts';
import { type ObjectRef, refOf, refText } from '../../owner.ts';
import type { ClusterObject } from '../../reader.ts';
import { type Line, quoted, type Section, section } from '../section.ts';
import type { Surroundings } from '../surroundings.ts';

const mostWarnings = 8;
const mostNormal = 4;
const forgotten = 'none that the API server still has (for about an hour); kubectl_events knows older ones';

/** What happened to the object and to what it made, the pods that are gone included: warnings first, then newest first. */
export function eventsSection(around: Surroundings, found: readonly FoundBy[]): Section | undefined {
  const unread = around.unread.has('events');
  const groups = groupEvents([...occurrencesOf(around), ...around.past]);
  if (!unread && groups.length === 0 && found.some(({ severity }) => severity !== 'notice'))
    return section('events', [forgotten]);
  const warnings = groups.filter(({ warning }) => warning).slice(0, mostWarnings);
  const normal = groups.filter(({ warning }) => !warning).slice(0, mostNormal);
  const more = groups.length - warnings.length - normal.length;
  return section('events', [
    unread ? 'unknown: events could not be read' : undefined,
    ...[...warnings, ...normal].map((group) => lineOf(group, around)),
    more > 0 ? `and ${more} more kinds of events` : undefined,
  ]);
}

function occurrencesOf(around: Surroundings): readonly Occurrence[] {
  const { object, view } = around;
  const subject = refOf(object);
  const [root, own] = [keyOf(subject), new Set(ownObjects(around).map((one) => keyOf(one)))];
  return view.all('events').flatMap((event): readonly Occurrence[] => {
    const seen = readEvent(event);
    const { about } = seen;
    const above = rootByName(about);
    const isHere = object.kind === 'Namespace' && about.namespace === object.name;
    if (!isHere && !own.has(keyOf(about)) && keyOf(above) !== root) return [];
    const template = templateOf(seen.message, [about.name, above.name, about.namespace]);
    const message = new Untrusted(seen.message);
    return [{ ...seen, message, template, root: isHere ? above : subject, from: 'api' }];
  });
}

function ownObjects({ object, view, pods }: Surroundings): readonly ClusterObject[] {
  if (object.kind === 'Node' || object.kind === 'Namespace') return [object];
  const between = ['replicasets.apps', 'jobs.batch'].flatMap((kindId) => view.all(kindId));
  const root = refText(object);
  return [object, ...(pods ?? []), ...between.filter((one) => refText(view.rootOf(one)) === root)];
}

/** Events name no group. */
function keyOf({ kind, namespace, name }: ObjectRef): string {
  return `${kind} ${namespace}/${name}`;
}

function lineOf({ warning, reason, message, about, count, first, last, from }: EventGroup, around: Surroundings): Line {
  const ago = (time: Date): string => ageText(millisecondsSince(time, around.now));
  const times = count === 1 ? `${ago(last)} ago` : `×${count}, ${ago(first)} to ${ago(last)} ago`;
  const isSubject = about.name === around.object.name && about.kind === around.object.kind;
  const label = `${warning ? 'Warning' : 'Normal'} ${times}${isSubject ? '' : `, ${about.kind} ${about.name}`}`;
  return quoted(`${label}, ${reason}${from === 'chronicle' ? ' (chronicle)' : ''}`, message);
}
