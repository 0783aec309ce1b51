import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileRegexp } from './match.ts';
import { RegexpError } from './syntax.ts';

/** Patterns both this engine and JavaScript read alike. */
const atom = fc.constantFrom('a', 'b', 'c', '[ab]', '[^a]', '[a-c]', '(?:ab)', '(a|bc)', '(?:b|)', '\\d', '\\w', '1');
const repeat = fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{1,3}', '{2,}', '*?');
const pattern = fc
  .array(
    fc.tuple(atom, repeat).map((parts) => parts.join('')),
    { minLength: 1, maxLength: 6 },
  )
  .chain((parts) =>
    fc.constantFrom(parts.join(''), `^${parts.join('')}`, `${parts.join('')}$`, `\\b${parts.join('|')}`),
  );
const subject = fc.array(fc.constantFrom('a', 'b', 'c', '1', ' '), { maxLength: 12 }).map((parts) => parts.join(''));

describe('regular expressions', () => {
  it('find what JavaScript finds', () => {
    fc.assert(
      fc.property(pattern, subject, (source, text) => {
        expect(compileRegexp(source, { whole: false })(text)).toBe(new RegExp(source, 'u').test(text));
        expect(compileRegexp(source, { whole: true })(text)).toBe(new RegExp(`^(?:${source})$`, 'u').test(text));
      }),
      { numRuns: 3_000 },
    );
  });

  it.each([
    ['(?i)ERROR', 'an Error', true],
    ['error(?i) TIMEOUT', 'error timeout', true],
    ['error(?i) TIMEOUT', 'ERROR timeout', false],
    ['a(?i:B)c', 'abC', false],
    ['(?s)a.b', 'a\nb', true],
    ['a.b', 'a\nb', false],
    ['(?m)^b', 'a\nb', true],
    ['^b', 'a\nb', false],
    ['(?P<code>[45]\\d\\d)', 'status 503', true],
    ['[[:upper:]]{4}', 'a WARN', true],
    ['[^[:space:]]+', ' \t', false],
    ['\\Qa.b\\E', 'a.b', true],
    ['\\Qa.b\\E', 'axb', false],
    ['\\x41\\x{1F600}', 'A😀', true],
    ['^.$', '😀', true],
    ['a{,3}', 'a{,3}', true],
    ['', '', true],
  ])('%j in %j: %s', (source, text, expected) => {
    expect(compileRegexp(source, { whole: false })(text)).toBe(expected);
  });

  it.each([
    '(',
    ')',
    '[a',
    '[z-a]',
    'a**',
    'a{2}{3}',
    '*a',
    'a{1001}',
    'a{3,2}',
    '\\1',
    '\\k<a>',
    '(?=a)',
    '(?<!a)',
    '\\',
    'a{1000}{1000}',
    '(((a{100}){100}){100})',
  ])('refuses %j', (source) => {
    expect(() => compileRegexp(source, { whole: false })).toThrow(RegexpError);
  });

  it('throws nothing but its own error', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: fc.constantFrom(...'()[]{}*+?|\\^$.-,:<>=!09adDwWsSbBAzQEPiUmsx') }), fc.string()),
        (source) => {
          try {
            compileRegexp(source, { whole: false })('some text 12 \n more');
          } catch (cause) {
            if (!(cause instanceof RegexpError)) throw cause;
          }
        },
      ),
      { numRuns: 5_000 },
    );
  });

  it.each([
    ['(a*)*b', 'a'],
    ['(a|aa)+$', 'a'],
    ['(.*)(.*)(.*)(.*)x', 'y'],
    ['(x+x+)+y', 'x'],
    ['^(([a-z])+.)+[A-Z]([a-z])+$', 'a'],
  ])('takes a moment for %j', (source, letter) => {
    const begun = performance.now();
    expect(compileRegexp(source, { whole: false })(letter.repeat(30_000))).toBe(source.startsWith('(a|aa)'));
    expect(performance.now() - begun).toBeLessThan(1_500);
  });
});
