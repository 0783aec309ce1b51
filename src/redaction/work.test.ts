import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../kit/index.ts';
import { hostileFragments, repeated } from './fixtures/hostile.ts';
import { createRandom } from './fixtures/random.ts';
import { createRedactor } from './index.ts';
import { findInDocuments } from './structure/documents.ts';

/** What the layers of pattern-layer.test.ts are not asked: how often they are called, and what is done with their findings. */
const random = createRandom(31);
const body = (): string => `q7${random.from('abcdefghijklmnop23456789', 34)}`;
const most = 64;

/** How many characters all layers were shown, for each one that was given; and how long the result became. */
function workOn(text: string): { readonly shown: number; readonly grown: number } {
  let shown = 0;
  const counting = createRedactor({
    layers: [
      {
        name: 'counting',
        find: (seen) => {
          shown += seen.length;
          return [];
        },
      },
    ],
  });
  const result = counting.text(text).text;
  return { shown: shown / text.length, grown: result.length / text.length };
}

describe('the work of a redactor', () => {
  const secret = `password=${body()}`;
  const withEscapes = (text: string): string => text.replaceAll('\\', '\\u005c').replaceAll('"', '\\u0022');
  const nestings: Readonly<Record<string, (text: string) => string>> = {
    'as JSON is written': (text) => JSON.stringify({ a: text }),
    'with escapes that do not double': (text) => `{"a":"${withEscapes(text)}"}`,
    'in lists': (text) => `["${withEscapes(text)}"]`,
    'behind words': (text) => `at 10:00 {"sensitive":"${withEscapes(text)}"}`,
  };

  it.each(Object.keys(nestings))('does not multiply by documents in strings of documents, %s', (name) => {
    const nest = nestings[name] ?? String;
    let text = secret;
    for (let depth = 1; depth <= 60 && text.length < 100_000; depth += 1) {
      text = nest(text);
      const { shown, grown } = workOn(text);
      expect(shown, `${depth} deep`).toBeLessThan(most);
      expect(grown, `${depth} deep`).toBeLessThan(4);
    }
  });

  it('is a few readings of the text, whatever is repeated in it', () => {
    for (const fragment of hostileFragments) {
      expect(workOn(repeated(fragment, 8_192)).shown, fragment).toBeLessThan(most);
    }
  });

  it('masks a document whole where it stands too deep in strings to be read', () => {
    let text = secret;
    for (let depth = 0; depth < 12; depth += 1) text = `{"a":"${withEscapes(text)}"}`;
    const masked = createRedactor().text(text);
    expect(masked.counts).toEqual({ 'too-deep': 1 });
    expect(JSON.parse(masked.text)).toEqual({ a: expect.any(String) });
  });

  // These take a second or two; with work that grows with the square, many minutes.
  it('does not grow with the square of the names that become one marker', () => {
    const names = Array.from({ length: 40_000 }, () => `ghp_${body()}`);
    const value: JsonValue = Object.fromEntries(names.map((name, index) => [name, index]));
    const masked = createRedactor().value(value);
    expect(Object.keys(masked.value)).toHaveLength(names.length);
    expect(masked.counts).toEqual({ github: names.length });
  }, 30_000);

  it('does not grow with the square of the documents and of what was found around them', () => {
    const line = '{"sensitive":"old"} x\n';
    const count = 200_000;
    // Every other finding runs from its document out of it, and the others lie behind theirs.
    const plain = Array.from({ length: count }, (_, index) => {
      const at = index * line.length;
      return { start: at + (index % 2 === 0 ? 16 : 20), end: at + 21, rule: 'x' };
    });
    const found = findInDocuments(line.repeat(count), plain, {
      text: (text) => text.replace('old', 'new'),
      rules: [{ name: 'sensitive', keywords: ['sensitive'], hides: () => [] }],
      tooDeep: false,
    });
    expect(found.filter(({ rule }) => rule === 'x')).toHaveLength(count);
    expect(found.filter(({ rule }) => rule === 'document')).toHaveLength(count / 2);
  }, 30_000);
});
