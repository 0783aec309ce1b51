import { parseError } from '../query-error.ts';
import type { Cursor } from './cursor.ts';
import { labelMatcher } from './selector.ts';
import type { Comparison, LabelFilter } from './syntax.ts';
import { parseBytes, parseDuration } from './units.ts';

const deepestNesting = 100;

/** `a="x" or b>5 and (c=~"y")`: `and`, written also as a comma or a blank, binds more tightly than `or`. */
export function parseLabelFilter(cursor: Cursor, depth = 0): LabelFilter {
  const of = [parseConjunction(cursor, depth)];
  while (cursor.takeWord('or')) of.push(parseConjunction(cursor, depth));
  return oneOr('or', of);
}

function parseConjunction(cursor: Cursor, depth: number): LabelFilter {
  const of = [parseOne(cursor, depth)];
  for (;;) {
    const joined = cursor.takeWord('and') || cursor.take(',');
    const follows = cursor.token.kind === 'identifier' && !cursor.seesWord('or');
    if (!joined && !follows) return oneOr('and', of);
    of.push(parseOne(cursor, depth));
  }
}

/** A list, not a chain of pairs: a query of thousands must not need as deep a stack to answer. */
function oneOr(kind: 'and' | 'or', of: readonly LabelFilter[]): LabelFilter {
  const [only, ...others] = of;
  return only !== undefined && others.length === 0 ? only : { kind, of };
}

function parseOne(cursor: Cursor, depth: number): LabelFilter {
  if (depth > deepestNesting) throw parseError('the query nests too deeply', cursor.token.position);
  if (cursor.take('(')) {
    const inner = parseLabelFilter(cursor, depth + 1);
    cursor.expect(')');
    return inner;
  }
  const name = cursor.expectKind('identifier').text;
  const { kind, text: op } = cursor.token;
  if (kind !== 'symbol') throw cursor.unexpected();
  const value = cursor.following;
  if (value?.kind === 'string' && (op === '=' || op === '!=' || op === '=~' || op === '!~')) {
    cursor.advance();
    const matcher = labelMatcher(name, op, cursor.advance());
    // In a filter, unlike in a selector, the empty pattern fits everything.
    const all = value.text === '' && (op === '=~' || op === '!~');
    return { kind: 'text', matcher: all ? { ...matcher, fits: () => op === '=~' } : matcher };
  }
  const comparison = comparisons[op];
  if (comparison === undefined) throw cursor.unexpected();
  cursor.advance();
  return parseNumber(cursor, name, comparison);
}

const comparisons: Readonly<Record<string, Comparison>> = {
  '=': '==',
  '==': '==',
  '!=': '!=',
  '>': '>',
  '>=': '>=',
  '<': '<',
  '<=': '<=',
};

function parseNumber(cursor: Cursor, name: string, op: Comparison): LabelFilter {
  const negative = cursor.take('-');
  const { kind, text } = cursor.token;
  let value: number | undefined;
  let unit: 'number' | 'duration' | 'bytes';
  if (kind === 'number') {
    unit = 'number';
    value = Number(text);
  } else if (kind === 'duration') {
    unit = 'duration';
    const duration = parseDuration(text);
    value = duration === undefined ? undefined : Number(duration);
  } else if (kind === 'bytes') {
    unit = 'bytes';
    value = parseBytes(text);
  } else {
    throw cursor.unexpected();
  }
  if (value === undefined) throw cursor.unexpected();
  cursor.advance();
  return { kind: 'number', name, op, unit, value: negative ? -value : value };
}
