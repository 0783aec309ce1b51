import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ValuePath } from '../port.ts';
import { parseSetPath } from './set-path.ts';

it.each<[string, ValuePath]>([
  ['replicaCount', ['replicaCount']],
  ['image.tag', ['image', 'tag']],
  ['service.annotations.example\\.net/zone', ['service', 'annotations', 'example.net/zone']],
  ['extraArgs[0]', ['extraArgs', 0]],
  ['a[0].b[12].c', ['a', 0, 'b', 12, 'c']],
  ['a[1][2]', ['a', 1, 2]],
  ['a\\[0\\]', ['a[0]']],
  ['a\\,b\\=c', ['a,b=c']],
  ['a\\\\b', ['a\\b']],
  ['__proto__.polluted', ['__proto__', 'polluted']],
  ['node-role.kubernetes', ['node-role', 'kubernetes']],
])('%s', (name, path) => {
  expect(parseSetPath(name)).toEqual(path);
});

it.each([
  '',
  '.',
  'a.',
  '.a',
  'a..b',
  '[0]',
  'a[',
  'a[]',
  'a[-1]',
  'a[x]',
  'a[0]b',
  'a[0',
  'a[1001]',
  'a[99999999999]',
  'a]',
  'a=b',
  'a,b',
  'a={b}',
  'a b',
  'a\nb',
  'a\\',
  'a.[0]',
  `${'a.'.repeat(40)}b`,
])('%j is not told', (name) => {
  expect(parseSetPath(name)).toBeUndefined();
});

const key = fc.string({ minLength: 1, maxLength: 8 });
const path = fc
  .array(fc.tuple(key, fc.array(fc.nat(1_000), { maxLength: 2 })), { minLength: 1, maxLength: 6 })
  .map((steps) => steps.flatMap(([name, indexes]) => [name, ...indexes]));

function written(steps: ValuePath): string {
  return steps
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      return `${index === 0 ? '' : '.'}${step.replace(/[\\.[\]=,{}\s]/g, '\\$&')}`;
    })
    .join('');
}

it('reads back every path that is written with escapes', () => {
  fc.assert(
    fc.property(path, (steps) => {
      expect(parseSetPath(written(steps))).toEqual(steps);
    }),
  );
});

it('never throws, and tells only paths that say the same when they are written again', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 40 }),
    fc.string({ unit: fc.constantFrom(...'ab01.[]\\=,{} '), maxLength: 20 }),
  );
  fc.assert(
    fc.property(text, (name) => {
      const told = parseSetPath(name);
      if (told === undefined) return;
      expect(typeof told[0]).toBe('string');
      expect(parseSetPath(written(told))).toEqual(told);
    }),
    { numRuns: 2_000 },
  );
});
