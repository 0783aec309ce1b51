import { expect, it } from 'vitest';
import { says } from './says.ts';

it('says at most six lines and 1,200 bytes, the first that fit, each whole', () => {
  const lines = Array.from({ length: 9 }, (_, index) => `line ${index}`);
  expect(says(lines)).toEqual(lines.slice(0, 6));
  const long = ['é'.repeat(400), 'second', 'é'.repeat(400), 'fourth'];
  expect(says(long)).toEqual([long[0], 'second']);
  expect(Buffer.byteLength(says(Array.from({ length: 6 }, () => 'x'.repeat(900))).join('\n'))).toBeLessThanOrEqual(
    1_200,
  );
});

it('says nothing that a terminal would act on, and no line of two', () => {
  expect(says(['a\nb\r\tc', '', '\u001b[31mred\u202e\u200b', '\ud800'])).toEqual(['a b c', 'red', '\ufffd']);
});
