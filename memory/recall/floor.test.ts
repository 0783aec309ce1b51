import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fused } from '../rank/fuse.ts';
import type { FixtureDocument } from '../rank/index-view.fixture.ts';
import { openSearch } from './find.ts';
import { createCoverage, createFloor } from './floor.ts';
import { findIn, paperSearch } from './paper-index.fixture.ts';
import { rarity, type Understood } from './understand.ts';

const nas: FixtureDocument = {
  item: 1_000,
  content: 'The NAS truenas is 192.0.2.4, pool tank, exports /mnt/tank/media to the cluster',
  keywords: 'nas nfs',
};
const others = [
  'Grafana listens on port 3000 behind the proxy',
  'Vault is unsealed by hand after a reboot of the node',
  'The washing machine sits in the cellar beside the boiler',
  'Renovate may merge patch releases on weekdays',
  'The certificate of the mail server is renewed by the ACME client every 60 days',
  'Kim wants no motion lights in the bedroom',
  'AdGuard answers on 203.0.113.140 for all guests',
  'Longhorn keeps two copies of each volume',
  'The backup of Postgres runs at 02:30 and goes to the attic',
  'Paperless reads German and English, nothing else',
  'The UPS feeds the rack for eleven minutes',
  'Home Assistant restarts when the Zigbee stick is pulled',
  'The garden camera must never look at the street',
  'Kubernetes upgrades wait for a human, one node at a time',
  'The wifi password of guests is printed on the fridge',
  'Jellyfin transcodes on the graphics card of kite',
  'The router forgets its lease table when the power fails',
  'Prometheus keeps fifteen days, older samples go elsewhere',
  'Syncthing shares the photo folder with the phones',
];
const storeOf = (size: number): readonly FixtureDocument[] => [
  ...Array.from({ length: size - 1 }, (_, item) => ({
    item,
    content: `${others[item % others.length]}${item < others.length ? '' : `, as noted in week ${item}`}`,
  })),
  nas,
];

describe.each([1, 3, 20, 400])('in a store of %i', (size) => {
  const store = storeOf(size);

  it.each([
    'which address has the nas?',
    'which address has the NAS',
    "what's the ip of truenas",
    'where is the nas mounted from',
    'nfs export path',
    'what is on 192.0.2.4',
    'truenas',
    'turenas',
  ])('what is there is found: %s', async (query) => {
    const { found } = await findIn(store, query);
    expect(found[0]?.item).toBe(nas.item);
  });

  it.each([
    'sourdough hydration',
    'when does the passport of grandmother expire',
    'flights to Lisbon in spring',
    '203.0.113.9',
    'kafka.example.org',
    '',
  ])('what is nowhere is not: %s', async (query) => {
    expect((await findIn(store, query)).found).toEqual([]);
  });
});

describe('the floor', () => {
  it('of a section is lower, and does not let memories through', async () => {
    const memories = [
      { item: 1, content: 'the login of the router is printed below it' },
      ...others.map((content, at) => ({ item: 10 + at, content })),
    ];
    const sections = [
      { item: 2, content: 'everything behind a login answered 502', keywords: 'login down' },
      ...others.map((content, at) => ({ item: 50 + at, content: `runbook: ${content}` })),
    ];
    const shelves = new Map([
      [1, memories],
      [2, sections],
    ]);
    const ask = async (corpora: ReadonlySet<number>) => {
      const scope = { shelves: [1, 2], signal: new AbortController().signal, corpora };
      const search = await openSearch(paperSearch(shelves), { query: 'all blogs return 418 upon a login' }, scope);
      return search.best(100).found.map(({ item }) => item);
    };
    expect(await ask(new Set([2]))).toEqual([2]);
    expect(await ask(new Set())).toEqual([]);
  });

  it('lets through what stands out of the nearest, and no nearest that does not', () => {
    const near = (similarity: number, item: number): Fused => ({
      shelf: 1,
      item,
      score: similarity,
      legs: { lexical: 0, dense: similarity },
      lexical: undefined,
      near: { shelf: 1, item, similarity },
    });
    const crowd = Array.from({ length: 60 }, (_, rank) => near(0.3 - 0.02 * Math.log(rank + 1), rank));
    const isMeant = (fused: readonly Fused[]) => fused.filter(createFloor(nothingKnown, fused, new Set()));
    expect(isMeant([near(0.8, 100), ...crowd]).map(({ item }) => item)).toEqual([100]);
    expect(isMeant(crowd)).toEqual([]);
    expect(isMeant([near(0.9, 100)])).toEqual([]);
  });
});

const nothingKnown: Understood = {
  view: { shelves: [] },
  query: { terms: [], extra: [] },
  asked: [],
  repairs: [],
  aliases: [],
  added: new Set(),
  passedOver: 0,
  rarityOf: () => 1,
};

describe('coverage', () => {
  const words = fc.uniqueArray(fc.stringMatching(/^[a-z]{3,8}$/), { minLength: 1, maxLength: 12 });
  const asking = (terms: readonly string[], documents: number, holding: (at: number) => number): Understood => ({
    ...nothingKnown,
    asked: terms.map((term, at) => ({
      term,
      surface: term,
      compound: false,
      rarity: rarity(documents, holding(at)),
      unknown: holding(at) === 0,
    })),
  });

  it('grows with what a hit holds, from nothing to the whole', () => {
    fc.assert(
      fc.property(words, fc.nat(100_000), fc.infiniteStream(fc.nat(50)), fc.nat(12), (terms, documents, held, some) => {
        const holdings = terms.map(() => held.next().value ?? 0);
        const covered = createCoverage(asking(terms, documents + 50, (at) => holdings[at] ?? 0));
        const part = covered(terms.slice(0, some));
        expect(covered([])).toBe(0);
        expect(covered(['unasked'])).toBe(0);
        expect(part).toBeLessThanOrEqual(covered(terms) + 1e-9);
        expect(covered(terms)).toBeGreaterThan(1 - 1e-9);
      }),
    );
  });

  it('of a repair is as much as it is like the word, of an alias three quarters', () => {
    const one = asking(['traefik'], 100, () => 0);
    const repairs = [{ from: 'traefik', instead: 'traefik', to: 'trefik', shown: 'trefik', likeness: 0.6 }];
    const aliases = [{ from: 'traefik', to: 'proxy', covers: ['traefik'], terms: [{ term: 'proxi', part: 1 }] }];
    expect(createCoverage({ ...one, repairs })(['trefik'])).toBeCloseTo(0.6);
    expect(createCoverage({ ...one, aliases })(['proxi'])).toBeCloseTo(0.75);
    expect(createCoverage({ ...one, repairs, aliases })(['trefik', 'proxi'])).toBeCloseTo(0.75);
  });
});

describe('the rarity of a word', () => {
  it('falls with every document that holds it, and of an unknown one rises with every document that does not', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.nat(), (documents, some) => {
        const holding = 1 + (some % documents);
        expect(rarity(documents, holding)).toBeGreaterThan(0);
        if (holding < documents) expect(rarity(documents, holding)).toBeGreaterThan(rarity(documents, holding + 1));
        expect(rarity(documents + 1, 0)).toBeGreaterThan(rarity(documents, 0));
      }),
    );
  });

  it('is high of a word in the only entry there is, and low of one that three entries do not have', () => {
    expect(rarity(1, 1)).toBeGreaterThan(2 * rarity(1, 0));
    expect(rarity(3, 1)).toBeGreaterThan(rarity(3, 0));
    expect(rarity(10_000, 1)).toBeLessThan(rarity(10_000, 0));
  });
});
