import { expect, it } from 'vitest';
import { nextStop } from './keys.ts';

it('goes from stop to stop and stays at the ends', () => {
  expect(nextStop(-1, 3, 'j')).toBe(0);
  expect(nextStop(-1, 3, 'k')).toBe(2);
  expect(nextStop(0, 3, 'j')).toBe(1);
  expect(nextStop(2, 3, 'j')).toBe(2);
  expect(nextStop(0, 3, 'k')).toBe(0);
  expect(nextStop(-1, 0, 'j')).toBe(-1);
});
