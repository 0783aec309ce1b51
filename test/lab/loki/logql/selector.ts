import { parseError } from '../query-error.ts';
import { compileRegexp, type Matcher } from '../regexp/match.ts';
import { RegexpError } from '../regexp/syntax.ts';
import type { Cursor } from './cursor.ts';
import type { LabelMatcher } from './syntax.ts';
import type { Token } from './tokens.ts';

/** `{name="value", …}` */
export function parseSelector(cursor: Cursor): readonly LabelMatcher[] {
  cursor.expect('{');
  const matchers: LabelMatcher[] = [];
  if (!cursor.take('}')) {
    matchers.push(parseMatcher(cursor, 'IDENTIFIER', '}'));
    while (cursor.take(',')) matchers.push(parseMatcher(cursor, 'IDENTIFIER'));
    cursor.expect('}', '}', ',');
  }
  if (!matchers.some(({ op, fits }) => (op === '=' || op === '=~') && !fits(''))) {
    throw parseError(tooWide);
  }
  return matchers;
}

const tooWide =
  'queries require at least one regexp or equality matcher that does not have an empty-compatible value. ' +
  'For instance, app=~".*" does not meet this requirement, but app=~".+" will';

const operators: readonly LabelMatcher['op'][] = ['=', '!=', '=~', '!~'];

function parseMatcher(cursor: Cursor, ...expecting: readonly string[]): LabelMatcher {
  const name = cursor.expectKind('identifier', ...expecting).text;
  const op = operators.find((one) => cursor.take(one));
  if (op === undefined) throw cursor.unexpected('=', '=~', '!~', '!=');
  return labelMatcher(name, op, cursor.expectKind('string', 'STRING'));
}

export function labelMatcher(name: string, op: LabelMatcher['op'], value: Token): LabelMatcher {
  return { name, op, value: value.text, fits: fitter(op, value) };
}

function fitter(op: LabelMatcher['op'], { text }: Token): LabelMatcher['fits'] {
  if (op === '=') return (value) => value === text;
  if (op === '!=') return (value) => value !== text;
  const matches = regexpOf(text, { whole: true });
  return op === '=~' ? matches : (value) => !matches(value);
}

/** A pattern of a query; a mistake in it is a mistake in the query. `where` is the stage it stands in. */
export function regexpOf(source: string, options: { readonly whole: boolean }, where?: string): Matcher {
  try {
    return compileRegexp(source, options);
  } catch (cause) {
    if (!(cause instanceof RegexpError)) throw cause;
    const stage = where === undefined ? '' : `stage '${where}' : `;
    throw parseError(`${stage}error parsing regexp: ${cause.message}`);
  }
}
