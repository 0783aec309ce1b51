import { stripHiddenCharacters } from '../../kit/index.ts';
import type { Redactor } from '../../redaction/redactor.ts';
import type { Route } from './route.ts';

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

/** As the route says: of what shows a value, that one text stays to the letter, at its one place. */
export function plainAnswer(
  said: unknown,
  { isExact, shows }: Pick<Route, 'isExact' | 'shows'>,
  redactor: Pick<Redactor, 'text'>,
): unknown {
  if (isExact) return said;
  if (shows === undefined || typeof said !== 'object' || said === null) return plainText(said, redactor);
  const { [shows]: shown, ...rest } = Object.fromEntries(Object.entries(said));
  return { ...Object(plainText(rest, redactor)), [shows]: shown };
}
