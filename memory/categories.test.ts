import { describe, expect, it } from 'vitest';
import { extendCategories, foldCategory, standardCategories } from './categories.ts';

const fold = (word: string): string => foldCategory(standardCategories, word);

describe('categories', () => {
  it.each(standardCategories.canonical)('%s has no twin: singular, plural, case and spaces end in one', (category) => {
    expect(fold(category)).toBe(category);
    expect(fold(` ${category.toUpperCase()} `)).toBe(category);
    expect(fold(category.replace(/s$/, ''))).toBe(category);
    expect(fold(`${category}s`)).toBe(category);
  });

  it.each([
    ['gotcha', 'gotchas'],
    ['bugs', 'gotchas'],
    ['Infra', 'infrastructure'],
    ['How To', 'procedures'],
    ['post_mortem', 'incidents'],
    ['repositories', 'projects'],
    ['database', 'storage'],
    ['policies', 'conventions'],
    ['person', 'people'],
    ['todos', 'tasks'],
  ])('%s is folded into %s', (word, category) => {
    expect(fold(word)).toBe(category);
  });

  it('every fold ends in a category, and no word is both', () => {
    for (const [word, category] of standardCategories.folds) {
      expect(standardCategories.canonical).toContain(category);
      expect(standardCategories.canonical).not.toContain(word);
      expect(fold(word)).toBe(category);
    }
    for (const name of standardCategories.volatile) expect(standardCategories.canonical).toContain(name);
    expect(standardCategories.canonical).toContain(standardCategories.standard);
  });

  it('an unknown word is refused with the nearest and the whole list', () => {
    const error = caught(() => fold('incedents'));
    expect(error).toMatchObject({ code: 'memory-category', message: expect.stringContaining('incidents') });
    expect((error as { next: string }).next).toContain('facts, preferences');
    expect(caught(() => fold('zzzzzzzz'))).toMatchObject({ message: 'there is no category "zzzzzzzz"' });
    expect(caught(() => fold(''))).toMatchObject({ code: 'memory-category' });
    expect((caught(() => fold('x'.repeat(10_000))) as Error).message.length).toBeLessThan(200);
  });

  it('an operator adds categories and words', () => {
    const own = extendCategories(standardCategories, { add: ['Garden', 'hardware'], fold: { plants: 'garden' } });
    expect(foldCategory(own, 'gardens')).toBe('garden');
    expect(foldCategory(own, 'plant')).toBe('garden');
    expect(foldCategory(own, 'hardware')).toBe('hardware');
    expect(foldCategory(own, 'infra')).toBe('infrastructure');
    expect(caught(() => extendCategories(standardCategories, { fold: { plants: 'garden' } }))).toMatchObject({
      code: 'memory-category',
    });
  });
});

function caught(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
