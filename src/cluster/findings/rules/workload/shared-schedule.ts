import { CronExpressionParser } from 'cron-parser';
import { counted } from '../../../words.ts';

export interface Schedule {
  /** Cron with five fields, `@daily` and the like, or `@every 1h30m`. */
  readonly schedule: string;
  readonly timeZone: string;
}

/** Enough to say that it is many. */
const most = 100;

/** How many runs were due after one moment and up to another, counted to 100; undefined for a schedule not understood here. */
export function runsDue(
  { schedule, timeZone }: Schedule,
  { after, until }: { readonly after: Date; readonly until: Date },
): number | undefined {
  if (until <= after) return 0;
  const every = /^@every\s+(\S+)$/.exec(schedule.trim())?.[1];
  if (every !== undefined) {
    const period = durationMs(every);
    return period === undefined ? undefined : Math.min(most, Math.floor((until.getTime() - after.getTime()) / period));
  }
  return timesOf(schedule, { currentDate: after, endDate: until, tz: timeZone })
    ?.take(most)
    .filter((time) => time.getTime() <= until.getTime()).length;
}

/** `1 run`, `9 runs`, `100 or more runs`. */
export function runsText(due: number): string {
  return due < most ? counted(due, 'run') : `${most} or more runs`;
}

function timesOf(schedule: string, options: Parameters<typeof CronExpressionParser.parse>[1]) {
  try {
    return CronExpressionParser.parse(schedule, options);
  } catch {
    // The parser throws for what it does not understand; the API server may take more than it does.
    return undefined;
  }
}

const unitMs: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000 };

/** `1h30m`, as Go writes it; undefined for anything else, and for less than a second. */
function durationMs(text: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?[hms])+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/([\d.]+)([hms])/g)];
  const sum = parts.reduce((total, [, count, unit = '']) => total + Number(count) * (unitMs[unit] ?? 0), 0);
  return sum >= 1_000 ? sum : undefined;
}
