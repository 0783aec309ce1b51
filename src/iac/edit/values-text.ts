import type { Scalar } from '../origin/port.ts';
import { inTypeOf, isPlainYaml, isReadAs, unseen } from './scalar-text.ts';

/** Scalars in a file of YAML that holds values of Helm. */

/** What stands for the wished value where this text stands; undefined where it is not certain what either means. */
export function valueText(standing: string, before: Scalar, wished: Scalar): string | undefined {
  if (standing === '' || standing.includes('\n') || !isReadAs(standing, before)) return undefined;
  const value = inTypeOf(before, wished) ?? version(before, wished);
  if (value === undefined) return undefined;
  const quote = standing.startsWith("'") ? "'" : standing.startsWith('"') ? '"' : undefined;
  return scalarText(value, quote);
}

/** `1.9` is a number and `1.10` none that says the same: what looks like a version is written as a text. */
function version(before: Scalar, wished: Scalar): string | undefined {
  return typeof before === 'number' && typeof wished === 'string' && /^\d+(\.\d+)+$/.test(wished) ? wished : undefined;
}

export function scalarText(value: Scalar, quote?: "'" | '"'): string | undefined {
  if (typeof value !== 'string') {
    const text = String(value);
    return isReadAs(text, value) ? text : undefined;
  }
  if (quote === undefined && isPlainYaml(value)) return value;
  if (quote === "'" && !/[\p{C}\p{Zl}\p{Zp}]/u.test(value)) return checked(`'${value.replaceAll("'", "''")}'`, value);
  return checked(
    JSON.stringify(value).replace(unseen, (character) => {
      const point = character.codePointAt(0) ?? 0;
      return point > 0xffff ? `\\U${point.toString(16).padStart(8, '0')}` : `\\u${point.toString(16).padStart(4, '0')}`;
    }),
    value,
  );
}

function checked(text: string, value: string): string | undefined {
  return isReadAs(text, value) ? text : undefined;
}
