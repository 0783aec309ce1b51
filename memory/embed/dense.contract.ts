import { describe, expect, it } from 'vitest';
import type { Database } from '../../src/store/database.ts';
import { noise } from './embedder.fixture.ts';
import { describeMoods } from './moods.contract.ts';
import { riddles, table } from './riddles.fixture.ts';
import { DenseScene, impatient, type Logged, model, signal, untilState, whenReady } from './scene.fixture.ts';
import { describeShare } from './share.contract.ts';

/** What the dense leg does, against the embedded database and a real server with pgvector. */
export function describeDense(name: string, open: () => Promise<Database>): void {
  describe(`the dense leg on ${name}`, () => {
    const scene = new DenseScene(open).use();
    describeShare(scene);
    describeMoods(scene);

    it('finds by meaning, and only on the shelves it is given', async () => {
      const [mine, theirs] = [await scene.rows.shelf('human:robin'), await scene.rows.shelf('human:kim')];
      const corpus = await scene.rows.corpus('runbooks');
      const [word, same] = table[3] ?? [];
      const near = await scene.rows.memory(mine, `the ${word} hums`);
      await scene.rows.memory(mine, `the ${table[9]?.[0]} sleeps`);
      const hidden = await scene.rows.memory(theirs, `the ${word} of another`);
      const section = await scene.rows.section(corpus, 'a.md', String(word), 'how it is mended');
      const leg = scene.dense();
      expect(await whenReady(leg)).toMatchObject({ model, dimension: 64, embedded: 4, total: 4, index: 'exact' });
      expect(await scene.found(leg, `${same}`, [mine], 1)).toEqual([near]);
      expect(await scene.found(leg, `${same}`, [mine])).toHaveLength(2);
      expect(await scene.found(leg, `${same}`, [theirs])).toEqual([hidden]);
      expect(await scene.found(leg, `${same}`, [corpus])).toEqual([section]);
      expect(await scene.found(leg, `${same}`, [])).toEqual([]);
      const allowed = new Map([[mine, new Set([near])]]);
      const only = await leg.nearest('anything', { shelves: [mine, theirs], allowed, limit: 5, signal });
      expect(only?.map(({ item }) => item)).toEqual([near]);
      expect(only?.[0]?.similarity).toBeGreaterThanOrEqual(-1);
    });

    it('sends nothing that is sensitive or deleted, and takes its vectors out', async () => {
      const shelf = await scene.rows.shelf('human:robin');
      await scene.rows.sensitive(shelf, 'canary-of-a-sealed-one');
      await scene.rows.remove(await scene.rows.memory(shelf, 'canary-of-a-deleted-one'));
      const [turning = 0, going = 0, staying = 0] = await scene.rows.memories(shelf, ['one', 'two', 'three']);
      const leg = scene.dense();
      await whenReady(leg);
      await scene.rows.seal(turning);
      await scene.rows.remove(going);
      // At once, though nobody has swept yet.
      expect(await scene.found(leg, 'one', [shelf])).toEqual([staying]);
      await whenReady(leg);
      expect(await scene.rows.vectors()).toEqual([{ shelf, item: staying }]);
      expect(scene.server.received).not.toMatch(/canary/);
      expect(scene.server.received).toContain('three');
    });

    it.each(['away', 'not configured any more'])('takes them out also when the endpoint is %s', async (why) => {
      const shelf = await scene.rows.shelf('human:robin');
      const [turning = 0, staying = 0] = await scene.rows.memories(shelf, ['one', 'two']);
      const first = scene.dense();
      await whenReady(first);
      await first[Symbol.asyncDispose]();
      scene.server.mood = 'broken';
      const leg = scene.dense(why === 'away' ? {} : { embedding: null });
      await scene.rows.seal(turning);
      leg.wake();
      await expect.poll(() => scene.rows.vectors()).toEqual([{ shelf, item: staying }]);
    });

    it('does not find an entry where it no longer lies', async () => {
      const [open_, closed] = [await scene.rows.shelf('human:robin', 'public'), await scene.rows.shelf('human:robin')];
      const id = await scene.rows.memory(open_, 'it was for everybody');
      const leg = scene.dense();
      await whenReady(leg);
      await scene.rows.moveTo(id, closed);
      expect(await scene.found(leg, 'everybody', [open_])).toEqual([]);
      leg.wake();
      await expect.poll(() => scene.rows.vectors()).toEqual([{ shelf: closed, item: id }]);
      expect(await scene.found(leg, 'everybody', [closed])).toEqual([id]);
    });

    it('redacts what it sends: entries, questions and texts to be ranked', async () => {
      const shelf = await scene.rows.shelf('human:robin');
      await scene.rows.memory(shelf, 'the door code is hunter2', 'hunter2');
      const leg = scene.dense({
        redact: (text) => ({ text: text.replaceAll('hunter2', '«redacted»'), counts: {} }),
        embedding: { rerank: { kind: 'tei', url: scene.server.url, model: undefined } },
      });
      await whenReady(leg);
      await scene.found(leg, 'what is hunter2', [shelf]);
      await leg.rerank('is it hunter2', ['maybe hunter2'], signal);
      expect(scene.server.received).not.toContain('hunter2');
      expect(scene.server.received.match(/«redacted»/g)).toHaveLength(5);
    });

    it('embeds again what changed, and nothing else', async () => {
      const shelf = await scene.rows.shelf('human:robin');
      const [id = 0] = await scene.rows.memories(shelf, ['first words', 'other words']);
      const leg = scene.dense();
      await whenReady(leg);
      const before = scene.server.embedded.length;
      await scene.rows.rewrite(id, 'later words');
      leg.wake();
      await expect.poll(() => scene.server.embedded.slice(before)).toEqual(['search_document: \nlater words']);
    });

    it('is shared by two daemons without doing anything twice', async () => {
      const shelf = await scene.rows.shelf('human:robin');
      await scene.rows.memories(
        shelf,
        Array.from({ length: 200 }, (_, number) => `entry ${number} of many`),
      );
      scene.server.before = () => new Promise((resolve) => setTimeout(resolve, 30));
      const [one, other] = [scene.dense(), scene.dense()];
      await Promise.all([whenReady(one), whenReady(other)]);
      const entries = scene.server.embedded.filter((text) => /\nentry \d+ of many$/.test(text));
      expect(new Set(entries).size).toBe(200);
      // Once each, but for the three that a daemon embeds again to see whether the model is the same.
      expect(entries.length).toBeLessThanOrEqual(206);
    });

    it('goes on where it was abandoned', async () => {
      const shelf = await scene.rows.shelf('human:robin');
      await scene.rows.memories(
        shelf,
        Array.from({ length: 150 }, (_, number) => `entry ${number}`),
      );
      // The endpoint gives some, and then no more until the first one is gone.
      const gone = Promise.withResolvers<void>();
      scene.server.before = () => (scene.server.embedded.length < 40 ? Promise.resolve() : gone.promise);
      const first = scene.dense();
      first.wake();
      await untilState(first, ({ embedded }) => embedded >= 32);
      await first[Symbol.asyncDispose]();
      gone.resolve();
      const done = (await scene.rows.vectors()).length;
      expect(done).toBeLessThan(150);
      // What a process leaves that was killed: rows it had claimed, and a twin that was growing.
      const [last] = await scene.database.query<{ id: number }>('select max(id) as id from castellan.embedding_model');
      await scene.database.query(
        `insert into castellan.vector_${last?.id}_claim select $1, id, now() + interval '1 second' from castellan.memory on conflict do nothing`,
        [shelf],
      );
      await scene.database.execute(`create table castellan.vector_${last?.id}_indexed (shelf int4)`);
      const before = scene.server.embedded.length;
      expect(await whenReady(scene.dense({ tuning: { indexFrom: 100 } }))).toMatchObject({ embedded: 150 });
      await expect.poll(() => scene.dense().standing()).toMatchObject({ index: 'hnsw' });
      const again = scene.server.embedded.slice(before).filter((text) => /\nentry \d+$/.test(text));
      expect(again.length).toBeLessThanOrEqual(150 - done + 3);
    });

    it('asks the old model until the new one has caught up, then drops it', async () => {
      const shelf = await scene.rows.shelf('human:robin');
      const ids = await scene.rows.memories(shelf, riddles.slice(0, 12));
      await whenReady(scene.dense());
      scene.server.models.set('other-model', (text) => [...noise(text, 'other'), 1, 2]);
      let held: (() => void) | undefined;
      const hold = new Promise<void>((resolve) => {
        held = resolve;
      });
      scene.server.before = async () =>
        scene.server.texts.at(-1)?.some((text) => text.includes('um')) &&
        scene.server.received.split('\n').at(-2)?.includes('other-model')
          ? hold
          : undefined;
      const leg = scene.dense({ embedding: { model: 'other-model' }, tuning: { batchTimeoutMs: 20_000 } });
      leg.wake();
      await untilState(leg, ({ dimension, next }) => dimension === 64 && next === 'other-model');
      await expect.poll(() => scene.found(leg, riddles[4] ?? '', [shelf], 1)).toEqual([ids[4]]);
      expect(await leg.standing()).toMatchObject({
        state: 'filling',
        model,
        next: 'other-model',
        embedded: 0,
        total: 12,
      });
      held?.();
      expect(await whenReady(leg)).toMatchObject({ model: 'other-model', next: undefined, dimension: 66 });
      expect(await scene.found(leg, `\n${riddles[4]}`, [shelf], 1)).toEqual([ids[4]]);
      const left = await scene.database.query(`select relname from pg_class where relname ~ '^vector_\\d+$'`);
      expect(left).toHaveLength(1);
      expect(await scene.database.query('select active from castellan.embedding_model')).toEqual([{ active: true }]);
    });

    it.each([
      ['is gone from the endpoint', (): void => void scene.server.models.delete(model)],
      [
        'is another one under the old name',
        (): void => void scene.server.models.set(model, (text) => noise(text, 'imposter')),
      ],
    ])('is lexical during a switch when the old model %s', async (_, change) => {
      const shelf = await scene.rows.shelf('human:robin');
      await scene.rows.memories(shelf, riddles.slice(0, 12));
      await whenReady(scene.dense());
      change();
      scene.server.models.set('other-model', (text) => noise(text, 'other'));
      let held: (() => void) | undefined;
      const hold = new Promise<void>((resolve) => {
        held = resolve;
      });
      scene.server.before = async () => ((scene.server.texts.at(-1)?.length ?? 0) > 3 ? hold : undefined);
      const leg = scene.dense({ embedding: { model: 'other-model' }, tuning: { batchTimeoutMs: 20_000 } });
      leg.wake();
      await expect
        .poll(() => scene.server.texts.some((texts) => texts.length > 3 && scene.server.texts.indexOf(texts) > 1))
        .toBe(true);
      expect(await scene.found(leg, riddles[4] ?? '', [shelf])).toBeUndefined();
      held?.();
      await whenReady(leg);
      expect(await scene.found(leg, riddles[4] ?? '', [shelf])).toHaveLength(5);
    });

    it('makes all vectors anew when another model answers to the same name', async () => {
      const shelf = await scene.rows.shelf('human:robin');
      const ids = await scene.rows.memories(shelf, riddles.slice(0, 12));
      await whenReady(scene.dense());
      scene.server.models.set(model, (text) => noise(text.replace(/^\w+: \n?/, ''), 'new release'));
      const log: Logged[] = [];
      const leg = scene.dense({ log });
      leg.wake();
      await expect.poll(() => log.map(({ message }) => message)).toEqual(['embedding.changed']);
      await whenReady(leg);
      expect(await scene.found(leg, riddles[7] ?? '', [shelf], 1)).toEqual([ids[7]]);
    });

    it('makes all vectors anew when it is asked to, and tells how far it is', async () => {
      const shelf = await scene.rows.shelf('human:robin');
      await scene.rows.memories(
        shelf,
        Array.from({ length: 70 }, (_, number) => `entry ${number}`),
      );
      const leg = scene.dense();
      await whenReady(leg);
      const told: string[] = [];
      expect(await leg.reembed((done, total) => told.push(`${done}/${total}`), signal)).toEqual({ embedded: 70 });
      expect(told).toEqual(['32/70', '64/70', '70/70', '70/70']);
      expect(await leg.standing()).toMatchObject({ state: 'ready', embedded: 70 });
      scene.server.mood = 'broken';
      await expect(leg.reembed(() => undefined, signal)).rejects.toMatchObject({ code: 'embedding-failed' });
      // What was there is still asked.
      scene.server.mood = 'well';
    });

    it('leaves out the one text that is refused, and embeds the rest', async () => {
      const shelf = await scene.rows.shelf('human:robin');
      const contents = Array.from({ length: 120 }, (_, number) => `entry ${number}`);
      await scene.rows.memories(shelf, [...contents, 'it begins well enough and goes too far']);
      scene.server.tooLong = 'far';
      const leg = scene.dense({ embedding: { provider: 'openai' } });
      leg.wake();
      // Cut to a half it says nothing of `far` any more.
      expect(await untilState(leg, ({ state }) => state === 'ready')).toMatchObject({ total: 121 });
      scene.server.tooLong = 'f';
      await scene.rows.memory(shelf, 'ffffffffffffff');
      leg.wake();
      await expect.poll(async () => (await leg.standing()).total).toBe(122);
      await expect.poll(() => scene.server.embedded.filter((text) => text.includes('fff')).length).toBe(3);
      const asked = scene.server.embedded.length;
      leg.wake();
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(scene.server.embedded.length).toBe(asked);
      expect(await leg.standing()).toMatchObject({ state: 'ready', embedded: 121 });
    });

    it('grows an index when there are many, and finds the same with it', async () => {
      const shelf = await scene.rows.shelf('human:robin');
      const other = await scene.rows.shelf('human:kim');
      await scene.rows.memories(
        shelf,
        Array.from({ length: 300 }, (_, number) => `entry ${number} ${riddles[number % 64]}`),
      );
      await scene.rows.memories(other, riddles);
      const exact = scene.dense();
      await whenReady(exact);
      const questions = riddles.slice(0, 10);
      const before = await Promise.all(questions.map((question) => scene.found(exact, question, [shelf], 10)));
      const leg = scene.dense({ tuning: { indexFrom: 200, exactUpTo: 20 } });
      leg.wake();
      await untilState(leg, ({ index }) => index === 'hnsw');
      const after = await Promise.all(questions.map((question) => scene.found(leg, question, [shelf], 10)));
      const hits = after.flatMap((items, at) => items?.filter((item) => before[at]?.includes(item)) ?? []);
      expect(hits.length).toBeGreaterThanOrEqual(95);
      const some = new Set((before[0] ?? []).slice(3));
      const allowed = new Map([[shelf, new Set([...some])]]);
      const filtered = await leg.nearest(questions[0] ?? '', { shelves: [shelf], allowed, limit: 10, signal });
      expect(new Set(filtered?.map(({ item }) => item))).toEqual(some);
      const late = await scene.rows.memory(shelf, 'the one that came late');
      leg.wake();
      await expect.poll(() => scene.rows.vectors()).toHaveLength(365);
      expect(await scene.found(leg, 'the one that came late', [shelf], 400)).toContain(late);
    });

    it('keeps one set of connections, however much is asked', async () => {
      const shelf = await scene.rows.shelf('human:robin');
      await scene.rows.memory(shelf, 'entry');
      const leg = scene.dense();
      await whenReady(leg);
      await Promise.all(Array.from({ length: 40 }, () => scene.found(leg, 'entry', [shelf])));
      expect(scene.server.connections).toBeLessThanOrEqual(4);
    });

    it('may be woken inside a transaction', async () => {
      const shelf = await scene.rows.shelf('human:robin');
      const log: Logged[] = [];
      const leg = scene.dense({ log });
      await scene.database.transaction(async (transaction) => {
        leg.wake();
        await new Promise((resolve) => setTimeout(resolve, 20));
        await transaction.query('select 1');
      });
      await scene.rows.memory(shelf, 'entry');
      await whenReady(leg);
      expect(log).toEqual([]);
    });

    it('says what is missing without pgvector, and asks nobody', async () => {
      const leg = scene.dense({ features: { vector: false } });
      leg.wake();
      expect(await leg.standing()).toMatchObject({ state: 'unsupported', reason: 'this database has no pgvector' });
      expect(await leg.nearest('x', { shelves: [1], limit: 1, signal })).toBeUndefined();
      await expect(leg.reembed(() => undefined, signal)).rejects.toMatchObject({ code: 'embedding-failed' });
      expect(scene.server.paths).toEqual([]);
    });

    it('leaves when its caller does', async () => {
      const shelf = await scene.rows.shelf('human:robin');
      await scene.rows.memory(shelf, 'entry');
      const leg = scene.dense({ tuning: { ...impatient, queryBudgetMs: 20_000 } });
      await whenReady(leg);
      scene.server.mood = 'hanging';
      const leaving = new AbortController();
      const asked = leg.nearest('entry', { shelves: [shelf], limit: 1, signal: leaving.signal });
      setTimeout(() => leaving.abort(new Error('gone')), 20);
      await expect(asked).rejects.toThrow('gone');
      expect((await leg.standing()).state).toBe('ready');
    });
  });
}
