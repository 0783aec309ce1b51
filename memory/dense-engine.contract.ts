import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRedactor } from '../src/redaction/index.ts';
import type { Database } from '../src/store/database.ts';
import { type Features, probeFeatures } from '../src/store/features.ts';
import { standardCategories } from './categories.ts';
import { EmbedderServer, type Meaning, type Mood } from './embed/embedder.fixture.ts';
import type { DenseStanding } from './embed/port.ts';
import { riddles, table } from './embed/riddles.fixture.ts';
import type { Memory, Recalled } from './engine.ts';
import type { Actor } from './entry.ts';
import { openMemory } from './open.ts';

/**
 * The dense leg, from the endpoint to the answer: the whole engine with an embedder over real HTTP. A good one finds what words do not;
 * whatever a bad one does, the answer is the one that words alone give.
 */
const by: Actor = { human: 'human:robin', agent: 'agent:claude' };

/** What each entry says, and a question that means it and shares no word with it. */
const sayings = [
  ['The boiler loses pressure whenever a radiator is bled.', 'furnace drops force, heater'],
  ['Chickens escape through the hedge near our shed.', 'hens, bushes, hut'],
  ['The router forgets its timetable after an outage.', 'gateway schedule blackout'],
  ['Our car refuses to charge below freezing.', 'vehicle will not load in frost'],
  ['The carpenter repairs the staircase each spring.', 'joiner mends steps'],
  ['A cat sleeps on the amplifier, which is warm.', 'kitten dozes, booster'],
  ['Invoices of the plumber go to an accountant.', 'bills by pipefitter, bookkeeper'],
  ['The drill lives in the attic beside suitcases.', 'borer, loft, luggage'],
] as const;
const synonyms = [
  ['boiler', 'furnace'],
  ['pressure', 'force'],
  ['radiator', 'heater'],
  ['chickens', 'hens'],
  ['hedge', 'bushes'],
  ['shed', 'hut'],
  ['router', 'gateway'],
  ['timetable', 'schedule'],
  ['outage', 'blackout'],
  ['car', 'vehicle'],
  ['charge', 'load'],
  ['freezing', 'frost'],
  ['carpenter', 'joiner'],
  ['repairs', 'mends'],
  ['staircase', 'steps'],
  ['cat', 'kitten'],
  ['sleeps', 'dozes'],
  ['amplifier', 'booster'],
  ['invoices', 'bills'],
  ['plumber', 'pipefitter'],
  ['accountant', 'bookkeeper'],
  ['drill', 'borer'],
  ['attic', 'loft'],
  ['suitcases', 'luggage'],
];

const dimension = 256;
const seeded = (text: string): readonly number[] =>
  [...createHash('shake256', { outputLength: dimension }).update(text).digest()].map((byte) => byte / 127.5 - 1);
const conceptOf = new Map(
  [...table, ...synonyms].flatMap((words, row) => words.map((word) => [word, `concept ${row}`] as const)),
);
/** Knows what words mean, and nothing else. */
const wise: Meaning = (text) => {
  const known = (text.toLowerCase().match(/\p{L}+/gu) ?? []).flatMap((word) => conceptOf.get(word) ?? []);
  return known.length === 0
    ? seeded('nothing known')
    : known.map(seeded).reduce((sum, vector) => sum.map((value, at) => value + (vector[at] ?? 0)));
};
const random: Meaning = (text) => seeded(text);
const constant: Meaning = () => new Array<number>(dimension).fill(1);
/** The farther in truth, the nearer it says. */
const upsideDown: Meaning = (text, kind) =>
  kind === 'query' ? wise(text, kind).map((value) => -value) : wise(text, kind);

const questions = [
  ...sayings.map(([, asked]) => asked),
  ...sayings.map(([said]) => said.split(' ').slice(1, 4).join(' ')),
  ...riddles.slice(0, 6).map((riddle) => riddle.split(' ').slice(0, 4).join(' ')),
  'boiler furnace',
  'what does the cat do with the drill',
  'nothing anybody wrote of',
];

