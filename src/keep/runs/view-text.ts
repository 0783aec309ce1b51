import { stripHiddenCharacters } from '../../kit/index.ts';
import type { Redactor } from '../../redaction/redactor.ts';

/** Fields of a view that are words, not names or ids: what a part that was not careful could have put a secret into. */
const wordy: ReadonlySet<string> = new Set([
  'message',
  'lines',
  'before',
  'after',
  'value',
  'problems',
  'notes',
  'text',
  'reason',
  'executes',
  'deferred',
  'why',
  'words',
  'detail',
  'what',
  'subject',
  'author',
  'fetches',
  'incident',
  'done',
  'failed',
  'unknown',
]);

/**
 * The view as it may be written down and sent. What masks values has run before; this is the net below it: patterns of
 * secrets in every field of words, and nothing that a terminal or a JSON column chokes on.
 */
export function writableView<View extends object>(view: View, redactor: Pick<Redactor, 'text'>): View {
  const clean = (value: unknown, isWordy: boolean): unknown => {
    if (typeof value === 'string') {
      const plain = stripHiddenCharacters(value.toWellFormed());
      return isWordy ? redactor.text(plain).text : plain;
    }
    if (Array.isArray(value)) return value.map((item: unknown) => clean(item, isWordy));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, clean(item, wordy.has(key))]));
  };
  // The same shape: only texts changed, and into texts.
  return clean(view, false) as View;
}
