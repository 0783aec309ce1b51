import { expect, it } from 'vitest';
import type { Opened } from './entries.contract.ts';
import { engineOn, someone, tablesHolding } from './entries.fixture.ts';
import { readableShelves } from './shelves.ts';

export function describeRemoval(on: () => Opened): void {
  const setup = () => {
    const [entries, by] = [engineOn(on().database), someone()];
    const shelves = async (): Promise<readonly number[]> =>
      (await readableShelves(on().database, by.human)).filter(({ owner }) => owner === by.human).map(({ id }) => id);
    /** The living that hold a term, as the index has them. */
    const holding = async (term: string): Promise<readonly number[]> => {
      const view = await entries.postings.view(await shelves(), [term]);
      return view.shelves.flatMap(({ documents, dead, lists }) =>
        [...(lists.get(term)?.numbers ?? [])].filter((n) => !dead.has(n)).map((n) => documents.items[n] ?? -1),
      );
    };
    return { entries, by, holding };
  };

  it('a removed entry is out of sight and of the index at once, and comes back whole', async () => {
    const { entries, by, holding } = setup();
    const { id } = await entries.store({ content: 'the flumbric valve sticks', tags: ['valve'], session: 's' }, by);
    const before = await entries.get([id], by);
    expect(await holding('flumbric')).toEqual([id]);
    await entries.remove([id], by);
    await entries.remove([id], by);
    expect(await holding('flumbric')).toEqual([]);
    expect((await entries.list({ limit: 5, mine: true }, by)).total).toBe(0);
    expect((await entries.list({ limit: 5, deleted: true }, by)).entries.map((entry) => entry.id)).toEqual([id]);
    expect((await entries.get([id], by))[0]?.entry.deletedAt).toBeInstanceOf(Date);
    await expect(entries.update(id, { keywords: 'x' }, by)).rejects.toMatchObject({
      code: 'memory-unknown',
      next: `restore ${id} first`,
    });
    await entries.restore([id], by);
    await entries.restore([id], by);
    expect(await entries.get([id], by)).toEqual(before);
    expect(await holding('flumbric')).toEqual([id]);
    expect(await holding('valv')).toEqual([id]);
  });

  it('its text may be stored again meanwhile', async () => {
    const { entries, by } = setup();
    const content = `gone and said again ${crypto.randomUUID()}`;
    const { id } = await entries.store({ content }, by);
    await entries.remove([id], by);
    const again = await entries.store({ content }, by);
    expect(again.outcome).toBe('stored');
    expect(again.similar.map((one) => one.id)).not.toContain(id);
  });

  it('of several all go or none', async () => {
    const { entries, by, holding } = setup();
    const { id } = await entries.store({ content: 'staying glorbex' }, by);
    await expect(entries.remove([id, 2_000_000_000], by)).rejects.toMatchObject({ code: 'memory-unknown' });
    expect(await holding('glorbex')).toEqual([id]);
  });

  it('removed for ever, no table holds a word of it, of its history or of its index', async () => {
    const { entries, by } = setup();
    const words = ['vrondlequist', 'skarnwhipple', 'plimtoveria', 'drasqueltine'] as const;
    const [first, second, keyword, tag] = words;
    const kept = await entries.store({ content: 'something else entirely about vrondle' }, by);
    const { id } = await entries.store(
      { content: `it slipped in: ${first}`, keywords: keyword, tags: [tag], visibility: 'public' },
      by,
    );
    const hub = await entries.store({ content: 'hub of it', links: [{ type: 'see-also', to: id }] }, by);
    await entries.update(id, { content: `it slipped in: ${second}`, visibility: 'private' }, by);
    for (const word of words) expect(await tablesHolding(on().database, word)).not.toEqual([]);
    await entries.remove([id], by);
    await entries.remove([id], by, { forever: true });
    for (const word of words) expect([word, await tablesHolding(on().database, word)]).toEqual([word, []]);
    expect(await entries.get([id], by)).toEqual([]);
    expect((await entries.get([hub.id, kept.id], by)).map(({ links }) => links)).toEqual([[], []]);
    await expect(entries.restore([id], by)).rejects.toMatchObject({ code: 'memory-unknown' });
  });
}