export function describeDenseEngine(name: string, open: () => Promise<Database>): void {
  describe(`meaning through the whole engine on ${name}`, () => {
    let database: Database;
    let features: Features;
    let server: EmbedderServer;
    let ids: readonly number[];
    let entries = 0;
    const opened: Memory[] = [];

    const engine = (model: string | undefined, change: Partial<Features> = {}): Memory => {
      const memory = openMemory({
        database,
        features: { ...features, ...change },
        redact: createRedactor().agentText,
        sealer: undefined,
        embedding:
          model === undefined
            ? undefined
            : {
                provider: 'ollama',
                url: server.url,
                model,
                apiKey: undefined,
                dimensions: undefined,
                rerank: undefined,
              },
        categories: standardCategories,
        defaultVisibility: 'private',
        now: () => new Date('2026-06-01T12:00:00Z'),
        log: { warn: () => undefined },
      });
      opened.push(memory);
      return memory;
    };
    const ask = (memory: Memory, query: string): Promise<Recalled> =>
      memory.recall({ query, limit: 20, room: 100_000 }, by, AbortSignal.timeout(30_000));
    const refs = ({ hits }: Recalled): readonly string[] => hits.map(({ ref }) => ref);
    /** Every word of every answer but the notes, which say why there is no dense leg. */
    const answers = async (memory: Memory): Promise<readonly string[]> => {
      const all: string[] = [];
      for (const query of questions) {
        const { notes: _, ...answer } = await ask(memory, query);
        all.push(JSON.stringify(answer));
      }
      return all;
    };
    const until = (memory: Memory, wanted: (standing: DenseStanding) => boolean): Promise<void> =>
      expect.poll(async () => wanted(await memory.dense.standing()), { timeout: 60_000, interval: 50 }).toBe(true);
    const ready = (memory: Memory, model: string): Promise<void> =>
      until(memory, (now) => now.state === 'ready' && now.model === model && now.embedded === now.total);

    beforeAll(async () => {
      database = await open();
      features = await probeFeatures(database);
      server = await EmbedderServer.start({});
      const words = engine(undefined);
      ids = (
        await words.storeAll(
          [...sayings.map(([content]) => ({ content })), ...riddles.map((content) => ({ content }))],
          by,
        )
      ).map((one) => (one.outcome === 'refused' ? -1 : one.id));
      expect(ids.every((id) => id > 0)).toBe(true);
      // Some riddles are the same.
      entries = new Set(ids).size;
      await close();
      await server[Symbol.asyncDispose]();
    }, 60_000);
    beforeEach(async () => {
      server = await EmbedderServer.start({
        wise,
        random,
        constant,
        'nomic-embed-text-upside-down': upsideDown,
        other: wise,
      });
    });
    const close = async (): Promise<void> => {
      for (const one of opened.splice(0)) await one[Symbol.asyncDispose]();
    };
    afterEach(async () => {
      await close();
      await server[Symbol.asyncDispose]();
    });
    afterAll(() => database[Symbol.asyncDispose]());

    it('finds what was said in other words, says so, and loses nothing that words find', async () => {
      const words = engine(undefined);
      const both = engine('wise');
      await ready(both, 'wise');
      const { share } = await both.dense.standing();
      expect(share).toBeGreaterThan(0);
      const found = { byWords: 0, byBoth: 0 };
      for (const [at, [said, other]] of sayings.entries()) {
        const wanted = `m${ids[at]}`;
        if (
          refs(await ask(words, other))
            .slice(0, 3)
            .includes(wanted)
        )
          found.byWords += 1;
        const answer = await ask(both, other);
        expect(answer.mode).toBe('hybrid');
        const hit = answer.hits.slice(0, 3).find(({ ref }) => ref === wanted);
        if (hit !== undefined) found.byBoth += 1;
        if (hit !== undefined) expect(hit.why.legs.dense).toBeGreaterThan(0.5);
        // In its own words it is first with either.
        expect(refs(await ask(words, said))[0]).toBe(wanted);
        expect(refs(await ask(both, said))[0]).toBe(wanted);
      }
      expect(found.byWords).toBeLessThanOrEqual(1);
      expect(found.byBoth).toBe(sayings.length);
    }, 120_000);

    it.each(['random', 'constant', 'nomic-embed-text-upside-down'])(
      'answers as by words alone, to the byte, when the embedder is %s',
      async (model) => {
        const words = await answers(engine(undefined));
        const memory = engine(model);
        await ready(memory, model);
        expect(await memory.dense.standing()).toMatchObject({ share: 0, calibratedOn: entries });
        expect(await answers(memory)).toEqual(words);
        expect((await ask(memory, 'boiler')).notes.map(({ text }) => text)).toEqual([
          'found by words alone: embeddings did not do better than words on these entries',
        ]);
      },
      120_000,
    );

    it.each<Mood>(['broken', 'forbidden', 'hanging', 'nan', 'not-json', 'redirecting', 'zero', 'mixed-dimensions'])(
      'answers as by words alone, and says that it does, when the endpoint is %s from the beginning',
      async (mood) => {
        const words = await answers(engine(undefined));
        server.models.set(`never-${mood}`, wise);
        server.mood = mood;
        const memory = engine(`never-${mood}`);
        expect(await answers(memory)).toEqual(words);
        const { mode, notes } = await ask(memory, 'boiler');
        expect([mode, notes.length]).toEqual(['lexical', 1]);
        expect(notes[0]?.text).toMatch(/^found by words alone: /);
        // Nothing of a store fails for it either.
        const { id } = await memory.store({ content: `The ${mood} lamp hangs over the bench.` }, by);
        expect(refs(await ask(memory, `${mood} lamp bench`))).toContain(`m${id}`);
        await memory.remove([id], by, { forever: true });
      },
      120_000,
    );

    it('goes on by words, and says so, when the endpoint dies in the middle', async () => {
      const words = await answers(engine(undefined));
      const memory = engine('wise');
      await ready(memory, 'wise');
      expect((await ask(memory, sayings[0][1])).mode).toBe('hybrid');
      await server[Symbol.asyncDispose]();
      expect(await answers(memory)).toEqual(words);
      const { mode, notes } = await ask(memory, 'boiler');
      expect(mode).toBe('lexical');
      expect(notes.map(({ text }) => text).join()).toMatch(/^found by words alone: .+/);
      server = await EmbedderServer.start({});
    }, 120_000);

    it('asks the model it had until another has nearly all entries', async () => {
      const first = engine('wise');
      await ready(first, 'wise');
      await close();
      let letGo: () => void = () => undefined;
      const held = new Promise<void>((resolve) => {
        letGo = resolve;
      });
      // Questions and probes are a text or three at a time, entries many.
      server.before = async () => {
        if ((server.texts.at(-1)?.length ?? 0) > 3) await held;
      };
      const memory = engine('other');
      await until(memory, ({ next, state }) => next === 'other' && state === 'filling');
      const asked = sayings[2];
      await expect.poll(async () => (await ask(memory, asked[1])).mode, { timeout: 30_000 }).toBe('hybrid');
      expect(refs(await ask(memory, asked[1]))).toContain(`m${ids[2]}`);
      expect(await memory.dense.standing()).toMatchObject({ model: 'wise', next: 'other' });
      letGo();
      await ready(memory, 'other');
      expect((await memory.dense.standing()).next).toBeUndefined();
      expect(refs(await ask(memory, asked[1]))).toContain(`m${ids[2]}`);
    }, 120_000);

    it('needs nothing to be done again when pgvector is installed later', async () => {
      const words = await answers(engine(undefined));
      const without = engine('wise', { vector: false, halfvec: false });
      expect(await answers(without)).toEqual(words);
      expect((await ask(without, 'boiler')).notes).toEqual([
        { text: 'found by words alone: this database has no pgvector' },
      ]);
      const { id } = await without.store({ content: 'The hens like the hut with the borer.' }, by, { force: true });
      await close();
      const later = engine('wise');
      await ready(later, 'wise');
      expect((await later.dense.standing()).embedded).toBe(entries + 1);
      expect((await ask(later, sayings[1][1])).mode).toBe('hybrid');
      await later.remove([id], by, { forever: true });
    }, 120_000);
  });
}
