import { expect, test } from 'vitest';
import { remembering } from './remembered.ts';
import type { HclFile } from './syntax.ts';

function counting(bytes: number): { readonly parse: ReturnType<typeof remembering>; readonly read: string[] } {
  const read: string[] = [];
  const parse = remembering(async (path, text): Promise<HclFile> => {
    read.push(text);
    if (text === 'bad') throw new Error('it is bad');
    return { path, body: { attributes: [], blocks: [] }, comments: [] };
  }, bytes);
  return { parse, read };
}

test('the same content is read once, and other content or another path again', async () => {
  const { parse, read } = counting(100);
  for (const [path, text] of [
    ['a', 'one'],
    ['a', 'one'],
    ['b', 'one'],
    ['a', 'two'],
  ] as const) {
    expect((await parse(path, text)).path).toBe(path);
  }
  expect(read).toEqual(['one', 'one', 'two']);
});

test('what was not used for longest is forgotten first', async () => {
  const { parse, read } = counting(7);
  for (const text of ['one', 'two', 'one', 'six', 'one', 'two']) await parse('a', text);
  expect(read).toEqual(['one', 'two', 'six', 'two']);
});

test('an error is told every time', async () => {
  const { parse, read } = counting(100);
  await expect(parse('a', 'bad')).rejects.toThrow('it is bad');
  await expect(parse('a', 'bad')).rejects.toThrow('it is bad');
  expect(read).toEqual(['bad', 'bad']);
});
