import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffLines } from './line-diff.ts';

const all = Number.MAX_SAFE_INTEGER;

describe('a unified diff', () => {
  it('shows three lines around what differs, with where it stands', () => {
    const before = '1\n2\n3\n4\n5\n6\n7\n8\n9\n';
    expect(diffLines(before, before.replace('5', 'five'), all).text.split('\n')).toEqual([
      '@@ -2 +2 @@',
      ' 2',
      ' 3',
      ' 4',
      '-5',
      '+five',
      ' 6',
      ' 7',
      ' 8',
    ]);
  });

  it('shows a new file and a removed one in full', () => {
    expect(diffLines(undefined, 'a\nb\n', all).text).toBe('@@ -1 +1 @@\n+a\n+b');
    expect(diffLines('a\n', undefined, all).text).toBe('@@ -1 +1 @@\n-a');
  });

  it('says when a last line lost its end: nothing that differs looks the same', () => {
    expect(diffLines('a\n', 'a', all).text).toContain('+\\ no newline at the end');
  });

  it('leaves lines out and says how many', () => {
    const { text, more } = diffLines(undefined, 'x\n'.repeat(1_000), 400);
    expect(text.split('\n')).toHaveLength(400);
    expect(more).toBe(601);
  });

  it('is quick with what has nothing in common', { timeout: 10_000 }, () => {
    const many = (mark: string): string => Array.from({ length: 20_000 }, (_, index) => `${mark}${index}`).join('\n');
    expect(diffLines(many('a'), many('b'), 400).more).toBeGreaterThan(30_000);
  });

  it('has every line that went and every one that came, in their order', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 });
    fc.assert(
      fc.property(text, text, (before, after) => {
        const ended = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
        const lines = diffLines(ended(before), ended(after), all).text.split('\n');
        const marked = (mark: string): string[] => lines.filter((line) => line.startsWith(mark)).map((l) => l.slice(1));
        const without = (from: readonly string[], taken: readonly string[]): string[] => {
          const left = [...from];
          for (const one of taken) left.splice(left.indexOf(one), 1);
          return left;
        };
        // What is left on both sides is the same text.
        expect(without(before, marked('-')).toSorted()).toEqual(without(after, marked('+')).toSorted());
        expect(marked('-').length + marked('+').length === 0).toBe(before.join() === after.join());
      }),
    );
  });
});
