import { expect, it } from 'vitest';
import { openSearch } from './find.ts';
import { denseOf } from './notebook.fixture.ts';
import { paperSearch } from './paper-index.fixture.ts';

it('is by words alone where the dense leg breaks: the answer says so, and the log has the cause', async () => {
  const cause = new Error('relation is gone');
  const logged: (readonly [object, string])[] = [];
  const dense = denseOf({ share: 0.3, nearest: () => Promise.reject(cause) });
  const paper = paperSearch(new Map([[1, [{ item: 1, content: 'the boiler hums at night' }]]]));
  const log = { warn: (fields: object, event: string) => void logged.push([fields, event]) };
  const signal = AbortSignal.timeout(10_000);

  const search = await openSearch({ ...paper, dense, log }, { query: 'boiler hums' }, { shelves: [1], signal });

  expect(search.mode).toBe('lexical');
  expect(search.best(10).found.map(({ item }) => item)).toEqual([1]);
  expect(search.notes.map(({ text }) => text)).toEqual(['found by words alone: embeddings could not be asked']);
  expect(logged).toEqual([[{ err: cause }, 'embedding.unasked']]);
});
