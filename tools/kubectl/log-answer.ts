import { z } from 'zod';
import { counted } from '../../src/cluster/index.ts';
import { type Coverage, type Page, type TextAnswer, text, Untrusted } from '../../src/kit/index.ts';
import { withheldNote } from './list-many.ts';
import { type Asked, type Found, findLines, type LogEntry, type Match, mergeLines } from './log-lines.ts';
import { isError, type LogPage, type LogRow, newestThatFit, rowOf } from './log-page.ts';
import type { LogsRead } from './log-read.ts';
import { type Clock, clockFor, labelsOf, rowText, windowText } from './log-words.ts';

/** Where a cursor stands: `skip` lines of the moment `before` (ms) are told; what `3h` meant was counted from `now`. */
export const logPosition = z.object({ before: z.int(), skip: z.int(), now: z.int() });
type LogPosition = z.output<typeof logPosition>;

export interface LogAnswerRequest {
  readonly asOf: Date;
  readonly asked: Asked;
  readonly match: Match;
  readonly logs: LogsRead;
  /** How many of the newest lines of each log were asked for; undefined: all. */
  readonly tail: number | undefined;
  readonly coverage: Coverage;
  readonly notes: readonly string[];
  /** Rows. */
  readonly limit: number;
  /** Bytes of the answer. */
  readonly room: number;
  readonly page: Page;
  readonly position: LogPosition | undefined;
  /** What times like `3h` were counted from. */
  readonly now: Date;
}

/** So few lines are told one by one; of more, those that are alike are told once. */
const shortLog = 30;

/** Bytes of headline, fences, footer and cursor; and of what a row says when it stands for several lines. */
const frameBytes = 800;
const foldBytes = 40;
const leastRoom = 300;

export async function logAnswer(request: LogAnswerRequest): Promise<TextAnswer> {
  const { asOf, asked, logs, coverage, position, now } = request;
  const entries = mergeLines(logs.read.map(({ reading }) => reading.lines));
  const found = await findLines(entries, asked, request.match);
  const rest = position === undefined ? found.shown : olderThan(found.shown, position);
  const notes = [...request.notes, ...levelNote(found, asked), ...withheldNote(withheldOf(logs))];
  const clock = clockFor(found.within);
  const labels = labelsOf(logs.read.map(({ source }) => source));
  const hits = asked.around > 0 ? new Set(found.hits) : undefined;
  const lineOf = (row: LogRow): string =>
    (hits === undefined ? '' : hits.has(row.entry) ? '> ' : '  ') + rowText(row, { clock, labels });
  const page = newestThatFit(rest, {
    folding: hits !== undefined ? 'nothing' : rest.length <= shortLog ? 'same' : 'alike',
    limit: request.limit,
    room: Math.max(leastRoom, request.room - frameBytes - byteLength(JSON.stringify([coverage, notes]))),
    bytesOf: (entry) => byteLength(lineOf(rowOf(entry))) + foldBytes,
    pinFirstError: position === undefined,
  });
  const first = page.pinned === undefined ? [] : [lineOf(rowOf(page.pinned)), `… ${counted(page.left - 1, 'line')} …`];
  const lines = [...first, ...page.rows.map(lineOf)];
  const unread =
    request.tail !== undefined && logs.read.some(({ reading }) => reading.received.lines >= (request.tail ?? 0));
  const next = nextPosition(rest, page, { position, unread, now });
  return text({
    asOf,
    coverage,
    headline: [
      verdict(found, asked, clock),
      ...scope(found, clock),
      ...shownText(rest, page, position === undefined ? 'newest' : 'next older'),
      ...losses(logs, unread),
    ].join(' · '),
    blocks: lines.length === 0 ? [] : [new Untrusted(lines.join('\n'))],
    keep: 'end',
    ...(next === undefined ? {} : { nextCursor: request.page.mint(next) }),
    narrow: 'narrow with grep=, level=, since= or container=',
    notes,
  });
}

/** What lies before a cursor. Lines of one moment keep their order, so counting them is enough. */
function olderThan(entries: readonly LogEntry[], { before, skip }: LogPosition): readonly LogEntry[] {
  const behind = entries.filter(({ time }) => time <= before);
  const ofThatMoment = behind.filter(({ time }) => time === before).length;
  return behind.slice(0, behind.length - Math.min(skip, ofThatMoment));
}

interface Ending {
  readonly position: LogPosition | undefined;
  /** Whether there may be lines before the first. */
  readonly unread: boolean;
  readonly now: Date;
}

function nextPosition(
  entries: readonly LogEntry[],
  { left }: LogPage,
  { position, unread, now }: Ending,
): LogPosition | undefined {
  const oldest = entries[left];
  if (oldest === undefined || (left === 0 && !unread)) return undefined;
  const told = entries.slice(left).filter(({ time }) => time === oldest.time).length;
  const toldBefore = position?.before === oldest.time ? position.skip : 0;
  return { before: oldest.time, skip: told + toldBefore, now: now.getTime() };
}

/** What is wrong, before everything else. */
function verdict({ within, hits }: Found, asked: Asked, clock: Clock): string {
  if (within.length === 0) return 'nothing was written in this time';
  const errors = hits.filter(isError);
  const [first] = errors;
  const told =
    first === undefined
      ? 'no error'
      : `${counted(errors.length, 'error')} (${errors.length === 1 ? 'at' : 'first at'} ${clock.at(first.time)})`;
  const filtered = asked.grep !== undefined || asked.exclude !== undefined || asked.level !== undefined;
  if (!filtered) return `${told} in ${counted(within.length, 'line')}`;
  return `${hits.length} of ${counted(within.length, 'line')} match${hits.length === 0 ? '' : `, ${told}`}`;
}

function scope({ within }: Found, clock: Clock): readonly string[] {
  return within.length === 0 ? [] : [`scanned ${windowText(within, clock)}`];
}

function shownText(entries: readonly LogEntry[], { rows, left, pinned }: LogPage, which: string): readonly string[] {
  const lines = entries.length - left;
  if (left === 0 && rows.length === lines) return [];
  const part = left === 0 ? `all ${lines} lines` : `the ${which} ${lines} of ${entries.length} lines`;
  return [`shown: ${part} in ${counted(rows.length, 'row')}${pinned === undefined ? '' : ', and the first error'}`];
}

function losses({ read }: LogsRead, unread: boolean): readonly string[] {
  const dropped = read.reduce((sum, { reading }) => sum + reading.dropped, 0);
  return [
    ...(dropped === 0 ? [] : [`${dropped} older lines dropped, the window was too large`]),
    ...(unread ? ['older lines not read'] : []),
  ];
}

function levelNote({ within }: Found, { level }: Asked): readonly string[] {
  const silent = within.filter((entry) => entry.level === undefined).length;
  return level === undefined || silent === 0 ? [] : [`${counted(silent, 'line')} name no level and count as info`];
}

function withheldOf({ read }: LogsRead): Readonly<Record<string, number>> {
  const sum: Record<string, number> = {};
  for (const { reading } of read) {
    for (const [rule, count] of Object.entries(reading.withheld)) sum[rule] = (sum[rule] ?? 0) + count;
  }
  return sum;
}

function byteLength(value: string): number {
  return Buffer.byteLength(value, 'utf8');
}
