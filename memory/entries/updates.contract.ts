import { expect, it } from 'vitest';
import type { Opened } from './entries.contract.ts';
import { engineOn, someone } from './entries.fixture.ts';
import { readableShelves } from './shelves.ts';

export function describeUpdates(on: () => Opened): void {
  const setup = () => {
    const [entries, by] = [engineOn(on().database), someone()];
    const whole = async (id: number, actor = by) => (await entries.get([id], actor))[0];
    const holding = async (term: string, human = by.human): Promise<readonly number[]> => {
      const shelves = (await readableShelves(on().database, human)).map(({ id }) => id);
      const view = await entries.postings.view(shelves, [term]);
      return view.shelves.flatMap(({ documents, dead, lists }) =>
        [...(lists.get(term)?.numbers ?? [])].filter((n) => !dead.has(n)).map((n) => documents.items[n] ?? -1),
      );
    };
    return { entries, by, whole, holding };
  };

  it('replaces the whole text, keeps what it replaced, and is found by the new words alone', async () => {
    const { entries, by, whole, holding } = setup();
    const long = `The quilbert pump ${'and its long story '.repeat(60)}ends here`;
    const { id } = await entries.store({ content: long, tags: ['pump'], session: 's' }, by);
    const before = (await whole(id))?.entry;
    const other = { human: by.human, agent: 'agent:other' };
    expect(await entries.update(id, { content: 'The pump was sold to a marvenole dealer' }, other)).toMatchObject({
      id,
      outcome: 'updated',
    });
    expect(await whole(id)).toMatchObject({
      entry: {
        content: 'The pump was sold to a marvenole dealer',
        author: 'agent:other',
        revision: 2,
        tags: ['pump'],
        session: 's',
        seq: 1,
      },
      history: [{ revision: 1, replacedBy: 'agent:other', replacedAt: expect.any(Date) }],
    });
    expect((await whole(id))?.entry.recordedAt).toEqual(before?.recordedAt);
    const [kept] = await on().database.query<{ content: string }>(
      'select content from castellan.memory_revision where memory = $1',
      [id],
    );
    expect(kept?.content).toBe(long);
    expect([await holding('quilbert'), await holding('marvenol')]).toEqual([[], [id]]);
  });

  it('what is not named stays', async () => {
    const { entries, by, whole } = setup();
    const draft = {
      content: 'stays as it was',
      category: 'gotchas',
      tags: ['a'],
      keywords: 'k',
      importance: 0.9,
      source: 'file',
      visibility: 'shared' as const,
      readers: ['human:sam'],
      validFrom: new Date('2026-01-01'),
      validTo: new Date('2027-01-01'),
    };
    const { id } = await entries.store(draft, by);
    const before = (await whole(id))?.entry;
    expect(await entries.update(id, {}, by)).toEqual({ id, outcome: 'unchanged', similar: [] });
    expect(await entries.update(id, { tags: ['A '], content: 'stays as it was' }, by)).toMatchObject({
      outcome: 'unchanged',
    });
    expect((await whole(id))?.history).toEqual([]);
    await entries.update(id, { importance: 0.1, validTo: null, source: '' }, by);
    expect((await whole(id))?.entry).toEqual({
      ...before,
      importance: 0.1,
      validTo: undefined,
      source: undefined,
      revision: 2,
      updatedAt: expect.any(Date),
    });
  });

  it('is refused as a new entry would be, and then nothing changed', async () => {
    const { entries, by, whole } = setup();
    const { id } = await entries.store({ content: 'the cellar lamp hums at night loudly' }, by);
    const twin = await entries.store({ content: 'the attic fan squeaks all day long' }, by);
    for (const [changes, code] of [
      [{ content: 'x'.repeat(1_401) }, 'memory-too-long'],
      [{ content: ' ' }, 'memory-empty'],
      [{ content: '!' }, 'memory-empty'],
      [{ category: 'quux' }, 'memory-category'],
      [{ importance: -1 }, 'memory-invalid'],
      [{ readers: ['human:sam'] }, 'memory-invalid'],
      [{ visibility: 'shared' }, 'memory-invalid'],
      [{ validTo: new Date('2001-01-01') }, 'memory-invalid'],
      [{ keywords: `ghp_${'a1B2c3D4e5F6g7H8i9J0'.repeat(2).slice(0, 36)}` }, 'memory-secret'],
      [{ content: 'THE attic fan squeaks all day long' }, 'memory-duplicate'],
      [{ content: 'the attic fan squeaks, all day long!' }, 'memory-duplicate'],
    ] as const) {
      await expect(entries.update(id, changes, by)).rejects.toMatchObject({ code });
    }
    expect(await whole(id)).toMatchObject({
      entry: { revision: 1, content: 'the cellar lamp hums at night loudly' },
      history: [],
    });
    expect(
      await entries.update(id, { content: 'the attic fan squeaks, all day long!' }, by, { force: true }),
    ).toMatchObject({
      outcome: 'updated',
      similar: [{ id: twin.id, kind: 'duplicate' }],
    });
  });

  it('moves with its readers, at once and whole', async () => {
    const { entries, by, whole, holding } = setup();
    const [reader, stranger] = [someone('sam'), someone('kim')];
    const { id } = await entries.store({ content: 'the trelvane key hangs in the hall' }, by);
    const seenBy = async (): Promise<readonly boolean[]> => {
      const seen: boolean[] = [];
      for (const { human } of [by, reader, stranger]) {
        const actor = { human, agent: 'agent:x' };
        const found = (await holding('trelvan', human)).includes(id);
        expect([
          (await whole(id, actor)) !== undefined,
          (await entries.list({ limit: 1_000 }, actor)).entries.some((entry) => entry.id === id),
        ]).toEqual([found, found]);
        seen.push(found);
      }
      return seen;
    };
    expect(await seenBy()).toEqual([true, false, false]);
    await entries.update(id, { visibility: 'shared', readers: [reader.human] }, by);
    expect(await seenBy()).toEqual([true, true, false]);
    await entries.update(id, { visibility: 'public' }, by);
    expect(await seenBy()).toEqual([true, true, true]);
    await entries.update(id, { visibility: 'shared', readers: [stranger.human] }, by);
    expect(await seenBy()).toEqual([true, false, true]);
    await entries.update(id, { visibility: 'private' }, by);
    expect(await seenBy()).toEqual([true, false, false]);
    expect((await whole(id))?.entry).toMatchObject({ readers: [], revision: 5 });
  });
}
