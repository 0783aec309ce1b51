import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alphabets } from '../../change/wire/secret.ts';
import { draw, lettersOf } from './draw.ts';

describe('what is drawn', () => {
  it('has the length and the letters that were signed, and no letter twice in an alphabet', () => {
    fc.assert(
      fc.property(fc.constantFrom(...alphabets), fc.integer({ min: 16, max: 256 }), (alphabet, length) => {
        const value = draw(length, alphabet).reveal();
        expect([...value]).toHaveLength(length);
        expect([...value].every((letter) => lettersOf[alphabet].includes(letter))).toBe(true);
      }),
    );
    for (const alphabet of alphabets) {
      expect(new Set(lettersOf[alphabet]).size).toBe(lettersOf[alphabet].length);
    }
  });

  it('is another each time, and has each letter about as often as the others', () => {
    expect(new Set(Array.from({ length: 200 }, () => draw(16, 'letters-digits').reveal())).size).toBe(200);
    const counts = new Map<string, number>();
    for (let round = 0; round < 400; round += 1) {
      for (const letter of draw(256, 'letters-digits-symbols').reveal()) {
        counts.set(letter, (counts.get(letter) ?? 0) + 1);
      }
    }
    const mean = (400 * 256) / lettersOf['letters-digits-symbols'].length;
    expect(counts.size).toBe(lettersOf['letters-digits-symbols'].length);
    // Eight standard deviations: a byte taken modulo the alphabet is off by far more.
    for (const count of counts.values()) expect(Math.abs(count - mean)).toBeLessThan(8 * Math.sqrt(mean));
  });
});
