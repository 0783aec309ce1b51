import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database, Queryable } from './database.ts';
import { sqlStateOf } from './errors.ts';

/** What every Database does, run against the embedded one and against a real server. */
export function describeDatabase(name: string, open: () => Promise<Database>): void {
  describe(`the Database port on ${name}`, () => {
    let database: Database;

    // A new embedded database takes seconds, and longer on a busy machine.
    beforeAll(async () => {
      database = await open();
      await database.execute('create schema contract');
    }, 60_000);
    afterAll(async () => {
      await database.execute('drop schema contract cascade');
      await database[Symbol.asyncDispose]();
    });
    beforeEach(() =>
      database.execute(
        'drop table if exists contract.item; create table contract.item (id int8 primary key, note text)',
      ),
    );

    const notes = async (on: Queryable = database): Promise<readonly string[]> =>
      (await on.query<{ note: string }>('select note from contract.item order by id')).map(({ note }) => note);
    const add = (on: Queryable, id: number, note: string): Promise<readonly object[]> =>
      on.query('insert into contract.item values ($1, $2)', [id, note]);

    describe('values', () => {
      const readBack = async (value: unknown, type: string): Promise<unknown> =>
        (await database.query<{ value: unknown }>(`select $1::${type} as value`, [value]))[0]?.value;

      it.each<[string, unknown, unknown]>([
        ['bool', true, true],
        ['int4', 7, 7],
        ['int8', 9_007_199_254_740_991, 9_007_199_254_740_991],
        ['int8', 12n, 12],
        ['float8', 0.1, 0.1],
        ['float8', -1.5e300, -1.5e300],
        ['numeric', '12345678901234567890.10', '12345678901234567890.10'],
        ['text', 'a "quoted" \\ naïve 🏰\nline', 'a "quoted" \\ naïve 🏰\nline'],
        ['text', '', ''],
        ['text', null, null],
        ['uuid', '9f0c1f0e-8d8e-4d7a-9b53-0d6b5f6f2a11', '9f0c1f0e-8d8e-4d7a-9b53-0d6b5f6f2a11'],
        ['date', '2026-02-28', '2026-02-28'],
        ['interval', '90 minutes', '01:30:00'],
        ['timestamptz', new Date('2026-02-28T23:59:59.123Z'), new Date('2026-02-28T23:59:59.123Z')],
        ['timestamptz', '2026-02-28 12:00:00+05:30', new Date('2026-02-28T06:30:00Z')],
        ['bytea', Uint8Array.of(0, 1, 254, 255), Uint8Array.of(0, 1, 254, 255)],
        ['jsonb', { a: [1, { b: null }], c: 'd' }, { a: [1, { b: null }], c: 'd' }],
        ['jsonb', '[1,"two"]', [1, 'two']],
        ['text[]', ['a', 'b,c', '"', '\\', '', 'NULL', '{}', null], ['a', 'b,c', '"', '\\', '', 'NULL', '{}', null]],
        ['text[]', [], []],
        [
          'int4[]',
          [
            [1, 2],
            [3, 4],
          ],
          [
            [1, 2],
            [3, 4],
          ],
        ],
        ['int8[]', [1, null], [1, null]],
        ['bool[]', [true, false], [true, false]],
        ['bytea[]', [Uint8Array.of(1)], [Uint8Array.of(1)]],
        ['timestamptz[]', [new Date(0)], [new Date(0)]],
        ['jsonb[]', [{ a: 'x"y' }], [{ a: 'x"y' }]],
      ])('%s comes back as it was given (sample %#)', async (type, value, expected) => {
        expect(await readBack(value, type)).toEqual(expected);
      });

      it('counts are numbers', async () => {
        expect(await database.query('select count(*) as rows from contract.item')).toEqual([{ rows: 0 }]);
      });

      it('an int8 that a number cannot hold is an error, never rounded', async () => {
        await expect(database.query(`select '9007199254740993'::int8 as value`)).rejects.toMatchObject({
          code: 'database-value-unreadable',
        });
        expect(await notes()).toEqual([]);
      });

      it('undefined is refused as a parameter', async () => {
        await expect(database.query('select $1::text', [undefined])).rejects.toThrow();
        expect(await notes()).toEqual([]);
      });
    });

    describe('statements', () => {
      it('query takes one statement only, so that nothing can be appended to it', async () => {
        await expect(database.query('select 1; drop table contract.item')).rejects.toMatchObject({
          code: 'database-statement-refused',
        });
        expect(await notes()).toEqual([]);
      });

      it('execute runs several and returns the rows of every one', async () => {
        expect(
          await database.execute(
            `begin; insert into contract.item values (1, 'one') returning id; commit; select 2 as two`,
          ),
        ).toEqual([{ id: 1 }, { two: 2 }]);
        expect(await notes()).toEqual(['one']);
      });

      it('a transaction that fails or stays open inside execute does not reach the next statement', async () => {
        await expect(
          database.execute(`begin; insert into contract.item values (1, 'lost'); select 1/0; commit`),
        ).rejects.toMatchObject({ code: 'database-statement-refused' });
        await database.execute(`begin; insert into contract.item values (2, 'left open')`);
        expect(await notes()).toEqual([]);
      });

      it('an error says its SQLSTATE and not a word of the statement, its values or the driver', async () => {
        const value = `value-${crypto.randomUUID()}`;
        await add(database, 1, value);
        const error = await add(database, 1, value).catch((reason: unknown) => reason);
        expect(error).toMatchObject({ code: 'database-statement-refused', audience: 'operator' });
        expect(sqlStateOf(error)).toBe('23505');
        expect((error as Error).message).not.toMatch(/item|duplicate|Key|insert/i);
        expect((error as Error).message).not.toContain(value);
      });

      it('stays usable after an error', async () => {
        await expect(database.query('select nonsense')).rejects.toThrow();
        await add(database, 1, 'fine');
        expect(await notes()).toEqual(['fine']);
      });
    });

    describe('transactions', () => {
      it('commit when the work resolves, and hand its result back', async () => {
        const result = await database.transaction(async (transaction) => {
          await add(transaction, 1, 'one');
          await transaction.execute(
            `insert into contract.item values (2, 'two'); insert into contract.item values (3, 'three')`,
          );
          return notes(transaction);
        });
        expect(result).toEqual(['one', 'two', 'three']);
        expect(await notes()).toEqual(result);
      });

      it('roll back when the work rejects, with its own error', async () => {
        const reason = new Error('changed my mind');
        await expect(
          database.transaction(async (transaction) => {
            await add(transaction, 1, 'one');
            throw reason;
          }),
        ).rejects.toBe(reason);
        expect(await notes()).toEqual([]);
      });

      it('never pass for committed when a statement in them failed and the failure was passed over', async () => {
        await expect(
          database.transaction(async (transaction) => {
            await add(transaction, 1, 'one');
            await transaction.query('select 1/0').catch(() => undefined);
          }),
        ).rejects.toMatchObject({ code: 'database-statement-refused' });
        expect(await notes()).toEqual([]);
      });

      it('refuse a query beside them at once instead of waiting for themselves', async () => {
        await expect(database.transaction(() => notes(database))).rejects.toMatchObject({
          code: 'database-query-beside-transaction',
        });
        await expect(database.transaction(() => database.transaction(async () => 1))).rejects.toMatchObject({
          code: 'database-query-beside-transaction',
        });
        expect(await notes()).toEqual([]);
      });

      it('let others wait their turn and see only what was committed', async () => {
        const entered = Promise.withResolvers<void>();
        const leave = Promise.withResolvers<void>();
        const work = database.transaction(async (transaction) => {
          await add(transaction, 1, 'one');
          entered.resolve();
          await leave.promise;
        });
        await entered.promise;
        const outside = add(database, 2, 'two');
        leave.resolve();
        await Promise.all([work, outside]);
        expect(await notes()).toEqual(['one', 'two']);
      });

      it('let work they left behind query once they are over', async () => {
        const over = Promise.withResolvers<void>();
        let later: Promise<readonly string[]> | undefined;
        await database.transaction(async (transaction) => {
          await add(transaction, 1, 'one');
          later = over.promise.then(() => notes());
        });
        over.resolve();
        expect(await later).toEqual(['one']);
      });

      it('take no statement after their end', async () => {
        const kept = await database.transaction(async (transaction) => transaction);
        await expect(notes(kept)).rejects.toMatchObject({ code: 'database-closed' });
      });

      it('hold an advisory lock to their end', async () => {
        const key = 4_711;
        const order: string[] = [];
        await Promise.all(
          ['a', 'b', 'c'].map((name) =>
            database.transaction(async (transaction) => {
              await transaction.query('select pg_advisory_xact_lock($1)', [key]);
              order.push(`${name} in`);
              await add(transaction, order.length, name);
              order.push(`${name} out`);
            }),
          ),
        );
        expect(order.map((entry) => entry.split(' ')[1])).toEqual(['in', 'out', 'in', 'out', 'in', 'out']);
      });
    });

    it('many at once all get their own answer', async () => {
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, index) => database.query('select $1::int4 as index', [index])),
      );
      expect(answers.flat()).toEqual(Array.from({ length: 50 }, (_, index) => ({ index })));
    });
  });

  describe(`closing ${name}`, () => {
    it('lets what was asked before finish, refuses what comes after, and may be done twice', async () => {
      const database = await open();
      const before = database.query('select 1 as one');
      await Promise.all([before, database[Symbol.asyncDispose]()]);
      expect(await before).toEqual([{ one: 1 }]);
      await expect(database.query('select 1')).rejects.toMatchObject({ code: 'database-closed' });
      await database[Symbol.asyncDispose]();
    });
  });
}
