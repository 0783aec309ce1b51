import type { LogReading } from '../../src/cluster/index.ts';
import { isAtLeast, type Level, levelOf } from './log-level.ts';

/**
 * One line of one container, redacted.
 *
 *  source  which of the containers that were read; an index
 *  time    when the runtime got it, in ms; that of the line before it when the runtime did not say, 0 when nobody did
 *  level   what it names, or for a line that goes on from the one before it (a stack trace), what that one did
 */
export interface LogEntry {
  readonly source: number;
  readonly time: number;
  readonly text: string;
  readonly level: Level | undefined;
}

/** The lines of all containers in the order of their times; lines of one moment stay in the order of their containers. */
export function mergeLines(logs: readonly LogReading['lines'][]): readonly LogEntry[] {
  return logs.flatMap((lines, source) => entriesOf(lines, source)).sort((a, b) => a.time - b.time);
}

function entriesOf(lines: LogReading['lines'], source: number): LogEntry[] {
  let time = lines.find(({ at }) => at !== undefined)?.at?.getTime() ?? 0;
  let level: Level | undefined;
  return lines.map(({ at, text }) => {
    time = at?.getTime() ?? time;
    level = goesOn(text) ? level : levelOf(text);
    return { source, time, text, level };
  });
}

function goesOn(text: string): boolean {
  return /^(?:\s+\S|Caused by: |\.\.\. \d)/.test(text);
}

export interface Asked {
  readonly since: Date | undefined;
  readonly until: Date | undefined;
  readonly grep: string | undefined;
  readonly exclude: string | undefined;
  readonly level: Level | undefined;
  /** Lines of the same container shown before and after each hit. */
  readonly around: number;
}

/** Runs a pattern over texts (`matchLines`). */
export type Match = (pattern: string, texts: readonly string[]) => Promise<readonly boolean[]>;

export interface Found {
  /** Those of the time that was asked for. */
  readonly within: readonly LogEntry[];
  readonly hits: readonly LogEntry[];
  /** Hits and the lines around them, in order. */
  readonly shown: readonly LogEntry[];
}

/** Times first, then what is excluded, then what is asked for: lines around a hit are never excluded ones. */
export async function findLines(entries: readonly LogEntry[], asked: Asked, match: Match): Promise<Found> {
  const from = asked.since?.getTime() ?? Number.NEGATIVE_INFINITY;
  const to = asked.until?.getTime() ?? Number.POSITIVE_INFINITY;
  const within = entries.filter(({ time }) => time === 0 || (time >= from && time <= to));
  const matched = async (pattern: string, lines: readonly LogEntry[]): Promise<readonly boolean[]> =>
    match(
      pattern,
      lines.map(({ text }) => text),
    );
  const excluded = asked.exclude === undefined ? [] : await matched(asked.exclude, within);
  const rest = within.filter((_, index) => excluded[index] !== true);
  const wanted = asked.grep === undefined ? undefined : await matched(asked.grep, rest);
  const isHit = rest.map(
    ({ level }, index) => wanted?.[index] !== false && (asked.level === undefined || isAtLeast(level, asked.level)),
  );
  return {
    within,
    hits: rest.filter((_, index) => isHit[index]),
    shown: withContext(rest, isHit, asked.around),
  };
}

function withContext(lines: readonly LogEntry[], isHit: readonly boolean[], around: number): readonly LogEntry[] {
  const isShown = [...isHit];
  const bySource = new Map<number, number[]>();
  for (const [index, { source }] of lines.entries()) {
    const own = bySource.get(source);
    if (own === undefined) bySource.set(source, [index]);
    else own.push(index);
  }
  for (const own of bySource.values()) {
    let until = -1;
    for (const [place, index] of own.entries()) {
      if (!isHit[index]) continue;
      // From where the last hit's neighbours end: neighbours of many hits are marked once.
      for (let next = Math.max(place - around, until + 1); next <= place + around; next += 1) {
        const neighbour = own[next];
        if (neighbour !== undefined) isShown[neighbour] = true;
      }
      until = place + around;
    }
  }
  return lines.filter((_, index) => isShown[index]);
}
