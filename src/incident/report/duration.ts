import type { Incident } from '../incident.ts';

const unitMs: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 };
const part = String.raw`(\d+(?:\.\d+)?)\s*(d|h|m|s)(?:ays?|ours?|rs?|in(?:ute)?s?|ec(?:ond)?s?)?`;

/** Durations in a text: `5h50m`, `38 min`, `1 hour 20 minutes`, `90s`. Not `12 ms`, not `256m` of processor time. */
export const durationPattern = new RegExp(
  String.raw`(?<![\w.:-])${part}(?:(?:\s*|\s+and\s+)${part}){0,3}(?![\w])`,
  'gi',
);

export interface StatedDuration {
  readonly text: string;
  readonly ms: number;
  readonly index: number;
}

export function durationsIn(text: string): readonly StatedDuration[] {
  return [...text.matchAll(durationPattern)].map((match) => ({
    text: match[0],
    ms: milliseconds(match[0]),
    index: match.index,
  }));
}

/** Undefined: the whole text is no duration. */
export function readDuration(text: string): number | undefined {
  const [first, ...more] = durationsIn(text);
  return first === undefined || more.length > 0 || first.text !== text.trim() ? undefined : first.ms;
}

function milliseconds(text: string): number {
  return [...text.matchAll(new RegExp(part, 'gi'))].reduce(
    (sum, [, number = '0', unit = 's']) => sum + Number(number) * (unitMs[unit.toLowerCase()] ?? 0),
    0,
  );
}

/** `5h50m`, `38m`, `20s`: the two largest units. */
export function writeDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor((seconds % 86_400) / 3_600),
    Math.floor((seconds % 3_600) / 60),
  ];
  if (days > 0) return hours > 0 ? `${days}d${hours}h` : `${days}d`;
  if (hours > 0) return minutes > 0 ? `${hours}h${minutes}m` : `${hours}h`;
  return minutes > 0 ? `${minutes}m` : `${seconds}s`;
}

/** Within a tenth; below ten minutes, within a minute. */
export function sameDuration(a: number, b: number): boolean {
  return Math.abs(a - b) <= Math.max(60_000, Math.max(a, b) * 0.1);
}

/**
 *  outage    from the beginning until it was mitigated
 *  lasted    from the beginning until it was resolved
 *  toDetect  from the beginning until it was detected
 *
 * Undefined where the record does not have both times.
 */
export interface Figures {
  readonly outage: number | undefined;
  readonly lasted: number | undefined;
  readonly toDetect: number | undefined;
}

export function figuresOf({ startedAt, detectedAt, mitigatedAt, resolvedAt }: Incident): Figures {
  return {
    outage: between(startedAt, mitigatedAt),
    lasted: between(startedAt, resolvedAt),
    toDetect: between(startedAt, detectedAt),
  };
}

/** Every time that passed between two moments of the record. */
export function recordDurations({ startedAt, detectedAt, mitigatedAt, resolvedAt }: Incident): readonly number[] {
  const moments = [startedAt, detectedAt, mitigatedAt, resolvedAt].flatMap((at) => (at === undefined ? [] : [at]));
  return moments.flatMap((from, index) =>
    moments.slice(index + 1).map((to) => Math.abs(to.getTime() - from.getTime())),
  );
}

function between(from: Date | undefined, to: Date | undefined): number | undefined {
  if (from === undefined || to === undefined) return undefined;
  const ms = to.getTime() - from.getTime();
  return Number.isFinite(ms) ? ms : undefined;
}
