import { type LogSource, nameText } from '../../src/cluster/index.ts';
import type { LogEntry } from './log-lines.ts';
import type { LogRow } from './log-page.ts';

/** How logs are written down: clock times in UTC, the date only where a window has more than one, names as short as they can be. */
export interface Clock {
  /** `10:14:22`, or `11-25 10:14:22`; `?` for a line whose time nobody knows. */
  at(time: number): string;
}

export function clockFor(entries: readonly LogEntry[]): Clock {
  const days = new Set([entries.at(0), entries.at(-1)].map((entry) => dayOf(entry?.time ?? 0)));
  return {
    at(time) {
      if (time === 0) return '?';
      const [day = '', rest = ''] = new Date(time).toISOString().split('T');
      return days.size > 1 ? `${day.slice(5)} ${rest.slice(0, 8)}` : rest.slice(0, 8);
    },
  };
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** `2026-11-25 09:58:01–10:14:22 UTC`. */
export function windowText(entries: readonly LogEntry[], clock: Clock): string {
  const [first, last] = [entries.at(0)?.time ?? 0, entries.at(-1)?.time ?? 0];
  return `${dayOf(first)} ${clock.at(first).slice(-8)}–${clock.at(last)} UTC`;
}

/** What each line is marked with, by source: nothing for one log, otherwise what tells it from the others. */
export function labelsOf(sources: readonly LogSource[]): readonly string[] {
  if (sources.length < 2) return sources.map(() => '');
  const places = placesOf(sources);
  const short = shortNames([...new Set(places)]);
  const containers = new Set(sources.map(({ container }) => container));
  const instances = new Set(sources.map(({ previous }) => previous));
  return sources.map(({ container, previous }, index) =>
    [
      ...(short.size > 1 ? [short.get(places[index] ?? '') ?? ''] : []),
      ...(containers.size > 1 ? [nameText(container)] : []),
      ...(previous && instances.size > 1 ? ['prev'] : []),
    ].join('/'),
  );
}

/** Each log's pod; with its namespace, when they are of several. */
function placesOf(sources: readonly LogSource[]): readonly string[] {
  const several = new Set(sources.map(({ namespace }) => namespace)).size > 1;
  return sources.map(({ namespace, pod }) => (several ? `${namespace}/${pod}` : pod));
}

/** The ends of names that tell them apart: `qpx8j` of `web-7754fd9cbb-qpx8j`. */
function shortNames(names: readonly string[]): ReadonlyMap<string, string> {
  for (let parts = 1; parts <= 3; parts += 1) {
    const short = names.map((name) => name.split('-').slice(-parts).join('-'));
    if (new Set(short).size === names.length) return new Map(names.map((name, index) => [name, short[index] ?? name]));
  }
  return new Map(names.map((name) => [name, name]));
}

/** `app in web-1, web-2; app (previous, ended OOMKilled exit 137) in web-1`. */
export function sourcesText(sources: readonly LogSource[]): string {
  const places = placesOf(sources);
  const podsByLog = new Map<string, string[]>();
  for (const [index, { container, previous, ended }] of sources.entries()) {
    const details = [...(previous ? ['previous'] : []), ...(ended === undefined ? [] : [`ended ${ended}`])];
    const name = nameText(container);
    const log = details.length === 0 ? name : `${name} (${details.join(', ')})`;
    podsByLog.set(log, [...(podsByLog.get(log) ?? []), places[index] ?? '']);
  }
  return [...podsByLog].map(([log, pods]) => `${log} in ${pods.join(', ')}`).join('; ');
}

/** Characters of a line that are shown; what is cut off can be searched all the same. */
const longestShown = 1_000;

export interface RowStyle {
  readonly clock: Clock;
  /** By source. */
  readonly labels: readonly string[];
}

/** `09:58:01–10:14:22 qpx8j+2 ×37: …`: this container and two more; `≈37` when the lines differ in numbers. */
export function rowText({ entry, count, sources, since, same }: LogRow, { clock, labels }: RowStyle): string {
  const { time, text, source } = entry;
  const label = labels[source];
  const [from, to] = [clock.at(since), clock.at(time)];
  const head = [
    from === to ? to : `${from}–${to}`,
    ...(label === undefined || label === '' ? [] : [sources > 1 ? `${label}+${sources - 1}` : label]),
    ...(count === 1 ? [] : [`${same ? '×' : '≈'}${count}:`]),
  ];
  return `${head.join(' ')} ${text.length > longestShown ? `${text.slice(0, longestShown)} …[line cut]` : text}`;
}
