import { oneLine } from '../../kit/index.ts';
import type { CurrentAlert, RangeAnswer, Silence } from '../../monitoring/port.ts';
import { type Line, partOf, reached, type SourceDefinition } from './define.ts';
import { seriesText } from './metrics.ts';
import type { SourcePorts } from './ports.ts';
import { spanText, stamp, toSecond } from './time.ts';

/**
 * What fired in the window, by Prometheus' own record; what fires now, and what of it is inhibited or silenced, by Alertmanager;
 * silences that overlap the window.
 *
 *  target     an alert's name: `PodCrashLooping`; absent: every alert
 *  namespace  only alerts with that label
 */
export const alertsSource = ({ alerts, metrics }: SourcePorts): SourceDefinition => ({
  name: 'alerts',
  missing:
    alerts === undefined && metrics === undefined ? 'neither Alertmanager nor Prometheus is configured' : undefined,
  asks: ({ target, namespace }) => ({
    query: `alerts ${target ?? 'of any name'}${namespace === undefined ? '' : `, namespace ${namespace}`}`,
  }),
  async look({ target, namespace, window, until, now, signal }) {
    const isMeant = (name: string, labels: Readonly<Record<string, string>>): boolean =>
      (target === undefined || name === target) && (namespace === undefined || labels['namespace'] === namespace);
    const [current, silences, history] = await Promise.all([
      partOf('Alertmanager', async () => (await reached(alerts, 'Alertmanager')).current(signal), signal),
      partOf('silences', async () => (await reached(alerts, 'Alertmanager')).silences(signal), signal),
      partOf(
        'the history of alerts',
        async () =>
          (await reached(metrics, 'Prometheus')).range(
            { query: 'ALERTS{alertstate="firing"}', from: window.from, to: until },
            signal,
          ),
        signal,
      ),
    ]);
    const firing = (current.value ?? [])
      .filter(({ name, labels, since }) => since <= until && isMeant(name, labels))
      .sort((a, b) => a.since.getTime() - b.since.getTime());
    // What Alertmanager says of now, Prometheus says of its last step: one of them is enough.
    const known = new Set(firing.map(({ name, labels }) => sameAlert(name, labels)));
    const past = (history.value?.series ?? []).filter(({ labels }) => isMeant(labels['alertname'] ?? '', labels));
    const silenced = (silences.value ?? []).filter(
      (one) =>
        one.from <= until &&
        one.to >= window.from &&
        (target === undefined || one.matchers.some((matcher) => matcher.includes(target))),
    );
    const fired = [
      ...firing.map((alert) => currentLine(alert, now)),
      ...past.flatMap((series) =>
        spansOf(series, until).filter(
          ({ isOpen }) => !isOpen || !known.has(sameAlert(series.labels['alertname'] ?? '', series.labels)),
        ),
      ),
    ];
    const muted = silenced.map((one) => silenceLine(one, window.from));
    // A silence is no alert: with nothing that fired, that nothing fired must still be an answer.
    const isQuiet = fired.length === 0;
    const lines = isQuiet ? [] : [...fired, ...muted];
    const begun = lines.flatMap(({ row }) => (row === undefined ? [] : [row.at.getTime()]));
    return {
      lines,
      notes: isQuiet ? muted.map(({ text }) => text) : [],
      unread: [...current.unread, ...silences.unread, ...history.unread],
      truncated: history.value?.truncated === true,
      // What fires since before the window is known since then.
      from: new Date(Math.min(window.from.getTime(), ...begun)),
    };
  },
});

function currentLine({ name, state, since, labels, annotations, by }: CurrentAlert, now: Date): Line {
  const words = annotations['summary'] ?? annotations['description'];
  const text = oneLine(
    `${stamp(since)} ${name} ${state}${by.length === 0 ? '' : ` by ${by.join(', ')}`} ${seriesText(without(labels, 'alertname'))}${words === undefined ? '' : `: ${words}`}`,
    600,
  );
  const row = {
    at: toSecond(since),
    until: now,
    precision: 'second' as const,
    about: aboutOf(labels),
    text: `alert ${name} ${state === 'firing' ? 'fires' : `is ${state}`}`,
    quote: text.slice(0, 400),
    warning: true,
  };
  return { text, row };
}

/** `isOpen`: it still fired at the last step of the window. */
type Span = Line & { readonly isOpen: boolean };

/** Prometheus says at every step whether it fires: between two steps it may have begun or ended. */
function spansOf({ labels, points }: RangeAnswer['series'][number], until: Date): readonly Span[] {
  const [one, two] = points;
  if (one === undefined) return [];
  const step = two === undefined ? 60_000 : Math.max(1_000, smallestStep(points));
  const spans: { from: Date; to: Date }[] = [];
  for (const [at] of points) {
    const last = spans.at(-1);
    if (last !== undefined && at.getTime() - last.to.getTime() <= step * 1.5) last.to = at;
    else spans.push({ from: at, to: at });
  }
  const name = labels['alertname'] ?? 'an alert';
  return spans.map(({ from, to }) => {
    const open = until.getTime() - to.getTime() <= step * 1.5;
    const text = oneLine(
      `${spanText(from, to)} ${name} fired${open ? ', and still did at the end of the window' : ''} ${seriesText(without(labels, '__name__', 'alertname', 'alertstate'))}`,
      600,
    );
    const row = {
      at: from,
      until: to,
      precision: step >= 60_000 ? ('minute' as const) : ('second' as const),
      about: aboutOf(labels),
      text: `alert ${name} fired`,
      quote: text.slice(0, 400),
      warning: true,
    };
    return { text, row, isOpen: open };
  });
}

function sameAlert(name: string, labels: Readonly<Record<string, string>>): string {
  return `${name} ${JSON.stringify(Object.entries(without(labels, '__name__', 'alertname', 'alertstate')).sort())}`;
}

function smallestStep(points: RangeAnswer['series'][number]['points']): number {
  const steps = points.slice(1).map(([at], index) => at.getTime() - (points[index]?.[0].getTime() ?? 0));
  return Math.min(...steps.filter((step) => step > 0));
}

/** One that was set before the window is told, and is no moment of it. */
function silenceLine({ id, matchers, from, to, by, comment, state }: Silence, since: Date): Line {
  const text = oneLine(
    `${spanText(from, to)} silence ${id} (${state}) by ${by}: ${matchers.join(' ')}: ${comment}`,
    600,
  );
  if (from < since) return { text };
  return {
    text,
    row: {
      at: toSecond(from),
      until: to,
      precision: 'second',
      text: 'alerts were silenced',
      quote: text.slice(0, 400),
      change: true,
    },
  };
}

function aboutOf(labels: Readonly<Record<string, string>>): string {
  const parts = ['namespace', 'deployment', 'statefulset', 'daemonset', 'pod', 'node', 'instance'].map(
    (name) => labels[name],
  );
  return (
    parts
      .filter((part) => part !== undefined)
      .slice(0, 2)
      .join('/') ||
    (labels['alertname'] ?? 'alert')
  );
}

function without(
  labels: Readonly<Record<string, string>>,
  ...names: readonly string[]
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !names.includes(name)));
}
