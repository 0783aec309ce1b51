import { describe, expect, it } from 'vitest';
import type { Database, Queryable } from '../../store/database.ts';
import { noteFact } from './entry.ts';
import { createWriter } from './writer.ts';

/** A database that takes down what it is asked, and refuses while it is told to. */
function notebook() {
  const written: (readonly unknown[])[] = [];
  const state = { refuses: false };
  const handle: Queryable = {
    query: async (sql, parameters = []) => {
      if (state.refuses) throw new Error('away');
      written.push([sql.trim().split(/\s+/).slice(0, 3).join(' '), parameters[1]]);
      return [];
    },
    execute: async () => [],
  };
  const database: Database = {
    kind: 'embedded',
    ...handle,
    transaction: (work) => work(handle),
    [Symbol.asyncDispose]: async () => undefined,
  };
  const rows = (): readonly Readonly<Record<string, unknown>>[] =>
    written
      .filter(([sql]) => sql === 'insert into castellan.chronicle')
      .flatMap(([, json]) => JSON.parse(String(json)));
  return { database, rows, state };
}

const ref = { group: '', kind: 'Deployment', namespace: 'shop', name: 'web' };
const noted = (mark: string, count = 1) =>
  noteFact({ what: 'restart', about: ref, root: ref, text: 'died', mark, count }, new Date('2026-03-01T12:00:00Z'));

describe('what is noted', () => {
  it('is written together a moment later, the same thing once', async () => {
    const { database, rows } = notebook();
    await using writer = createWriter({ database, context: 'lab', soonMs: 20 });
    writer.note([noted('a'), noted('b')], []);
    writer.note([noted('a', 3)], []);
    expect(rows()).toEqual([]);
    await expect.poll(rows).toMatchObject([{ count: 4 }, { count: 1 }]);
  });

  it('is written before the writer is closed', async () => {
    const { database, rows } = notebook();
    {
      await using writer = createWriter({ database, context: 'lab' });
      writer.note([noted('a')], []);
    }
    expect(rows()).toHaveLength(1);
  });

  it('waits while the database is away, with what came since, and is never written twice', async () => {
    const { database, rows, state } = notebook();
    await using writer = createWriter({ database, context: 'lab' });
    state.refuses = true;
    writer.note([noted('a')], []);
    await expect(writer.flush()).rejects.toThrow('away');
    writer.note([noted('a'), noted('b')], []);
    state.refuses = false;
    await writer.flush();
    await writer.flush();
    expect(rows()).toMatchObject([{ count: 2 }, { count: 1 }]);
  });

  it('does not wait for ever: when it is too much, whoever follows must begin again', async () => {
    const { database, state } = notebook();
    const writer = createWriter({ database, context: 'lab' });
    const overflowed = writer.overflowed.catch((error: unknown) => error);
    state.refuses = true;
    writer.note(
      Array.from({ length: 6_000 }, (_, index) => noted(String(index))),
      [],
    );
    await expect(writer.flush()).rejects.toThrow('away');
    expect(await overflowed).toMatchObject({ message: 'away' });
    state.refuses = false;
    await writer[Symbol.asyncDispose]();
  });
});
