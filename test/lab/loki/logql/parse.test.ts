import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QueryError } from '../query-error.ts';
import { parseQuery } from './parse.ts';

const pieces = [
  ...[
    '{',
    '}',
    '(',
    ')',
    '[',
    ']',
    '[5m]',
    '[',
    ',',
    '|',
    '|=',
    '|~',
    '!=',
    '!~',
    '=',
    '=~',
    '==',
    '>',
    '>=',
    '<',
    '-',
  ],
  ...['sum', 'by', 'without', 'count_over_time', 'rate', 'topk', 'offset', 'json', 'logfmt', 'or', 'and', 'app', 'x_1'],
  ...['"x"', '`x`', '"\\n"', '"\\q"', '"(a|b)+"', '"["', '5', '1.5', '5m', '1h30m', '20KB', '--strict', '# note', '\n'],
];

const soup = fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map((parts) => parts.join(' '));

function outcome(source: string): 'parsed' | 'refused' {
  try {
    parseQuery(source);
    return 'parsed';
  } catch (cause) {
    // Anything else would be a fault of the parser's own.
    if (!(cause instanceof QueryError)) throw cause;
    return 'refused';
  }
}

/** Queries of this shape that are meant to be understood. */
const word = fc.stringMatching(/^[a-z][a-z_0-9]{0,8}$/).filter((name) => !['or', 'and', 'by', 'bool'].includes(name));
const quoted = fc
  .string({ maxLength: 12 })
  .map((value) => JSON.stringify(value).replaceAll(/\\u([0-9a-f]{4})/g, '\\u$1'));
const matcher = fc.tuple(word, fc.constantFrom('=', '!='), quoted).map(([name, op, value]) => `${name}${op}${value}`);
const selector = fc.array(matcher, { maxLength: 4 }).map((all) => `{${['app="x"', ...all].join(', ')}}`);
const stage = fc.oneof(
  fc.tuple(fc.constantFrom('|=', '!='), quoted).map((parts) => parts.join(' ')),
  fc.constant('| json'),
  fc.constant('| logfmt --strict'),
  fc.tuple(word, quoted).map(([name, value]) => `| ${name}=${value}`),
  fc
    .tuple(word, fc.constantFrom('>', '<=', '=='), fc.constantFrom('5', '1.5', '10ms', '2MB'))
    .map((all) => `| ${all.join('')}`),
);
const lines = fc.tuple(selector, fc.array(stage, { maxLength: 5 })).map(([all, stages]) => [all, ...stages].join(' '));
const metric = fc
  .tuple(fc.constantFrom('count_over_time', 'rate', 'bytes_over_time'), lines, fc.constantFrom('5m', '1h30m', '10s'))
  .map(([name, query, range]) => `${name}(${query} [${range}])`);
const aggregated = fc
  .tuple(fc.constantFrom('sum', 'max', 'avg'), word, metric)
  .map(([name, label, of]) => `${name} by (${label}) (${of})`);

describe('the LogQL parser', () => {
  it('understands queries as they are written', () => {
    fc.assert(
      fc.property(fc.oneof(lines, metric, aggregated), (source) => {
        expect(outcome(source)).toBe('parsed');
      }),
    );
  });

  it('refuses anything else with its own error, whatever it is given', () => {
    fc.assert(
      fc.property(fc.oneof(soup, fc.string({ maxLength: 200, unit: 'binary' })), (source) => {
        expect(['parsed', 'refused']).toContain(outcome(source));
      }),
      { numRuns: 2_000 },
    );
  });

  it('says where, within the text', () => {
    fc.assert(
      fc.property(soup, (source) => {
        try {
          parseQuery(source);
        } catch (cause) {
          if (!(cause instanceof QueryError)) throw cause;
          const { position } = cause;
          if (position === undefined) return;
          const lines = source.split('\n');
          expect(position.line).toBeLessThanOrEqual(lines.length);
          // Of some tokens Loki knows the column and not the line.
          const length =
            position.line === 0 ? Math.max(...lines.map((one) => one.length)) : lines[position.line - 1]?.length;
          expect(position.column).toBeGreaterThanOrEqual(1);
          expect(position.column).toBeLessThanOrEqual((length ?? -1) + 1);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  /** As long as is taken. One step back a character would be thousands of millions of steps. */
  const size = 131_000;
  const filled = (part: string, before = '', after = '') =>
    before + part.repeat(Math.floor((size - before.length - after.length) / part.length)) + after;

  it.each([
    ['open braces', filled('{')],
    ['open parentheses', filled('(')],
    ['open brackets', filled('[')],
    ['sums in sums', filled('sum(')],
    ['nested filters', filled('(', '{a="b"} | ')],
    ['ors', filled(' or c="d"', '{a="b"} | c="d"')],
    ['commas', filled('a="b",', '{', 'a="b"}')],
    ['stages', filled(' | json', '{a="b"}')],
    ['lines', filled(' \n', '{a="b"}')],
    ['a line break at the end', filled('|="x"', '{a="b"}', '\n|')],
    ['a duration that never ends', filled('1m', 'rate({a="b"}[5m] offset ', 'q')],
    ['a number that never ends', filled('1', '{a="b"} | c > ', 'q')],
    ['an unfinished text', filled('\\"', '{a="')],
    ['a long text', filled('\\n', '{a="', '"}')],
    ['comments', filled('#\n', '', '{a="b"}')],
    ['a nested pattern', filled('(', '{a=~"', '"}')],
    ['a pattern of stars', filled('a*', '{a=~"', '"}')],
    ['repeats of repeats', '{a=~"((((a{1000}){1000}){1000}){1000})"}'],
    ['repeats of nothing', '{a=~"(((((){1000}){1000}){1000}){1000})"}'],
  ])('takes a moment for %s', (_, source) => {
    const begun = performance.now();
    outcome(source);
    expect(performance.now() - begun).toBeLessThan(1_500);
  });
});
