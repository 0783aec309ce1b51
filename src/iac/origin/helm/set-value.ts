import { computed, type Symbolic } from '../symbol.ts';

/**
 * What `helm --set` makes of the text after the equals sign.
 *
 *  symbol     of the one path that it is given
 *  elsewhere  the text has a comma that begins another name: what it sets is not known
 */
export type SetValue = { readonly is: 'symbol'; readonly symbol: Symbolic } | { readonly is: 'elsewhere' };

export function setValue(value: Extract<Symbolic, { is: 'literal' }>, type: 'string' | undefined): SetValue {
  const text = value.value === null ? '' : String(value.value);
  const plain = text.replace(/\\./gs, '');
  const isList = text.startsWith('{');
  // A list is closed by the first brace that closes; nothing may stand behind it.
  if (isList ? !/^\{[^{}]*\}$/.test(plain) : plain.includes(',')) return { is: 'elsewhere' };
  if (isList || text.includes('\\')) return { is: 'symbol', symbol: computed(value.place) };
  const typed = type === 'string' ? text : typedValue(text);
  if (typed === undefined) return { is: 'symbol', symbol: computed(value.place) };
  return { is: 'symbol', symbol: { is: 'literal', value: typed, place: value.place } };
}

/** Numbers are whole ones that do not begin with a zero; undefined for one that is too large to be told exactly. */
function typedValue(text: string): string | number | boolean | null | undefined {
  const lower = text.toLowerCase();
  if (lower === 'true' || lower === 'false') return lower === 'true';
  if (lower === 'null') return null;
  if (text === '0') return 0;
  if (!/^[+-]?\d+$/.test(text) || text.startsWith('0')) return text;
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : undefined;
}
