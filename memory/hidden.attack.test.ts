import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { probeFeatures } from '../src/store/features.ts';
import { openScratchDatabase, type ScratchDatabase } from '../src/store/scratch-database.fixture.ts';
import { memoryOver } from './durability/keeper.fixture.ts';
import type { Memory, Recalled } from './engine.ts';
import type { Actor } from './entry.ts';

/** What may not be read does not exist, also where its owner linked what may be read to it. */
let scratch: ScratchDatabase;
let memory: Memory;
beforeAll(async () => {
  scratch = await openScratchDatabase();
  memory = memoryOver(scratch.database, await probeFeatures(scratch.database));
}, 60_000);
afterAll(async () => {
  await memory[Symbol.asyncDispose]();
  await scratch[Symbol.asyncDispose]();
});

const robin: Actor = { human: 'human:robin', agent: 'agent:claude' };
const kim: Actor = { human: 'human:kim', agent: 'agent:other' };
const ask = (by: Actor, query: string, asOf?: Date): Promise<Recalled> =>
  memory.recall({ query, ...(asOf === undefined ? {} : { asOf }) }, by, AbortSignal.timeout(30_000));
const contents = ({ hits }: Recalled): readonly (string | undefined)[] =>
  hits.map((hit) => (hit.kind === 'memory' ? hit.entry.content : hit.content));

describe('a public entry that its owner superseded by one of his own alone', () => {
  const open = 'The greenhouse opens its vents at 24 degrees.';
  const hidden = 'The greenhouse opens its vents at 30 degrees, and the key lies under the pot.';
  const began = new Date('2026-01-01T00:00:00Z');
  beforeAll(async () => {
    const old = await memory.store({ content: open, visibility: 'public', validFrom: began }, kim);
    const links = [{ type: 'supersedes', to: old.id }] as const;
    await memory.store({ content: hidden, visibility: 'private', validFrom: new Date('2027-01-01'), links }, kim);
  });

  it('is what everybody else finds, with no trace of the other', async () => {
    const found = await ask(robin, 'greenhouse vents');
    expect(contents(found)).toEqual([open]);
    expect(JSON.stringify(found)).not.toMatch(/redirectedFrom|30 degrees|pot/);
    const [hit] = found.hits;
    expect(hit?.kind === 'memory' && hit.pointers).toEqual([]);
  });

  it('is what everybody else finds as of then', async () => {
    const then = await ask(robin, 'greenhouse vents', new Date('2026-02-01T00:00:00Z'));
    expect(contents(then)).toEqual([open]);
    const later = await ask(robin, 'greenhouse vents', new Date('2027-02-01T00:00:00Z'));
    expect(JSON.stringify(later)).not.toMatch(/30 degrees|pot/);
  });

  it('is replaced for its owner', async () => {
    expect(contents(await ask(kim, 'greenhouse vents', new Date('2027-02-01T00:00:00Z')))).toEqual([hidden]);
  });

  it('is not passed by the filters that the other passes', async () => {
    const filtered = await memory.recall(
      { query: 'greenhouse vents', since: new Date('2020-01-01'), category: 'decisions' },
      robin,
      AbortSignal.timeout(30_000),
    );
    expect(filtered.hits).toEqual([]);
  });
});

describe('a chain with a younger end that may not be read', () => {
  it('leads everybody to the youngest that he may read, now and as of then', async () => {
    const from = (day: string) => ({ visibility: 'public', validFrom: new Date(day) }) as const;
    const old = await memory.store({ content: 'The pond pump runs at six.', ...from('2026-01-01') }, kim);
    const links = [{ type: 'supersedes', to: old.id }] as const;
    await memory.store({ content: 'The pond pump runs at seven.', ...from('2026-02-01'), links }, kim, { force: true });
    const own = { ...from('2026-02-01'), visibility: 'private', links } as const;
    await memory.store({ content: 'The pond pump runs at eight.', ...own }, kim, { force: true });
    for (const asOf of [undefined, new Date('2026-03-01T00:00:00Z')]) {
      expect(contents(await ask(robin, 'pond pump', asOf))).toEqual(['The pond pump runs at seven.']);
      expect(contents(await ask(kim, 'pond pump', asOf))).toContain('The pond pump runs at eight.');
    }
  });
});

describe('a chain with a middle that may not be read', () => {
  it('ends there: what lies behind it is found by its own words alone, now and as of then', async () => {
    const from = (day: string) => ({ visibility: 'public', validFrom: new Date(day) }) as const;
    const old = await memory.store({ content: 'The attic lamp is of brass.', ...from('2026-01-01') }, kim);
    const hidden = { visibility: 'private', validFrom: new Date('2026-02-01') } as const;
    const middle = await memory.store(
      { content: 'Kim broke it.', ...hidden, links: [{ type: 'supersedes', to: old.id }] },
      kim,
    );
    const links = [{ type: 'supersedes', to: middle.id }] as const;
    await memory.store({ content: 'Upstairs hangs a chandelier.', ...from('2026-03-01'), links }, kim);
    for (const asOf of [undefined, new Date('2026-04-01T00:00:00Z')]) {
      expect(contents(await ask(robin, 'attic lamp brass', asOf))).toEqual([]);
      expect(contents(await ask(kim, 'attic lamp brass', asOf))).toEqual(['Upstairs hangs a chandelier.']);
    }
  });
});

describe('what somebody else sets against an entry', () => {
  it('neither takes its place nor ends it, now or as of then', async () => {
    const { id } = await memory.store({ content: 'The cellar door is locked at nine.', visibility: 'public' }, kim);
    const links = [{ type: 'supersedes', to: id }] as const;
    await memory.store({ content: 'The cellar door is never locked.', visibility: 'public', links }, robin, {
      force: true,
    });
    for (const by of [robin, kim]) {
      for (const asOf of [undefined, new Date(Date.now() + 1_000)]) {
        const found = await ask(by, 'cellar door locked at nine', asOf);
        expect(contents(found)).toContain('The cellar door is locked at nine.');
        expect(found.hits.every(({ why }) => why.redirectedFrom === undefined)).toBe(true);
      }
    }
    expect((await memory.get([id], kim))[0]?.entry.validTo).toBeUndefined();
  });

  it('neither brings back what its owner ended, nor keeps it from coming back', async () => {
    const day = new Date('2026-02-01T00:00:00Z');
    const began = new Date('2026-01-01T00:00:00Z');
    const endOf = async (id: number) => (await memory.get([id], kim))[0]?.entry.validTo;
    const ended = { content: 'The well was deep.', visibility: 'public', validFrom: began, validTo: day } as const;
    const closed = await memory.store(ended, kim);
    const against = [{ type: 'supersedes', to: closed.id }] as const;
    const said = { content: 'The well is shallow.', validFrom: day, links: against } as const;
    const other = await memory.store(said, robin, { force: true });
    await memory.unlink(other.id, against, robin);
    expect(await endOf(closed.id)).toEqual(day);

    const open = await memory.store({ content: 'The ladder is red.', visibility: 'public', validFrom: began }, kim);
    const links = [{ type: 'supersedes', to: open.id }] as const;
    const newer = await memory.store({ content: 'The ladder is blue.', validFrom: day, links }, kim, { force: true });
    await memory.store({ content: 'The ladder is green.', links }, robin, { force: true });
    expect(await endOf(open.id)).toEqual(day);
    await memory.remove([newer.id], kim);
    expect(await endOf(open.id)).toBeUndefined();
  });
});
