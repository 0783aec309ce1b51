import type { Scalar } from '../origin/port.ts';
import { inTypeOf, isPlainYaml, isReadAs, quotedYaml, quoteOf } from './scalar-text.ts';

/** Scalars in a file of YAML that holds values of Helm. */

/** What stands for the wished value where this text stands; undefined where it is not certain what either means. */
export function valueText(standing: string, before: Scalar, wished: Scalar): string | undefined {
  if (standing === '' || standing.includes('\n') || !isReadAs(standing, before)) return undefined;
  const value = inTypeOf(before, wished) ?? version(before, wished);
  if (value === undefined) return undefined;
  return scalarText(value, quoteOf(standing));
}

/** `1.9` is a number and `1.10` none that says the same: what looks like a version is written as a text. */
function version(before: Scalar, wished: Scalar): string | undefined {
  return typeof before === 'number' && typeof wished === 'string' && /^\d+(\.\d+)+$/.test(wished) ? wished : undefined;
}

export function scalarText(value: Scalar, quote?: "'" | '"'): string | undefined {
  const isPlain = typeof value !== 'string' || (quote === undefined && isPlainYaml(value));
  const text = isPlain ? String(value) : quotedYaml(value, quote);
  return isReadAs(text, value) ? text : undefined;
}
