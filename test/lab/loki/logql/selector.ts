import { parseError, QueryError } from '../query-error.ts';
import { compileRegexp } from '../regexp/match.ts';
import { RegexpError } from '../regexp/syntax.ts';
import type { Cursor } from './cursor.ts';
import type { LabelMatcher } from './syntax.ts';
import type { Token } from './tokens.ts';

/** `{name="value", …}` */
export function parseSelector(cursor: Cursor): readonly LabelMatcher[] {
  cursor.expect('{');
  const matchers: LabelMatcher[] = [];
  if (!cursor.sees('}')) {
    do matchers.push(parseMatcher(cursor));
    while (cursor.take(','));
  }
  cursor.expect('}', '}', '","');
  if (!matchers.some(({ op, fits }) => (op === '=' || op === '=~') && !fits(''))) {
    throw new QueryError(tooWide);
  }
  return matchers;
}

const tooWide =
  'parse error : queries require at least one regexp or equality matcher that does not have an empty-compatible value. ' +
  'For instance, app=~".*" does not meet this requirement, but app=~".+" will';

const operators: readonly LabelMatcher['op'][] = ['=', '!=', '=~', '!~'];

function parseMatcher(cursor: Cursor): LabelMatcher {
  const name = cursor.expectKind('identifier', 'IDENTIFIER').text;
  const op = operators.find((one) => cursor.take(one));
  if (op === undefined) throw cursor.unexpected('=~', '!~', '=', '!=');
  return labelMatcher(name, op, cursor.expectKind('string', 'STRING'));
}

export function labelMatcher(name: string, op: LabelMatcher['op'], value: Token): LabelMatcher {
  return { name, op, value: value.text, fits: fitter(op, value) };
}

function fitter(op: LabelMatcher['op'], { text, position }: Token): LabelMatcher['fits'] {
  if (op === '=') return (value) => value === text;
  if (op === '!=') return (value) => value !== text;
  const matches = regexpAt(text, position, { whole: true });
  return op === '=~' ? matches : (value) => !matches(value);
}

/** A pattern of a query; a mistake in it is a mistake in the query. */
export function regexpAt(source: string, position: Token['position'], options: { readonly whole: boolean }) {
  try {
    return compileRegexp(source, options);
  } catch (cause) {
    if (!(cause instanceof RegexpError)) throw cause;
    throw parseError(`error parsing regexp: ${cause.message}`, position);
  }
}
