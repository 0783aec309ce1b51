import { expect, it } from 'vitest';
import type { Opened } from './entries.contract.ts';
import { engineOn, someone } from './entries.fixture.ts';
import { readableShelves } from './shelves.ts';

export function describeManyAtOnce(on: () => Opened): void {
  const engines = () => [engineOn(on().database), engineOn(on().elsewhere)] as const;

  it('twenty callers of two daemons store at once, and every entry is there, findable and in its session', async () => {
    const [here, there] = engines();
    const by = someone();
    const callers = Array.from({ length: 20 }, (_, n) => n);
    const stored = await Promise.all(
      callers.map(async (n) => {
        const ids: number[] = [];
        for (let turn = 0; turn < 3; turn += 1) {
          const content = `caller${n}turn${turn} notes gadget ${crypto.randomUUID()}`;
          ids.push((await (n % 2 === 0 ? here : there).store({ content, session: 'together' }, by)).id);
        }
        return ids;
      }),
    );
    const ids = stored.flat();
    expect(new Set(ids).size).toBe(60);
    const entries = await here.get(ids, by);
    expect(entries.map(({ entry }) => entry.seq).sort((a = 0, b = 0) => a - b)).toEqual(
      Array.from({ length: 60 }, (_, n) => n + 1),
    );
    const shelves = (await readableShelves(on().database, by.human))
      .filter(({ owner }) => owner === by.human)
      .map(({ id }) => id);
    for (const engine of [here, there]) {
      const view = await engine.postings.view(
        shelves,
        callers.map((n) => `caller${n}turn2`),
      );
      expect(view.shelves[0]?.lists.size).toBe(20);
    }
  });

  it('said at once by many, it is stored once', async () => {
    const [here, there] = engines();
    const by = someone();
    const content = `said by all at once ${crypto.randomUUID()}`;
    const said = await Promise.all(
      Array.from({ length: 10 }, (_, n) => (n % 2 === 0 ? here : there).store({ content }, by)),
    );
    expect(new Set(said.map(({ id }) => id)).size).toBe(1);
    expect(said.filter(({ outcome }) => outcome === 'stored')).toHaveLength(1);
  });

  it('updates at once are all kept, one after the other', async () => {
    const [here, there] = engines();
    const by = someone();
    const { id } = await here.store({ content: 'begin', importance: 0.5 }, by);
    const said = Array.from({ length: 10 }, (_, n) => `version ${n} ${crypto.randomUUID()}`);
    await Promise.all(
      said.map((content, n) => (n % 2 === 0 ? here : there).update(id, { content }, by, { force: true })),
    );
    await Promise.all([here.update(id, { tags: ['tagged'] }, by), there.update(id, { importance: 1 }, by)]);
    const [whole] = await here.get([id], by);
    expect(whole?.entry).toMatchObject({ revision: 13, tags: ['tagged'], importance: 1 });
    const kept = await on().database.query<{ content: string }>(
      'select content from castellan.memory_revision where memory = $1 order by revision',
      [id],
    );
    expect(new Set([...kept.map(({ content }) => content), whole?.entry.content])).toEqual(new Set(['begin', ...said]));
  });

  it('two that would close a circle together do not', async () => {
    const [here, there] = engines();
    const by = someone();
    const ids: number[] = [];
    for (const name of ['a', 'b', 'c', 'd'])
      ids.push((await here.store({ content: `node ${name} ${crypto.randomUUID()}` }, by)).id);
    const pairs = ids.map((source, n) => [source, ids[(n + 1) % 4] ?? 0] as const);
    const made = await Promise.allSettled(
      pairs.map(([source, to], n) => (n % 2 === 0 ? here : there).link(source, [{ type: 'part-of', to }], by)),
    );
    expect(made.filter(({ status }) => status === 'rejected')).toHaveLength(1);
  });

  it('everything at once ends, without a deadlock, and what is left agrees with itself', async () => {
    const [here, there] = engines();
    const by = someone();
    const first = await here.storeAll(
      Array.from({ length: 12 }, (_, n) => ({ content: `start ${n} ${crypto.randomUUID()}` })),
      by,
    );
    const ids = first.map((one) => (one.outcome === 'refused' ? 0 : one.id));
    const id = (n: number): number => ids[n % ids.length] ?? 0;
    const work = Array.from({ length: 60 }, (_, n) => {
      const engine = n % 2 === 0 ? here : there;
      const steps = [
        () => engine.update(id(n), { content: `again ${n} ${crypto.randomUUID()}` }, by, { force: true }),
        () => engine.update(id(n), { visibility: n % 4 === 0 ? 'public' : 'private' }, by),
        () => engine.link(id(n), [{ type: 'supersedes', to: id(n * 7 + 1) }], by),
        () =>
          engine.store(
            { content: `new ${n} ${crypto.randomUUID()}`, links: [{ type: 'supersedes', to: id(n * 5) }] },
            by,
          ),
        () => engine.remove([id(n), id(n + 3)], by),
        () => engine.restore([id(n), id(n + 5)], by),
      ];
      return (steps[n % steps.length] ?? steps[0])?.();
    });
    const known = /^memory-(unknown|link)$/;
    for (const one of await Promise.allSettled(work)) {
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: expect.stringMatching(known) });
    }
    await here.restore(ids, by);
    const entries = (await here.list({ limit: 1_000, mine: true }, by)).entries;
    const alive = await on().database.query<{ item: number; shelf: number }>(
      `select item, document.shelf from castellan.document join castellan.shelf on shelf.id = document.shelf
       where owner = $1 and died is null order by item`,
      [by.human],
    );
    const expected = entries.map((entry) => ({ item: entry.id, shelf: (entry as unknown as { shelf: number }).shelf }));
    expect(alive).toEqual(expected.sort((a, b) => a.item - b.item));
  });
}
