import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { namePattern } from './name-pattern.ts';

function fits(pattern: string, name: string): boolean {
  const asked = namePattern(pattern);
  return asked.asks === 'name' && asked.fits(name);
}

describe('a pattern of names', () => {
  it.each([
    ['photo-worker', 'photo-worker', true],
    ['Photo-Worker', 'photo-worker', true],
    ['photo-*', 'photo-worker', true],
    ['*-worker', 'photo-worker', true],
    ['pho*ker', 'photo-worker', true],
    ['photo-*', 'photo', false],
    ['photo', 'photo-worker', false],
    ['worker', 'photo-worker', false],
    ['photo.worker', 'photo-worker', false],
    ['photo-(worker|x)', 'photo-worker', false],
    ['photo-worke?', 'photo-worker', false],
    ['{photo-worker,x}', 'photo-worker', false],
    ['[p]hoto-worker', 'photo-worker', false],
    ['x', 'x', true],
  ])('%j fits %j: %j', (pattern, name, expected) => {
    expect(fits(pattern, name)).toBe(expected);
  });

  it.each(['*', '**', ' *** '])('%j asks for nothing', (pattern) => {
    expect(namePattern(pattern).asks).toBe('nothing');
  });

  it.each(['', '-', '*-*', 'a*', '*a*b*', '?', 'x'.repeat(254)])('%j means nothing in particular', (pattern) => {
    expect(namePattern(pattern).asks).toBe('too-little');
  });

  it('fits what an expression for it would', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '-'), maxLength: 12 });
    const patterns = fc.string({ unit: fc.constantFrom('a', 'b', '-', '*'), maxLength: 9 });
    fc.assert(
      fc.property(patterns, letters, (pattern, name) => {
        const expression = new RegExp(`^${pattern.replaceAll('*', '.*')}$`, 's');
        if (namePattern(pattern).asks === 'name') expect(fits(pattern, name)).toBe(expression.test(name));
      }),
    );
  });

  it('answers at once whatever the pattern is', () => {
    const began = performance.now();
    const steps = `${'a*'.repeat(120)}b`;
    for (let round = 0; round < 100; round += 1) expect(fits(steps, 'a'.repeat(253))).toBe(false);
    // An expression with as many stars would not be done this year.
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});
