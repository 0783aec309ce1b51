import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseQuantity } from './quantity.ts';

describe('a quantity', () => {
  it.each([
    ['128Mi', 134_217_728],
    ['250m', 0.25],
    ['1e3', 1_000],
    ['1E3', 1_000],
    ['1E', 1e18],
    ['1k', 1_000],
    ['1.5Gi', 1_610_612_736],
    ['.5', 0.5],
    ['5.', 5],
    ['+3', 3],
    ['-2', -2],
    ['0', 0],
    ['100n', 1e-7],
    [' 7 ', 7],
    [4, 4],
  ])('%j is %d', (text, number) => {
    expect(parseQuantity(text)).toBeCloseTo(number, 9);
  });

  it.each(['', 'Mi', '1 Mi', '1mi', '1KB', '1e', '0x10', 'ten', '1Ki2', '--1', null, undefined, true, {}])(
    '%j is none',
    (text) => {
      expect(parseQuantity(text)).toBeUndefined();
    },
  );

  const count = fc.integer({ min: 0, max: 1_000_000 });

  it('says the same in every unit', () => {
    fc.assert(
      fc.property(count, (n) => {
        expect(parseQuantity(`${n}`)).toBe(n);
        expect(parseQuantity(`${n}e0`)).toBe(n);
        expect(parseQuantity(`${n}k`)).toBe(parseQuantity(`${n * 1_000}`));
        expect(parseQuantity(`${n}Gi`)).toBe(parseQuantity(`${n * 1_024}Mi`));
        expect(parseQuantity(`${n * 1_000}m`)).toBeCloseTo(n, 6);
      }),
    );
  });

  it('keeps the order of what it is made of', () => {
    const suffix = fc.constantFrom('n', 'u', 'm', '', 'k', 'Ki', 'M', 'Mi', 'G', 'Gi', 'T', 'Ti', 'e2', 'E-1');
    fc.assert(
      fc.property(count, count, suffix, (a, b, unit) => {
        const [one = Number.NaN, other = Number.NaN] = [parseQuantity(`${a}${unit}`), parseQuantity(`${b}${unit}`)];
        expect(Math.sign(one - other)).toBe(Math.sign(a - b));
      }),
    );
  });

  it('is read or refused, whatever the text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const read = parseQuantity(text);
        expect(read === undefined || Number.isFinite(read)).toBe(true);
      }),
    );
  });
});
