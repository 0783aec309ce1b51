import { expect, it } from 'vitest';
import { bytesText, coresText, percentText } from './amount-text.ts';

it('shortens amounts to what one reads', () => {
  expect([0, 1023, 1536, 115 * 2 ** 20, 1.5 * 2 ** 30].map(bytesText)).toEqual([
    '0',
    '1023',
    '1.5Ki',
    '115Mi',
    '1.5Gi',
  ]);
  expect([0.0004, 0.25, 1.88, 12].map(coresText)).toEqual(['0m', '250m', '1880m', '12']);
  expect([percentText(1, 3), percentText(1, 0)]).toEqual(['33%', '?']);
});
