import { ageText, type EventGroup, type ObjectRef, refText } from '../../src/cluster/index.ts';
import type { Cell } from '../../src/kit/index.ts';

export const columns = ['last', 'first', 'count', 'reason', 'object', 'from', 'message'];

const mostRoots = 3;

/** `longest`: characters of a message. */
export function rowOf(group: EventGroup, now: Date, longest: number): readonly Cell[] {
  const { first, last, count, reason, from, message, variants } = group;
  const [began, ended] = [first, last].map((time) => ageText(now.getTime() - time.getTime()));
  const cut = message.map((text) => (text.length > longest ? `${text.slice(0, longest)}…` : text));
  return [
    ended ?? '',
    began === ended ? '' : (began ?? ''),
    count,
    reason,
    objectText(group),
    from === 'api' ? '' : from === 'both' ? 'API, chronicle' : 'chronicle',
    variants > 1 ? cut.map((text) => `(${variants} messages, the newest:) ${text}`) : cut,
  ];
}

function objectText({ roots, root }: EventGroup): string {
  if (roots.length <= 1) return refText(root);
  const named = roots.slice(0, mostRoots).map(placeText);
  return `${roots.length} objects: ${named.join(', ')} and ${roots.length - named.length} more`;
}

/** `photos/server` of `Deployment photos/server`. */
export function placeText(ref: ObjectRef): string {
  const text = refText(ref);
  return text.slice(text.indexOf(' ') + 1);
}

export interface Wanted {
  readonly warningsOnly: boolean;
  readonly now: Date;
}

export function headlineOf(groups: readonly EventGroup[], { warningsOnly, now }: Wanted): string {
  const noun = warningsOnly ? 'warning' : 'event';
  const [newest] = groups;
  if (newest === undefined) return `no ${noun}s found`;
  const total = groups.reduce((sum, { count }) => sum + count, 0);
  const roots = new Map<string, ObjectRef>(groups.flatMap((group) => group.roots).map((root) => [refText(root), root]));
  const kept = groups.filter(({ from }) => from !== 'api').length;
  const age = ageText(now.getTime() - newest.last.getTime());
  return [
    `${counted(total, noun)}, of ${counted(groups.length, 'kind')}, about ${counted(roots.size, 'object')}`,
    `the newest ${age} ago about ${refText(newest.root)}`,
    ...(kept > 0 ? [`${kept} of the kinds from the chronicle`] : []),
  ].join('; ');
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
