import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hostileFragments, repeated } from '../fixtures/hostile.ts';
import { labelled, setOf } from './known.fixture.ts';
import { createMatcher } from './matcher.ts';
import { readTable } from './table.ts';

/** Steps for each character, whatever stands there. */
const mostSteps = 128;

/** Values as alike as they come: the same start, the same middle, one period, one inside the other. */
const seed = randomBytes(12).toString('hex');
const alike = [
  ...Array.from({ length: 200 }, (_, at) => `${seed}${String(at).padStart(4, '0')}${seed}`),
  ...Array.from({ length: 60 }, (_, at) => seed.repeat(3).slice(0, 9 + at)),
  'abcdefgh'.repeat(12),
  'abcdefgh'.repeat(40),
  'x'.repeat(900),
  randomBytes(600).toString('base64'),
];
const matcher = createMatcher(
  readTable(setOf(alike.map((value, at) => ({ value, class: 'a', label: labelled(`key-${at}`) })))),
);
const long = alike.at(-1) ?? '';
const texts: Readonly<Record<string, (length: number) => string>> = {
  'a value again and again': (length) => repeated(alike[3] ?? '', length),
  'its start again and again': (length) => repeated(seed, length),
  'a value without its last letter': (length) => repeated(long.slice(0, -1), length),
  'windows of a long one': (length) => repeated(long.slice(400, 420), length),
  'one letter': (length) => repeated('x', length),
  'a period, wherever it starts': (length) => repeated('abcdefgh', length),
};

describe('the work of the matcher', () => {
  it.each(Object.keys(texts))('grows no faster than the text: %s', (name) => {
    const text = texts[name] ?? String;
    const few = matcher(text(16_384)).steps / 16_384;
    const many = matcher(text(262_144)).steps / 262_144;
    expect(many).toBeLessThan(mostSteps);
    expect(many).toBeLessThan(few * 1.25 + 1);
  });

  it('is a step or two for each character of what is hostile to the pattern rules', () => {
    for (const fragment of hostileFragments) {
      expect(matcher(repeated(fragment, 16_384)).steps / 16_384, fragment).toBeLessThan(8);
    }
  });

  it('looks for short values behind names in steps as well', () => {
    const short = createMatcher(
      readTable(
        setOf(
          Array.from({ length: 2_000 }, (_, at) => ({
            value: String(1_000 + at),
            class: 'c',
            label: labelled(`pin-${at}`),
          })),
        ),
      ),
    );
    for (const fragment of [':', '=', 'pin-7: ', 'pin-7:1007 ', '"=\\"', ':          ']) {
      expect(short(repeated(fragment, 65_536)).steps / 65_536, fragment).toBeLessThan(mostSteps);
    }
  });

  it('gives a text up whose every place has thousands of patterns to look at', () => {
    const crowd = createMatcher(
      readTable(
        setOf(
          Array.from({ length: 500 }, (_, at) => ({
            value: 'y'.repeat(24 + at),
            class: 'a',
            label: labelled(`k-${at}`),
          })),
        ),
      ),
    );
    expect(() => crowd('y'.repeat(60_000))).toThrow('costs too much');
    expect(crowd('yy y'.repeat(50_000)).matches).toEqual([]);
  });
});
