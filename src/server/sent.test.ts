import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSent } from './sent.ts';

describe('what was sent', () => {
  it('is every name and every value, the top ones first', () => {
    const { strings, text } = readSent({
      outer: { inner: [{ deep: 'value' }, 'line one', 'line two', 7] },
      name: 'x',
      empty: '',
    });
    expect(strings.slice(0, 4)).toEqual(['outer', 'name', 'x', 'empty']);
    expect(strings).toEqual(expect.arrayContaining(['inner', 'deep', 'value', 'line one', 'line two', '7']));
    expect(text).toContain('name: x');
    expect(text).toContain('deep: value');
    expect(text).toContain('line one\nline two');
  });

  it('misses nothing of any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (input) => {
        const { strings, text } = readSent(input);
        const visit = (value: unknown): void => {
          if (typeof value === 'string' && value !== '') {
            expect(strings).toContain(value);
            expect(text).toContain(value);
          } else if (Array.isArray(value)) value.forEach(visit);
          else if (typeof value === 'object' && value !== null) {
            for (const [name, inner] of Object.entries(value)) {
              visit(name);
              visit(inner);
            }
          } else if (typeof value === 'number') expect(strings).toContain(String(value));
        };
        visit(input);
      }),
    );
  });

  it('is read however deep it lies', () => {
    let input: unknown = { key: 'the bottom' };
    for (let depth = 0; depth < 200_000; depth += 1) input = [input];
    expect(readSent(input).strings).toEqual(['key', 'the bottom']);
  });

  it.each([undefined, null, true])('is nothing where %s was sent', (input) => {
    expect(readSent(input).strings).toEqual([]);
  });
});
