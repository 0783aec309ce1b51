import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../../store/database.ts';
import { migrate } from '../../store/migrate.ts';
import { type Fact, type Noted, noteFact, whats } from './entry.ts';
import { pruneChronicle } from './prune.ts';
import { readEntries, readSpans, readStates, writeBatch } from './table.ts';

const emptied =
  'delete from castellan.chronicle; delete from castellan.chronicle_state; delete from castellan.chronicle_span';

const noon = new Date('2026-03-01T12:10:00Z');
const minutes = (count: number): Date => new Date(noon.getTime() + count * 60_000);
const ref = (kind: string, name: string, namespace = 'shop') => ({ group: '', kind, namespace, name });

function noted(more: Partial<Fact> = {}, at = noon): Noted {
  const fact: Fact = {
    what: 'oom',
    at,
    about: ref('Pod', 'web-1'),
    root: ref('Deployment', 'web'),
    text: 'killed',
    mark: '',
  };
  return noteFact({ ...fact, ...more }, at);
}

/** What is written and read of the chronicle, on a database with Castellan's schema. */
export function describeTable(name: string, open: () => Promise<Database>): void {
  describe(`the chronicle's table on ${name}`, () => {
    let database: Database;
    beforeAll(async () => {
      database = await open();
      await migrate(database, { build: 'test' });
    }, 60_000);
    afterAll(() => database[Symbol.asyncDispose]());
    beforeEach(async () => {
      await database.execute(emptied);
    });

    /** Until long after every test's now. */
    const following = {
      kind: 'pods',
      from: noon,
      to: new Date('2026-05-01T00:00:00Z'),
      version: '7',
      ended: undefined,
    };
    const write = (...entries: readonly Noted[]): Promise<void> =>
      writeBatch(database, 'lab', { entries, states: [], spans: [following] });
    const read = (more: Partial<Parameters<typeof readEntries>[1]> = {}) =>
      readEntries(database, {
        context: 'lab',
        since: minutes(-600),
        until: minutes(600),
        whats,
        limit: 100,
        ...more,
      });

    describe('the table', () => {
      it('counts up what it has, and keeps the first and the last time and the newest words', async () => {
        await write(noted({ detail: 'first' }));
        await write(noted({ count: 4, text: 'killed again', about: ref('Pod', 'web-2') }, minutes(20)));
        expect(await read()).toMatchObject([
          {
            count: 5,
            at: noon,
            last: minutes(20),
            text: 'killed again',
            about: { name: 'web-2' },
            root: { name: 'web' },
          },
        ]);
      });

      it('keeps apart what is another thing, another root, another hour, another cluster', async () => {
        await write(
          noted(),
          noted({ mark: 'sidecar' }),
          noted({ root: ref('Deployment', 'mail') }),
          noted({}, minutes(60)),
        );
        await writeBatch(database, 'elsewhere', { entries: [noted()], states: [], spans: [] });
        expect(await read()).toHaveLength(4);
        expect(await read({ context: 'elsewhere' })).toHaveLength(1);
      });

      it('gives what happened in a window, what began before it and went on in it included, newest first', async () => {
        await write(noted({ mark: 'a' }), noted({ mark: 'b' }, minutes(5)), noted({ mark: 'c' }, minutes(30)));
        await write(noted({ mark: 'a' }, minutes(45)));
        const found = await read({ since: minutes(20), until: minutes(40) });
        expect(found.map(({ last }) => last)).toEqual([minutes(45), minutes(30)]);
      });

      it('gives what is about some roots, by as much as is known of them', async () => {
        await write(
          noted(),
          noted({ root: ref('StatefulSet', 'web') }),
          noted({ root: ref('Deployment', 'web', 'post'), about: ref('Pod', 'web-9', 'post') }),
          noted({ root: ref('Deployment', 'mail'), what: 'restart' }),
        );
        const count = async (roots: Parameters<typeof readEntries>[1]['roots']) => (await read({ roots })).length;
        expect(await count([ref('Deployment', 'web')])).toBe(1);
        expect(await count([{ name: 'web' }])).toBe(3);
        expect(await count([{ name: 'web', namespace: 'shop' }])).toBe(2);
        expect(await count([{ kind: 'Deployment', name: 'web' }, ref('Deployment', 'mail')])).toBe(3);
        expect(await count([])).toBe(0);
        expect(await read({ whats: ['restart'] })).toHaveLength(1);
        expect(await read({ namespace: 'post' })).toHaveLength(1);
        expect(await read({ limit: 2 })).toHaveLength(2);
      });

      it('takes text for text', async () => {
        const hostile = `'); drop table castellan.chronicle; -- "quoted" \\ 🏰 {"a":1}`;
        await write(noted({ detail: hostile, text: hostile, mark: hostile }));
        expect(await read()).toMatchObject([{ text: hostile, count: 1 }]);
      });

      it('takes whatever others wrote', async () => {
        const text = fc.string({ unit: 'binary', maxLength: 60 });
        const hostile = fc.record({
          at: fc.oneof(fc.date({ noInvalidDate: false }), fc.constant(undefined)),
          ...{ detail: text, text, mark: text, reason: text },
          count: fc.oneof(fc.double(), fc.integer(), fc.constant(2 ** 31)),
          about: fc.record({ group: text, kind: text, namespace: text, name: text }),
        });
        const notice = async (facts: readonly Partial<Fact>[]): Promise<void> => {
          const entries = facts.map((fact) => noteFact({ ...noted(), ...fact }, noon));
          await write(...new Map(entries.map((entry) => [entry.key, entry])).values());
        };
        await notice([
          { detail: 'half \ud83d a character', text: 'a NUL \0 in it', at: new Date(Number.NaN), count: 1.5 },
        ]);
        await fc.assert(fc.asyncProperty(fc.array(hostile, { maxLength: 5 }), notice), { numRuns: 40 });
        expect((await read({ since: new Date(0) })).length).toBeGreaterThan(10);
      });

      it('writes all of a batch or nothing', async () => {
        const span = { kind: 'pods', from: noon, to: minutes(1), version: '7', ended: undefined };
        const state = { kind: 'pods', namespace: 'shop', name: 'web-1', state: { phase: 'Running' } };
        const broken = { ...noted(), count: 0 };
        const failing = writeBatch(database, 'lab', {
          entries: [noted({ mark: 'x' }), broken],
          states: [state],
          spans: [span],
        });
        await expect(failing).rejects.toMatchObject({ code: 'database-statement-refused' });
        expect(await read()).toEqual([]);
        expect(await readStates(database, 'lab')).toEqual([]);
        expect(await readSpans(database, 'lab')).toEqual([]);
      });

      it('keeps the last state of an object until it is gone, and how far a span has come', async () => {
        const state = (phase: string | undefined) => ({
          ...{ kind: 'pods', namespace: 'shop', name: 'web-1' },
          state: phase === undefined ? undefined : { phase },
        });
        const span = (to: Date, ended?: string) => ({ kind: 'pods', from: noon, to, version: '7', ended });
        const batch = (phase: string | undefined, to: Date, ended?: string) =>
          writeBatch(database, 'lab', { entries: [], states: [state(phase)], spans: [span(to, ended)] });
        await batch('Pending', minutes(1));
        await batch('Running', minutes(2));
        expect(await readStates(database, 'lab')).toEqual([state('Running')]);
        await batch(undefined, minutes(3), 'over');
        expect(await readStates(database, 'lab')).toEqual([]);
        expect(await readSpans(database, 'lab')).toEqual([span(minutes(3), 'over')]);
      });
    });

    describe('pruning', () => {
      const now = new Date('2026-04-01T00:00:00Z');
      const bounds = { days: 30, bytes: 1_000_000_000 };

      it('takes away what is older than its days', async () => {
        await write(noted({}, new Date('2026-03-01T00:00:00Z')), noted({}, new Date('2026-03-03T00:00:00Z')));
        await pruneChronicle(database, bounds, now);
        expect((await read({ until: now })).map(({ at }) => at)).toEqual([new Date('2026-03-03T00:00:00Z')]);
      });

      it('takes away the oldest where the rows are larger than may be, and no more than that', async () => {
        const many = Array.from({ length: 600 }, (_, index) =>
          noted({ mark: String(index), detail: 'x'.repeat(400) }, new Date(now.getTime() - index * 60_000)),
        );
        await write(...many);
        const size = async (): Promise<number> => {
          const [row] = await database.query<{ bytes: number }>(
            'select coalesce(sum(pg_column_size(c.*)), 0)::int8 as bytes from castellan.chronicle c',
          );
          return row?.bytes ?? 0;
        };
        const before = await size();
        const bytes = Math.floor(before / 2);
        await pruneChronicle(database, { days: 30, bytes }, now);
        const after = await size();
        expect(after).toBeLessThanOrEqual(bytes);
        expect(after).toBeGreaterThan(bytes * 0.8);
        const left = await read({ since: new Date(0), until: now, limit: 1_000 });
        const times = left.map(({ at }) => at.getTime());
        expect(Math.max(...times)).toBe(now.getTime());
        expect(Math.min(...times)).toBe(now.getTime() - (left.length - 1) * 60_000);
        // Nobody is told that what was taken away was never there.
        const [{ from } = following] = await readSpans(database, 'lab');
        expect(Math.min(...times) - from.getTime()).toBeGreaterThanOrEqual(0);
        expect(Math.min(...times) - from.getTime()).toBeLessThanOrEqual(60_000);
        await pruneChronicle(database, { days: 30, bytes }, now);
        expect(await size()).toBe(after);
      });

      it('leaves no file that only grows', async () => {
        // A server does this by itself, in its own time.
        if (database.kind !== 'embedded') return;
        const [first] = await database.query<{ size: number }>(
          `select pg_relation_size('castellan.chronicle') as size`,
        );
        for (let round = 0; round < 5; round += 1) {
          await write(
            ...Array.from({ length: 300 }, (_, index) => noted({ mark: `${round} ${index}`, detail: 'x'.repeat(300) })),
          );
          await database.execute(emptied);
          await pruneChronicle(database, bounds, now);
        }
        const [last] = await database.query<{ size: number }>(`select pg_relation_size('castellan.chronicle') as size`);
        expect(last?.size ?? 0).toBeLessThanOrEqual((first?.size ?? 0) + 400_000);
      });
    });
  });
}
