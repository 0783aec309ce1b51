import type { Precision } from '../evidence.ts';
import { invalid, type Line, type SourceDefinition } from './define.ts';
import { stamp } from './time.ts';

/**
 * What somebody told: reported, not observed.
 *
 *  target  who said it, or what it is about: `robin`, `deploy/web`
 *  query   the words. A time in them (`2026-11-26T03:40:12Z`, `2026-11-26 03:40Z`, `2026-11-26`) makes a row of its line, as exact
 *          as it was named; one without a zone is taken for none, because nobody knows whose clock it is, except a day
 */
export const noteSource = (): SourceDefinition => ({
  name: 'note',
  missing: undefined,
  byAgent: true,
  asks({ target, query }) {
    if (query === undefined || query.trim() === '') throw invalid('a note needs words', 'give them as query');
    if (query.length > longest) throw invalid(`a note has at most ${longest} characters`, 'tell it in several notes');
    return { query: target === undefined ? 'a note' : `a note: ${target}` };
  },
  async look({ query = '', target, window, until, now }) {
    const lines = query.split(/\r?\n/).map((text): Line => {
      const named = timeIn(text);
      if (named === undefined || named.at > now) return { text };
      return {
        text,
        row: { ...named, text: 'reported', quote: text.trim(), ...(target === undefined ? {} : { about: target }) },
      };
    });
    // Somebody may tell of what was before the window.
    const times = lines.flatMap(({ row }) => (row === undefined ? [] : [row.at.getTime()]));
    return {
      lines,
      notes: [`told at ${stamp(now)}`],
      from: new Date(Math.min(window.from.getTime(), ...times)),
      to: new Date(Math.max(until.getTime(), ...times)),
    };
  },
});

const longest = 16_000;
const moment = /\b(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2}(?:\.\d{1,9})?)? ?(Z|UTC|[+-]\d{2}:?\d{2})(?![\w:]))?/i;

/** The first time of a line. */
function timeIn(text: string): { readonly at: Date; readonly precision: Precision } | undefined {
  const [, day, minute, second, zone] = moment.exec(text) ?? [];
  if (day === undefined) return undefined;
  // A time of day without a zone follows: the day alone would be more than was said, and less.
  if (minute === undefined && /^[T ]\d{1,2}:\d{2}/.test(text.slice(text.indexOf(day) + day.length))) return undefined;
  const offset = zone === undefined || /^(?:Z|UTC)$/i.test(zone) ? 'Z' : zone.replace(/^(.\d{2}):?(\d{2})$/, '$1:$2');
  const at = new Date(minute === undefined ? `${day}T00:00:00Z` : `${day}T${minute}${second ?? ':00'}${offset}`);
  if (Number.isNaN(at.getTime())) return undefined;
  return { at, precision: minute === undefined ? 'day' : second === undefined ? 'minute' : 'second' };
}
