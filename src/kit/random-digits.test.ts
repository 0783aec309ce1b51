import { expect, it } from 'vitest';
import { randomDigits } from './random-digits.ts';

it('gives so many digits, other ones each time, and all of them in the long run', () => {
  expect(randomDigits(26)).toMatch(/^[a-z2-7]{26}$/);
  expect(randomDigits(26)).not.toBe(randomDigits(26));
  expect(new Set(randomDigits(4_000)).size).toBe(32);
});
