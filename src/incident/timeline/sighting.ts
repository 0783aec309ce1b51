import { createHash } from 'node:crypto';
import type { Precision } from '../evidence.ts';
import type { TimelineRow } from './port.ts';

/**
 *  sighting   one row of one evidence, or one moment of the record, on our clock; what rows are made of
 *  keys       of every sighting that went into a row: a mark that was set on one of them holds when they are merged later
 */
export interface Sighting extends TimelineRow {
  readonly keys: readonly string[];
  readonly sources: readonly string[];
}

/** The unit of a time that is not known better, in milliseconds. */
export const unitOf: Readonly<Record<Precision, number>> = {
  second: 1_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

/** By time, and where that is the same, by what no order of arrival decides. */
export function byTime(a: TimelineRow, b: TimelineRow): number {
  return a.at.getTime() - b.at.getTime() || compare(a.source, b.source) || compare(a.key, b.key);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Where our words only say of what sort a row is, and what was seen stands in the source's own. */
const inOwnWords: ReadonlySet<TimelineRow['source']> = new Set(['note', 'logs']);

/** What tells a row from others about the same thing. */
export function tellingWords({ source, text, quote = '' }: Pick<TimelineRow, 'source' | 'text' | 'quote'>): string {
  return inOwnWords.has(source) ? `${text}: ${quote}` : text;
}

type Seen = Omit<Sighting, 'key' | 'keys' | 'sources' | 'disagreementMs' | 'note' | 'excluded'>;

export function sighting(seen: Seen): Sighting {
  const told = [seen.at.toISOString(), seen.about ?? '', tellingWords(seen), seen.source].join('\n');
  const key = createHash('sha256').update(told).digest('hex').slice(0, 8);
  return {
    ...seen,
    key,
    keys: [key],
    sources: [seen.source],
    disagreementMs: undefined,
    note: undefined,
    excluded: undefined,
  };
}

/** One row of two that are the same; `first` says when and in whose words. */
export function together(first: Sighting, second: Sighting): Sighting {
  return {
    ...first,
    until: latest(first.until, second.until),
    quote: least(first.quote, second.quote),
    count: Math.max(first.count, second.count),
    warning: first.warning || second.warning,
    change: first.change || second.change,
    evidence: united(first.evidence, second.evidence),
    keys: united(first.keys, second.keys),
    sources: united(first.sources, second.sources),
  };
}

export function latest(a: Date | undefined, b: Date | undefined): Date | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a.getTime() >= b.getTime() ? a : b;
}

function least(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a <= b ? a : b;
}

function united(a: readonly string[], b: readonly string[]): readonly string[] {
  return [...new Set([...a, ...b])].sort(compare);
}
