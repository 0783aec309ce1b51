import { concepts } from './embedder.fixture.ts';

const sides = ['ba', 'lo'] as const;
const letters = 'bcdfghjklmnpqrstvwxz';
/** Two invented words for each of forty things. */
export const table = Array.from({ length: 40 }, (_, row) =>
  sides.map(
    (side) => `${letters[row % 20]}${side}${letters[(row * 7 + Math.floor(row / 20)) % 20]}um${row < 20 ? 'a' : 'o'}`,
  ),
);
export const wise = concepts(table);
/** Six things each, named by the first words in the first half and by the others in the second: no word stands in both. */
export const riddles = Array.from({ length: 64 }, (_, number) => {
  const things = Array.from(
    { length: 6 },
    (__, place) => (number * 11 + place * (place + 3) * (1 + (number % 5))) % 40,
  );
  return sides.map((_side, side) => things.map((thing) => table[thing]?.[side]).join(' ')).join('. ');
});
