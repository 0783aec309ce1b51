import { parse } from 'yaml';
import type { Scalar } from '../origin/port.ts';

/** What no reader of a diff would see, or would see elsewhere than it stands: written by its number. */
const unseen = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** A value as HCL writes it, in quotes; undefined for a number that has no plain text. */
export function hclText(value: Scalar): string | undefined {
  if (typeof value === 'string') return `"${quotedPiece(value)}"`;
  return typeof value === 'number' ? numberText(value) : String(value);
}

/** What stands between the quotes. */
export function quotedPiece(value: string): string {
  return value
    .replace(/[\\"]/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
    .replace(/([$%])\{/g, '$1$1{')
    .replace(unseen, escaped);
}

/** A text of YAML in quotes: in the way that another stood there, where it can be. */
export function quotedYaml(value: string, quote: "'" | '"' | undefined): string {
  if (quote === "'" && !/[\p{C}\p{Zl}\p{Zp}]/u.test(value)) return `'${value.replaceAll("'", "''")}'`;
  return JSON.stringify(value).replace(unseen, escaped);
}

/** The quote that a scalar of YAML begins with. */
export function quoteOf(text: string): "'" | '"' | undefined {
  return text.startsWith("'") ? "'" : text.startsWith('"') ? '"' : undefined;
}

function escaped(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  return point > 0xffff ? `\\U${point.toString(16).padStart(8, '0')}` : `\\u${point.toString(16).padStart(4, '0')}`;
}

function numberText(value: number): string | undefined {
  const text = String(value);
  return /^-?\d+(\.\d+)?$/.test(text) ? text : undefined;
}

/** The key of an object: bare where it is a word. */
export function keyText(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_-]*$/.test(name) && !['null', 'true', 'false', 'for', 'if', 'in'].includes(name)
    ? name
    : `"${quotedPiece(name)}"`;
}

/** A text that is the same in YAML wherever a plain scalar may stand, and that YAML takes for a text. */
export function isPlainYaml(value: string): boolean {
  const isWord = /^[A-Za-z0-9][A-Za-z0-9._/:@+-]*$/.test(value) && !value.endsWith(':');
  return isWord && isReadAs(value, value);
}

/** Go reads more as a number than any version of YAML says. */
const numeric = /^[+-]?(0[xXoObB][\da-fA-F_]+|\d[\d_]*(\.[\d_]*)?([eE][+-]?\d+)?)$/;

/**
 * Whether a scalar of YAML is read as this value by whoever reads it: Helm and what makes manifests read YAML 1.1, where `yes`, `on`,
 * `012` and `1_000` are no texts, and others 1.2.
 */
export function isReadAs(text: string, value: Scalar): boolean {
  if (typeof value === 'string' && numeric.test(text)) return false;
  try {
    return (['1.1', '1.2'] as const).every((version) => parse(text, { version, logLevel: 'error' }) === value);
  } catch {
    // No YAML by itself: then it is not read as anything.
    return false;
  }
}

/** A value as a heredoc with YAML in it writes it, in the way that another stood there. */
export function yamlText(value: Scalar, before: string): string | undefined {
  if (typeof value === 'number') return numberText(value);
  if (typeof value !== 'string') return String(value);
  const quote = quoteOf(before);
  if (isPlainYaml(value) && quote === undefined) return value;
  return quotedYaml(value, quote).replace(/([$%])\{/g, '$1$1{');
}

/**
 * The value to write where another stands, which keeps its type: `"3"` stays a text, 3 a number. Undefined: the wish has no
 * such value, and another type may make the engine convert what stands beside it.
 */
export function inTypeOf(before: Scalar, wished: Scalar): Scalar | undefined {
  if (before === null || wished === null || typeof before === typeof wished) return wished;
  if (typeof before === 'string') return String(wished);
  if (typeof before === 'number') return numberText(Number(wished)) === wished ? Number(wished) : undefined;
  if (wished === 'true' || wished === 'false') return wished === 'true';
  return undefined;
}

export function isAsWished(value: Scalar | undefined, wished: Scalar | undefined): boolean {
  if (value === undefined || value === null) return wished === undefined || wished === null;
  return wished !== undefined && String(value) === String(wished);
}
