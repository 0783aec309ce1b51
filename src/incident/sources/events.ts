import {
  belongsTo,
  type EventGroup,
  eventWhats,
  groupEvents,
  liveOccurrence,
  matchLines,
  type Occurrence,
  occurrenceOf,
  readEvents,
  refText,
  rootByName,
} from '../../cluster/index.ts';
import { oneLine } from '../../kit/index.ts';
import { type Line, partOf, reached, type SourceDefinition } from './define.ts';
import { opened, type SourceRedactor } from './opened.ts';
import { chronicled } from './past.ts';
import type { SourcePorts } from './ports.ts';
import { subjectOf } from './subject.ts';
import { spanText, toSecond } from './time.ts';

/**
 * Events of the window, those of the API server and those that only the chronicle still has, grouped: kills, evictions,
 * deletions and failing probes among them.
 *
 *  target     whose: `deploy/web`, `node/node-1`, an app, also one that is gone; absent: everybody's
 *  namespace  whose namespace
 *  query      a regular expression over the lines, case ignored
 */
export const eventsSource = ({ cluster, chronicle, redact }: SourcePorts): SourceDefinition => ({
  name: 'events',
  missing: cluster === undefined ? 'no cluster is configured' : undefined,
  asks: ({ target, namespace, query }) => ({
    query: `events of ${target ?? 'everything'}${namespace === undefined ? '' : `, namespace ${namespace}`}${query === undefined ? '' : `, matching ${query}`}`,
  }),
  async look({ target, namespace, context, query, window, until, now, signal }) {
    const reader = (await reached(cluster, 'the cluster')).inContext(context);
    const past = await partOf('the chronicle', async () => chronicle?.(), signal);
    const subject = await subjectOf({ cluster: reader, chronicle: past.value, target, namespace, signal });
    const rootOf =
      past.value === undefined
        ? rootByName
        : (ref: Occurrence['about']) => past.value?.rootOf(reader.context, ref) ?? ref;
    // Of what is outside namespaces, the events are in this one.
    const isOutside = subject.resolved?.object.namespace === '' && subject.resolved.object.kind !== 'Namespace';
    const [live, kept] = await Promise.all([
      partOf(
        'events of the API server',
        () =>
          readEvents({
            cluster: reader,
            namespace: isOutside ? 'default' : subject.namespace,
            warningsOnly: false,
            signal,
          }),
        signal,
      ),
      chronicled(
        past,
        { context: reader.context, since: window.from, until, now, subject, whats: eventWhats, keptMs: 3_600_000 },
        signal,
      ),
    ]);
    const occurrences = (live.value ?? [])
      .filter(({ first, last }) => last >= window.from && first <= until)
      .map((event) => liveOccurrence(event, rootOf(event.about)));
    const both = [...occurrences, ...kept.entries.map(occurrenceOf)].filter((one) => belongsTo(one, subject));
    const groups = [...groupEvents(both)].sort(
      (a, b) => Number(b.warning) - Number(a.warning) || b.last.getTime() - a.last.getTime(),
    );
    const lines = groups.map((group) => lineOf(group, window.from, until, redact));
    const hits =
      query === undefined
        ? undefined
        : await matchLines(
            query,
            lines.map(({ text }) => text),
            signal,
          );
    return {
      lines: hits === undefined ? lines : lines.filter((_, index) => hits[index] === true),
      notes: subject.notes,
      unread: [...live.unread, ...kept.unread],
      truncated: kept.cut,
    };
  },
});

function lineOf(group: EventGroup, since: Date, until: Date, redact: SourceRedactor): Line {
  const { warning, reason, first, last, count, message, roots } = group;
  const about =
    roots.length > 1
      ? `${roots.slice(0, 3).map(refText).join(', ')}${roots.length > 3 ? ` and ${roots.length - 3} more` : ''}`
      : refText(group.root);
  const said = oneLine(opened(message, redact), 500);
  const text = `${spanText(first, last)} ${count}x ${warning ? 'Warning' : 'Normal'} ${reason} ${about}: ${said}`;
  // Of what began before, the moment that surely lies in the window is its last.
  const at = first >= since ? first : last > until ? since : last;
  const row = {
    at: toSecond(at) < since ? since : toSecond(at),
    ...(first >= since && last > first ? { until: last } : {}),
    precision: 'second' as const,
    count,
    about,
    text: `event ${reason}`,
    quote: said.slice(0, 400),
    warning,
  };
  return { text, row };
}
