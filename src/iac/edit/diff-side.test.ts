import { expect, it } from 'vitest';
import { diffSide } from './diff-side.ts';

it('a diff is told as what stood there, and as what will', () => {
  const patch = ' name  = "A"\n-value = "old"\n+value = "new"\n }\n';
  expect(diffSide(patch, 'before')).toBe('name  = "A"\nvalue = "old"\n}');
  expect(diffSide(patch, 'after')).toBe('name  = "A"\nvalue = "new"\n}');
});
