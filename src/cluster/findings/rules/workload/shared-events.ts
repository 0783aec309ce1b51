import { at, textAt } from '../../../fields.ts';
import { refText } from '../../../owner.ts';
import type { ClusterObject } from '../../../reader.ts';
import type { Shape } from '../../../shape.ts';
import type { ClusterView } from '../../../view.ts';

/** What the rules read of events, which tell why where a status only tells that. */
export const eventShape: Shape = {
  type: true,
  reason: true,
  message: true,
  lastTimestamp: true,
  eventTime: true,
  series: { lastObservedTime: true },
  involvedObject: { kind: true, namespace: true, name: true },
};

export interface Warning {
  readonly reason: string;
  readonly message: string | undefined;
  readonly at: number;
}

const byView = new WeakMap<ClusterView, ReadonlyMap<string, readonly Warning[]>>();

/** The newest warning of one of these reasons, in such words, about an object; undefined also where events could not be read. */
export function newestWarning(
  view: ClusterView,
  object: ClusterObject,
  reasons: readonly string[],
  words = /^/,
): Warning | undefined {
  let warnings = byView.get(view);
  if (warnings === undefined) {
    warnings = collect(view);
    byView.set(view, warnings);
  }
  const about = warnings.get(refText(object)) ?? [];
  return about
    .filter(({ reason, message = '' }) => reasons.includes(reason) && words.test(message))
    .reduce<Warning | undefined>(
      (newest, one) => (newest === undefined || one.at > newest.at ? one : newest),
      undefined,
    );
}

function collect(view: ClusterView): ReadonlyMap<string, readonly Warning[]> {
  const warnings = new Map<string, Warning[]>();
  for (const { body, created } of view.all('events')) {
    if (textAt(body, 'type') !== 'Warning') continue;
    const about = at(body, 'involvedObject');
    const [kind = '', namespace = '', name = ''] = ['kind', 'namespace', 'name'].map((field) => textAt(about, field));
    const times = [
      textAt(at(body, 'series'), 'lastObservedTime'),
      textAt(body, 'lastTimestamp'),
      textAt(body, 'eventTime'),
    ].map((time) => Date.parse(time ?? ''));
    const known = times.filter((time) => !Number.isNaN(time));
    const warning = {
      reason: textAt(body, 'reason') ?? '',
      message: textAt(body, 'message'),
      at: known.length > 0 ? Math.max(...known) : (created?.getTime() ?? 0),
    };
    const ref = refText({ group: '', kind, namespace, name });
    const there = warnings.get(ref);
    if (there === undefined) warnings.set(ref, [warning]);
    else there.push(warning);
  }
  return warnings;
}
