import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FixtureDocument } from '../rank/index-view.fixture.ts';
import { findIn, paperSearch } from './paper-index.fixture.ts';
import { type Understood, understand } from './understand.ts';

const read = (documents: readonly FixtureDocument[], query: string, expanded?: string): Promise<Understood> =>
  understand(paperSearch(new Map([[1, documents]])), [1], { query, ...(expanded === undefined ? {} : { expanded }) });
const written = (...contents: readonly string[]): readonly FixtureDocument[] =>
  contents.map((content, item) => ({ item, content }));
const repairsOf = ({ repairs }: Understood): readonly string[] =>
  repairs.map(({ from, shown }) => `${from} → ${shown}`);

describe('a mistyped word', () => {
  const store = written(
    'Syncthing on bittern is the hub',
    'the certificates are renewed',
    'severe weather, light rain',
  );

  it.each([
    ['sycnthing', 'sycnthing → syncthing'],
    ['bitttern', 'bitttern → bittern'],
    // Of what is merely like it, only the stem is known.
    ['syncting', 'syncting → syncth…'],
    ['certifcates', 'certifcates → certif…'],
  ])('%s is taken for another one, as it would be written', async (query, repair) => {
    expect(repairsOf(await read(store, query))).toEqual([repair]);
  });

  it('is not one that stands there, nor an identifier, nor a short one, nor one that the alias table knows', async () => {
    for (const query of ['syncthing', '192.0.2.8', 'bittern-2.example.net', 'hbu', 'wireguard']) {
      expect(repairsOf(await read([...store, { item: 9, content: 'the vpn is on kite' }], query)), query).toEqual([]);
    }
  });

  it('is not made into another word by leaving a letter out', async () => {
    for (const query of ['server', 'flight', 'slight']) {
      const { repairs } = await read(store, query);
      expect(
        repairs.filter(({ likeness }) => likeness > 0.8).map(({ to }) => to),
        query,
      ).toEqual([]);
    }
  });
});

describe('words of the dead', () => {
  const dead = (item: number, content: string): FixtureDocument => ({ item, content, dead: true });
  const living = written('the heating is checked in May', 'the kitchen has a marble top');

  it.each(['marzipna', 'marzipan', 'marzippan', 'mazipan', 'marzip'])(
    'are told nobody who asks for %s',
    async (query) => {
      const { found, said } = await findIn([...living, dead(5, 'the codeword is marzipan')], `${query} heating`);
      expect(said.replaceAll(query, '')).not.toMatch(/marzip/);
      expect(found.map(({ item }) => item)).toEqual([0]);
    },
  );

  it('keep no living word from being meant', async () => {
    const crowd = dead(10, 'cuboardo cuboarda cuboardi cuboardu');
    expect(repairsOf(await read([...written('the cupboard lamp'), crowd], 'cuboard'))).toEqual(['cuboard → cupboard…']);
  });

  it('are no living ones, however many they were', async () => {
    const many = (content: string, from: number, isDead: boolean): readonly FixtureDocument[] =>
      Array.from({ length: 4_200 }, (_, at) => ({ item: from + at, content, dead: isDead }));
    const understood = await read([...many('marzipan', 0, true), ...many('kitchen', 10_000, false)], 'marzipan kitchn');
    expect(understood.asked.map(({ term, unknown }) => [term, unknown])).toEqual([
      ['marzipan', true],
      ['kitchn', true],
    ]);
    expect(repairsOf(understood)).toEqual(['kitchn → kitchen…']);
    expect(
      repairsOf(await read([...many('marzipan', 0, true), ...many('kitchen', 10_000, false)], 'marzipna')),
    ).toEqual([]);
  });
});

describe('a query', () => {
  it('that is too long keeps its rarest words that are there, and says how many it passed over', async () => {
    const noise = Array.from({ length: 100 }, (_, at) => `common${at}`).join(' ');
    const understood = await read([...written(noise, noise, 'the xylophone')], `${noise} xylophone`);
    expect(understood.asked.map(({ term }) => term)).toContain('xylophon');
    expect(understood.asked).toHaveLength(64);
    expect(understood.passedOver).toBe(37);
  });

  it('is looked for in other words, each with less weight than its own', async () => {
    const { query, aliases, added } = await read(written('kubernetes upgrade', 'slow disk'), 'k8s slow', 'disk slow');
    expect(aliases.map(({ from, to }) => [from, to])).toEqual([['k8s', 'kubernetes']]);
    expect([...added]).toEqual(['disk']);
    expect(query.extra.every(({ weight }) => weight > 0 && weight < 1)).toBe(true);
  });

  it('of any text is understood: what it is taken for stands in a living document, and nothing is said twice', async () => {
    const word = fc.oneof(
      fc.constantFrom('backup', 'bakcup', 'traefik', 'k8s', 'kubernetes', '192.0.2.7', 'pvc-9f2', 'marzipan', 'lamp'),
      fc.string({ unit: 'grapheme', maxLength: 12 }),
    );
    const text = fc.array(word, { maxLength: 10 }).map((words) => words.join(' '));
    const documents = fc.array(fc.record({ content: text, keywords: text, dead: fc.boolean() }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(documents, text, text, async (some, query, expanded) => {
        const understood = await read(
          some.map((one, item) => ({ ...one, item })),
          query,
          expanded,
        );
        const lives = new Set(
          understood.view.shelves.flatMap(({ lists, dead }) =>
            [...lists].filter(([, { numbers }]) => numbers.some((number) => !dead.has(number))).map(([term]) => term),
          ),
        );
        for (const { to } of understood.repairs) expect(lives).toContain(to);
        for (const { term, unknown } of understood.asked) expect(unknown).toBe(!lives.has(term));
        for (const { terms } of understood.aliases) expect(terms.some(({ term }) => lives.has(term))).toBe(true);
        const terms = understood.asked.map(({ term }) => term);
        expect(new Set(terms).size).toBe(terms.length);
      }),
      { numRuns: 60 },
    );
  });
});
