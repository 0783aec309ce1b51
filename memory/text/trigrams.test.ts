import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { likeness, repairable, trigramsOf } from './trigrams.ts';

describe('likeness', () => {
  test.each([
    ['prometheus', 'promethues'],
    ['certificate', 'certifcate'],
    ['kubernet', 'kubernets'],
    ['резервная', 'резервня'],
  ])('%s is like %s', (one, other) => {
    expect(likeness(one, other)).toBeGreaterThanOrEqual(0.35);
  });

  test.each([
    ['backup', 'certificate'],
    ['disk', 'mail'],
  ])('%s is not like %s', (one, other) => {
    expect(likeness(one, other)).toBeLessThan(0.35);
  });

  test('is 1 of a word and itself, the same both ways, and never out of 0 to 1', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (one, other) => {
        expect(likeness(one, one)).toBe(1);
        expect(likeness(one, other)).toBe(likeness(other, one));
        expect(likeness(one, other)).toBeGreaterThanOrEqual(0);
        expect(likeness(one, other)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

test('trigrams are distinct, and the beginning counts most', () => {
  expect(trigramsOf('nana')).toEqual(['^^n', '^na', 'nan', 'ana', 'na$']);
  expect(new Set(trigramsOf('banananana')).size).toBe(trigramsOf('banananana').length);
});

test.each([
  ['mail', true],
  ['größe', true],
  ['nas', false],
  ['my-app', false],
  ['node7', false],
  ['192.0.2.7', false],
  ['a'.repeat(25), false],
])('%s may be repaired: %s', (term, expected) => {
  expect(repairable(term)).toBe(expected);
});
