import { parseDuration, second } from './logql/units.ts';
import { QueryError } from './query-error.ts';

/** The parameters of a request, as Loki reads and refuses them. */

/** A moment in nanoseconds: RFC 3339, seconds (with or without a fraction) or nanoseconds since 1970. */
function parseMoment(text: string): bigint | undefined {
  if (/^-?\d+$/.test(text)) return text.length <= 10 ? BigInt(text) * second : BigInt(text);
  if (/^\d+\.\d*$/.test(text)) return secondsToNanoseconds(text);
  const [, date, fraction = '', zone] =
    /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})$/.exec(text) ?? [];
  const milliseconds = Date.parse(`${date}${zone}`);
  if (Number.isNaN(milliseconds)) return undefined;
  return BigInt(milliseconds) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}

function secondsToNanoseconds(text: string): bigint {
  const [whole = '0', fraction = ''] = text.split('.');
  return BigInt(whole) * second + BigInt(fraction.slice(0, 9).padEnd(9, '0'));
}

export interface Bounds {
  readonly start: bigint;
  readonly end: bigint;
}

const hour = 3_600n * second;

/** `start`, `end`, `since`; the last hour when nothing is said. */
export function boundsOf(parameters: URLSearchParams, now: bigint, width = hour): Bounds {
  const end = momentOf(parameters, 'end') ?? now;
  const since = parameters.get('since');
  const length = since === null || since === '' ? width : durationOf('since', since);
  const from = end < now ? end : now;
  return { start: momentOf(parameters, 'start') ?? from - length, end };
}

export function momentOf(parameters: URLSearchParams, name: string): bigint | undefined {
  const text = parameters.get(name);
  if (text === null || text === '') return undefined;
  const moment = parseMoment(text);
  if (moment !== undefined) return moment;
  const mistake = `strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`;
  throw new QueryError(name === 'time' ? mistake : `could not parse '${name}' parameter: ${mistake}`);
}

function durationOf(name: string, text: string): bigint {
  const duration = parseDuration(text);
  if (duration === undefined)
    throw new QueryError(`could not parse '${name}' parameter: not a valid duration string: ${JSON.stringify(text)}`);
  return duration;
}

/** `step`, in nanoseconds; a 250th of the range, at least a second, when nothing is said. */
export function stepOf(parameters: URLSearchParams, { start, end }: Bounds): bigint {
  const text = parameters.get('step');
  if (text === null || text === '') {
    const seconds = (end - start) / second / 250n;
    return (seconds < 1n ? 1n : seconds) * second;
  }
  const step = /^\d+(\.\d*)?$/.test(text) ? secondsToNanoseconds(text) : parseDuration(text);
  if (step === undefined) throw new QueryError(`cannot parse ${JSON.stringify(text)} to a valid duration`);
  if (step <= 0n) {
    throw new QueryError('zero or negative query resolution step widths are not accepted. Try a positive integer');
  }
  return step;
}

const defaultLimit = 100;
const mostLines = 5_000;

export function limitOf(parameters: URLSearchParams): number {
  const text = parameters.get('limit');
  if (text === null || text === '') return defaultLimit;
  if (!/^[+-]?\d+$/.test(text)) throw new QueryError(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
  const limit = Number(text);
  if (limit <= 0) throw new QueryError('limit must be a positive value');
  return limit;
}

/** Only a query for lines is held to it. */
export function assertLines(limit: number): void {
  if (limit > mostLines) {
    throw new QueryError(
      `max entries limit per query exceeded, limit > max_entries_limit_per_query (${limit} > ${mostLines})`,
    );
  }
}

export function directionOf(parameters: URLSearchParams): 'forward' | 'backward' {
  const text = parameters.get('direction');
  if (text === null || text === '') return 'backward';
  const known = { forward: 'forward', backward: 'backward' } as const;
  const direction = Object.entries(known).find(([name]) => name === text.toLowerCase())?.[1];
  if (direction === undefined) throw new QueryError(`invalid direction '${text}'`);
  return direction;
}
