import { expect, it } from 'vitest';
import type { Actor, LinkTo, LinkType } from '../entry.ts';
import type { Opened } from './entries.contract.ts';
import { engineOn, someone } from './entries.fixture.ts';
import { readPresent } from './links.ts';

export function describeLinks(on: () => Opened): void {
  const setup = () => {
    const [entries, by] = [engineOn(on().database), someone()];
    const add = async (content: string, links: readonly LinkTo[] = [], actor = by, rest = {}): Promise<number> =>
      (await entries.store({ content: `${content} ${crypto.randomUUID()}`, links, ...rest }, actor, { force: true }))
        .id;
    const seen = async (id: number, actor: Actor = by): Promise<readonly string[]> =>
      ((await entries.get([id], actor))[0]?.links ?? []).map(
        ({ type, direction, id: other }) => `${type} ${direction} ${other}`,
      );
    const endOf = async (id: number): Promise<Date | undefined> => (await entries.get([id], by))[0]?.entry.validTo;
    const successors = async (ids: readonly number[], human = by.human): Promise<unknown> => {
      const present = await readPresent(on().database, human, ids);
      return Object.fromEntries([...present].flatMap(([id, entry]) => (entry.id === id ? [] : [[id, entry.id]])));
    };
    return { entries, by, add, seen, endOf, successors };
  };

  it('are seen from both ends', async () => {
    const { entries, by, add, seen } = setup();
    const [hub, part] = [await add('hub'), await add('part')];
    await entries.link(
      part,
      [
        { type: 'part-of', to: hub },
        { type: 'see-also', to: hub },
      ],
      by,
    );
    await entries.link(part, [{ type: 'part-of', to: hub }], by);
    expect(await seen(part)).toEqual([`part-of to ${hub}`, `see-also to ${hub}`]);
    expect(await seen(hub)).toEqual([`part-of from ${part}`, `see-also from ${part}`]);
    await entries.unlink(part, [{ type: 'see-also', to: hub }], by);
    expect(await seen(hub)).toEqual([`part-of from ${part}`]);
  });

  it.each(['supersedes', 'part-of'] as const)('%s makes no circle, of any length', async (type) => {
    const { entries, by, add } = setup();
    const ids: number[] = [];
    for (let n = 0; n < 5; n += 1) ids.push(await add(`link ${n}`));
    for (let n = 1; n < 5; n += 1) await entries.link(ids[n] ?? 0, [{ type, to: ids[n - 1] ?? 0 }], by);
    for (const last of ids) {
      await expect(entries.link(ids[0] ?? 0, [{ type, to: last }], by)).rejects.toMatchObject({ code: 'memory-link' });
    }
    // A neighbour may point back.
    await entries.link(ids[0] ?? 0, [{ type: 'see-also', to: ids[4] ?? 0 }], by);
    // Of two links asked for together, a refused one takes the other with it.
    const loose = await add('loose');
    await expect(
      entries.link(
        ids[0] ?? 0,
        [
          { type: 'see-also', to: loose },
          { type, to: ids[4] ?? 0 },
        ],
        by,
      ),
    ).rejects.toMatchObject({ code: 'memory-link' });
    expect((await entries.get([loose], by))[0]?.links).toEqual([]);
  });

  it('a chain has ten links at most, wherever the eleventh is added', async () => {
    const { entries, by, add, successors } = setup();
    const ids = [await add('first')];
    for (let n = 1; n <= 10; n += 1) ids.push(await add(`next ${n}`, [{ type: 'supersedes', to: ids[n - 1] ?? 0 }]));
    expect(await successors([ids[0] ?? 0])).toEqual({ [ids[0] ?? 0]: ids[10] });
    const [before, after] = [await add('before'), await add('after')];
    const to = (id: number | undefined): LinkTo[] => [{ type: 'supersedes', to: id ?? 0 }];
    await expect(entries.link(after, to(ids[10]), by)).rejects.toMatchObject({
      code: 'memory-link',
      message: expect.stringContaining('11'),
    });
    await expect(entries.link(ids[0] ?? 0, to(before), by)).rejects.toMatchObject({ code: 'memory-link' });
    await expect(add('new', to(ids[10]))).rejects.toMatchObject({ code: 'memory-link' });
  });

  it('what is superseded ends when the other begins, and is true again when that goes', async () => {
    const { entries, by, add, endOf, successors } = setup();
    const old = await add('old', [], by, { validFrom: new Date('2026-01-01') });
    const changed = new Date('2026-02-01');
    const young = await add('young', [{ type: 'supersedes', to: old }], by, { validFrom: changed });
    expect(await endOf(old)).toEqual(changed);
    expect(await successors([old, young])).toEqual({ [old]: young });
    await entries.unlink(young, [{ type: 'supersedes', to: old }], by);
    expect(await endOf(old)).toBeUndefined();
    await entries.link(young, [{ type: 'supersedes', to: old }], by);
    await entries.remove([young], by);
    expect([await endOf(old), await successors([old])]).toEqual([undefined, {}]);
    await entries.restore([young], by);
    expect([await endOf(old), await successors([old])]).toEqual([changed, { [old]: young }]);
    const other = await add('other', [{ type: 'supersedes', to: old }], by, { validFrom: changed });
    await entries.remove([young], by, { forever: true });
    expect([await endOf(old), await successors([old])]).toEqual([changed, { [old]: other }]);
    await entries.remove([other], by, { forever: true });
    expect(await endOf(old)).toBeUndefined();
  });

  it('an end that was there before stays, and none comes before the beginning', async () => {
    const { by, add, endOf, entries } = setup();
    const ended = await add('ended', [], by, { validFrom: new Date('2024-01-01'), validTo: new Date('2025-01-01') });
    const future = await add('future', [], by, { validFrom: new Date('2030-01-01') });
    const young = await add(
      'young',
      [ended, future].map((to) => ({ type: 'supersedes' as const, to })),
    );
    expect(await endOf(ended)).toEqual(new Date('2025-01-01'));
    expect(await endOf(future)).toEqual(new Date('2030-01-01'));
    await entries.remove([young], by);
    expect(await endOf(ended)).toEqual(new Date('2025-01-01'));
    expect(await endOf(future)).toBeUndefined();
  });

  it('somebody else’s entry may be linked to where it may be read, and is changed in nothing', async () => {
    const { entries, by, add, seen, endOf, successors } = setup();
    const stranger = someone('sam');
    const open = await add('open to all', [], by, { visibility: 'public' });
    const closed = await add('closed', [], by);
    const against = await add('against it', [{ type: 'supersedes', to: open }], stranger, { visibility: 'public' });
    const secret = await add('whispered', [{ type: 'see-also', to: open }], stranger);
    expect(await endOf(open)).toBeUndefined();
    // It does not take the place of what is not theirs, for anybody.
    expect([await successors([open]), await successors([open], stranger.human)]).toEqual([{}, {}]);
    expect(await seen(open)).toEqual([`supersedes from ${against}`]);
    expect(await seen(open, stranger)).toEqual([`supersedes from ${against}`, `see-also from ${secret}`]);
    for (const type of ['supersedes', 'resolved-by', 'part-of', 'see-also'] satisfies LinkType[]) {
      await expect(entries.link(open, [{ type, to: against }], stranger)).rejects.toMatchObject({
        code: 'memory-not-yours',
      });
      await expect(entries.link(against, [{ type, to: closed }], stranger)).rejects.toMatchObject({
        code: 'memory-link',
      });
      await expect(entries.link(closed, [{ type, to: against }], stranger)).rejects.toMatchObject({
        code: 'memory-unknown',
      });
    }
  });

  it('a refusal tells nothing of what may not be read', async () => {
    const { entries, by, add } = setup();
    const stranger = someone('sam');
    const theirs = await add('theirs', [], stranger, { visibility: 'public' });
    const hidden = await add('hidden', [{ type: 'part-of', to: theirs }], by);
    const mine = await add('mine', [{ type: 'part-of', to: hidden }], by, { visibility: 'public' });
    // mine → hidden → theirs: for the stranger there is no such circle.
    await entries.link(theirs, [{ type: 'part-of', to: mine }], stranger);
    await expect(entries.link(mine, [{ type: 'part-of', to: theirs }], by)).rejects.toMatchObject({
      code: 'memory-link',
    });
  });

  it('to what is deleted lead nowhere, until it is restored', async () => {
    const { entries, by, add, seen } = setup();
    const target = await add('target');
    const source = await add('source', [{ type: 'see-also', to: target }]);
    await entries.remove([target], by);
    expect(await seen(source)).toEqual([]);
    await expect(entries.link(source, [{ type: 'part-of', to: target }], by)).rejects.toMatchObject({
      code: 'memory-link',
    });
    await expect(entries.link(target, [{ type: 'part-of', to: source }], by)).rejects.toMatchObject({
      code: 'memory-unknown',
      next: `restore ${target} first`,
    });
    await entries.restore([target], by);
    expect(await seen(source)).toEqual([`see-also to ${target}`]);
  });

  it('an entry does not link to itself', async () => {
    const { entries, by, add } = setup();
    const id = await add('self');
    for (const type of ['supersedes', 'resolved-by', 'part-of', 'see-also'] satisfies LinkType[])
      await expect(entries.link(id, [{ type, to: id }], by)).rejects.toMatchObject({ code: 'memory-link' });
  });
}
