import { stripHiddenCharacters } from '../../kit/index.ts';
import type { Redactor } from '../../redaction/redactor.ts';

/**
 * An answer as it may be shown: agents, the repository and the engine wrote much of it. What masks values ran before; this is the
 * net below it, over every text, and nothing is left that changes how a text is read without being seen. It is text all the way:
 * the page never makes markup of it.
 */
export function plainText(value: unknown, redactor: Pick<Redactor, 'text'>): unknown {
  if (typeof value === 'string') return redactor.text(stripHiddenCharacters(value)).text;
  if (Array.isArray(value)) return value.map((item: unknown) => plainText(item, redactor));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainText(item, redactor)]));
}
