import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { commitTo } from './commitment.ts';

it('is what the keep computes again over the salt and the value’s UTF-8', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (value) => {
      const { salt, commitment } = await commitTo(value);
      expect(salt).toMatch(/^[A-Za-z0-9_-]{43}$/);
      const again = createHash('sha256').update(Buffer.from(salt, 'base64url')).update(value, 'utf8').digest('hex');
      expect(commitment).toBe(again);
    }),
  );
});

it('is another for the same value every time', async () => {
  const made = await Promise.all(Array.from({ length: 20 }, () => commitTo('same')));
  expect(new Set(made.map(({ commitment }) => commitment)).size).toBe(20);
  expect(new Set(made.map(({ salt }) => salt)).size).toBe(20);
});
