import { messageTemplate } from '../../src/cluster/index.ts';
import { isAtLeast } from './log-level.ts';
import type { LogEntry } from './log-lines.ts';

/**
 * A page is the newest lines that fit, oldest first.
 *
 *  row     one line, or several that say the same, told once: the newest of them, how many, of how many containers, since when
 *  pinned  the first error of all, on top, when the page begins behind it
 *  left    how many of the lines, the oldest, are on no row
 */
export interface LogPage {
  readonly rows: readonly LogRow[];
  readonly pinned: LogEntry | undefined;
  readonly left: number;
}

export interface LogRow {
  /** The newest of the lines. */
  readonly entry: LogEntry;
  readonly count: number;
  /** How many containers wrote them. */
  readonly sources: number;
  /** When the oldest of them was written, in ms. */
  readonly since: number;
  /** Whether they are the same to the letter. */
  readonly same: boolean;
}

/**
 * What is told once:
 *
 *  nothing  every line has its row
 *  same     lines that are the same
 *  alike    lines that differ in numbers, times and ids only, and are equally bad
 */
export type Folding = 'nothing' | 'same' | 'alike';

export interface PageRequest {
  readonly folding: Folding;
  /** Rows. */
  readonly limit: number;
  /** Bytes for all rows; the newest line stands whether it fits or not. */
  readonly room: number;
  bytesOf(entry: LogEntry): number;
  /** Whether the first error is kept: on the page that has the newest lines. */
  readonly pinFirstError: boolean;
}

/** A line joins a row it is told with only while that row is among the last this many that were joined. */
const openRows = 20;

export function newestThatFit(entries: readonly LogEntry[], request: PageRequest): LogPage {
  const { limit, room, bytesOf, pinFirstError } = request;
  const page = fillRows(entries, request);
  const place = pinFirstError ? entries.findIndex(isError) : -1;
  const error = entries[place];
  if (error === undefined || place >= page.left || limit === 1) return page;
  return { ...fillRows(entries, { ...request, limit: limit - 1, room: room - bytesOf(error) }), pinned: error };
}

interface OpenRow {
  readonly entry: LogEntry;
  readonly sources: Set<number>;
  count: number;
  since: number;
  same: boolean;
}

/** From the newest line backwards, until a line neither joins a row nor has room for one. */
function fillRows(entries: readonly LogEntry[], { folding, limit, room, bytesOf }: PageRequest): LogPage {
  const rows: OpenRow[] = [];
  const open = new Map<string, OpenRow>();
  let used = 0;
  let left = entries.length;
  for (const [place, entry] of entries.toReversed().entries()) {
    const key = keyOf(entry, folding) ?? String(place);
    const row = open.get(key) ?? { entry, sources: new Set(), count: 0, since: entry.time, same: true };
    if (row.count === 0) {
      used += bytesOf(entry);
      if (rows.length > 0 && (rows.length >= limit || used > room)) break;
      rows.push(row);
    }
    row.count += 1;
    row.since = entry.time;
    row.same &&= entry.text === row.entry.text;
    row.sources.add(entry.source);
    left -= 1;
    // Behind all others, as the one that was joined last.
    open.delete(key);
    open.set(key, row);
    const [longestUnused] = open.keys();
    if (open.size > openRows && longestUnused !== undefined) open.delete(longestUnused);
  }
  const told = rows.reverse().map((row): LogRow => ({ ...row, sources: row.sources.size }));
  return { rows: told, pinned: undefined, left };
}

export function rowOf(entry: LogEntry): LogRow {
  return { entry, count: 1, sources: 1, since: entry.time, same: true };
}

export function isError({ level }: LogEntry): boolean {
  return isAtLeast(level, 'error');
}

function keyOf({ level, text }: LogEntry, folding: Folding): string | undefined {
  if (folding === 'nothing') return undefined;
  return `${level ?? ''} ${folding === 'same' ? text : messageTemplate(text)}`;
}
