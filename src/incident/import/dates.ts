/**
 * Moments as people write them. Everything is kept in UTC: an offset or a zone that is written is applied, and what has none is
 * taken for UTC, which `zone` says. A date that could be two (`03/04/2026`) is none.
 */
export interface Moment {
  readonly at: Date;
  readonly precision: 'minute' | 'day';
  readonly zone: 'stated' | 'assumed';
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Hours east of UTC. Names that mean several zones on earth are left out, except the ones that home labs write. */
const zones: Readonly<Record<string, number>> = {
  z: 0,
  utc: 0,
  gmt: 0,
  wet: 0,
  west: 1,
  bst: 1,
  cet: 1,
  cest: 2,
  eet: 2,
  eest: 3,
  msk: 3,
  est: -5,
  edt: -4,
  cst: -6,
  cdt: -5,
  mst: -7,
  mdt: -6,
  pst: -8,
  pdt: -7,
  jst: 9,
  aest: 10,
  aedt: 11,
};

const iso = /(?<![\d.])(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)/;
const dotted = /(?<![\d.])(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\d)/;
const slashed = /(?<![\d/])(\d{1,2})\/(\d{1,2})\/(\d{4})(?!\d)/;
const dayMonth = /(?<!\d)(\d{1,2})(?:st|nd|rd|th)?(?: of)? ([A-Za-z]{3,9})\.?,? (\d{4})(?!\d)/;
const monthDay = /(?<![A-Za-z])([A-Za-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})(?!\d)/;
const clock =
  /^[T ,@]{0,3}(?:at |from )?(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)? ?(?:\(?([A-Za-z]{1,4}|[+-]\d{2}:?\d{2}|(?:UTC|GMT)[+-]\d{1,2})(?![A-Za-z])\)?)?/;

/** The first moment that stands in the text; `zone` of its context, as a heading `(CET)` has it. */
export function momentIn(text: string, zone?: string): Moment | undefined {
  const short = text.slice(0, 400);
  const day = dayIn(short);
  if (day === undefined) return undefined;
  const time = clock.exec(short.slice(day.end));
  const hours = Number(time?.[1] ?? 24);
  const minutes = Number(time?.[2] ?? 0);
  if (time === null || hours > 23 || minutes > 59) return { at: new Date(day.ms), precision: 'day', zone: 'assumed' };
  const offset = offsetOf(time[4]) ?? offsetOf(zone);
  const ms = day.ms + ((hours - (offset ?? 0)) * 60 + minutes) * 60_000 + Number(time[3] ?? 0) * 1_000;
  return { at: new Date(ms), precision: 'minute', zone: offset === undefined ? 'assumed' : 'stated' };
}

/** `2026-04-01`, wherever it stands in the text. */
export function dayOf(text: string): string | undefined {
  const day = dayIn(text.slice(0, 400));
  return day === undefined ? undefined : new Date(day.ms).toISOString().slice(0, 10);
}

function dayIn(text: string): { readonly ms: number; readonly end: number } | undefined {
  const found = [
    readIso(text),
    readDotted(text),
    readSlashed(text),
    readNamed(text, dayMonth, 2, 1),
    readNamed(text, monthDay, 1, 2),
  ];
  const first = found.filter((one) => one !== undefined).sort((a, b) => a.index - b.index)[0];
  return first;
}

interface Found {
  readonly ms: number;
  readonly index: number;
  readonly end: number;
}

function readIso(text: string): Found | undefined {
  const match = iso.exec(text);
  return match === null ? undefined : found(match, Number(match[1]), Number(match[2]), Number(match[3]));
}

function readDotted(text: string): Found | undefined {
  const match = dotted.exec(text);
  return match === null ? undefined : found(match, Number(match[3]), Number(match[2]), Number(match[1]));
}

/** Only where one of the numbers can be no month. */
function readSlashed(text: string): Found | undefined {
  const match = slashed.exec(text);
  if (match === null) return undefined;
  const [one, other] = [Number(match[1]), Number(match[2])];
  if (one > 12 && other <= 12) return found(match, Number(match[3]), other, one);
  if (other > 12 && one <= 12) return found(match, Number(match[3]), one, other);
  return one === other ? found(match, Number(match[3]), one, other) : undefined;
}

function readNamed(text: string, pattern: RegExp, monthAt: number, dayAt: number): Found | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const month = months.indexOf((match[monthAt] ?? '').slice(0, 3).toLowerCase()) + 1;
  return month === 0 ? undefined : found(match, Number(match[3]), month, Number(match[dayAt]));
}

function found(match: RegExpExecArray, year: number, month: number, day: number): Found | undefined {
  const ms = Date.UTC(year, month - 1, day);
  const date = new Date(ms);
  // 31 February rolls over into March, and is no day.
  if (year < 1990 || year > 2200 || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  return { ms, index: match.index, end: match.index + match[0].length };
}

function offsetOf(zone: string | undefined): number | undefined {
  if (zone === undefined) return undefined;
  const [, sign, hours = '', minutes = '0'] = /^(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?$/i.exec(zone) ?? [];
  if (sign !== undefined) return (sign === '-' ? -1 : 1) * (Number(hours) + Number(minutes) / 60);
  return zones[zone.toLowerCase()];
}
