import { expect, it } from 'vitest';
import type { Actor, Draft } from '../entry.ts';
import type { Opened } from './entries.contract.ts';
import { engineOn, someone } from './entries.fixture.ts';
import { readLinks, readPresent } from './links.ts';
import { readEntries } from './rows.ts';
import { readableShelves } from './shelves.ts';

export function describeVisibility(on: () => Opened): void {
  it('holds for every method: owner, reader and stranger of private, shared and public entries', async () => {
    const entries = engineOn(on().database);
    // Each of them, and not a drawn few: what one misses is somebody's secret.
    for (const { visibility, role, isDeleted, isSealed } of everyCase()) {
      const [owner, reader, stranger] = [someone('owner'), someone('reader'), someone('stranger')];
      const by: Actor = { owner, reader, stranger }[role];
      const sealer = { name: 'test', seal: async () => Uint8Array.of(1) };
      const draft = {
        content: `token ${crypto.randomUUID()}`,
        keywords: 'found by this',
        sensitive: isSealed,
        visibility,
        ...(visibility === 'shared' ? { readers: [reader.human] } : {}),
      } satisfies Draft;
      const { id } = await engineOn(on().database, { sealer }).store(draft, owner);
      const hub = await entries.store({ content: `hub ${crypto.randomUUID()}`, visibility: 'public' }, owner);
      await entries.link(id, [{ type: 'part-of', to: hub.id }], owner);
      if (isDeleted) await entries.remove([id], owner);

      const isOwner = role === 'owner';
      const mayRead = isOwner || visibility === 'public' || (visibility === 'shared' && role === 'reader');
      const sees = mayRead && (!isDeleted || isOwner);
      const before = await entries.get([id], owner);

      expect((await entries.get([id], by)).length === 1).toBe(sees);
      const living = (await entries.list({ limit: 1_000 }, by)).entries.some((entry) => entry.id === id);
      expect(living).toBe(mayRead && !isDeleted);
      const deleted = (await entries.list({ limit: 1_000, deleted: true }, by)).entries.some(
        (entry) => entry.id === id,
      );
      expect(deleted).toBe(isOwner && isDeleted);
      expect((await readEntries(on().database, by.human, [id])).has(id)).toBe(mayRead && !isDeleted);
      const shelf = before[0]?.entry as unknown as { shelf: number };
      expect((await readableShelves(on().database, by.human)).some((one) => one.id === shelf.shelf)).toBe(mayRead);
      const fromHub = (await readLinks(on().database, by.human, [hub.id])).some(({ other }) => other === id);
      expect(fromHub).toBe(mayRead && !isDeleted);
      expect((await entries.get([hub.id], by))[0]?.links.length).toBe(fromHub ? 1 : 0);
      expect((await readPresent(on().database, by.human, [id])).has(id)).toBe(mayRead && !isDeleted);

      if (!isSealed) {
        const said = await entries.store({ content: draft.content }, by);
        expect(said.outcome).toBe(mayRead && !isDeleted ? 'unchanged' : 'stored');
        const like = await entries.store({ content: `${draft.content} indeed` }, by, { force: true });
        expect(like.similar.some((one) => one.id === id)).toBe(mayRead && !isDeleted);
      }
      if (isOwner) continue;
      // What one may only read says so; what one may not read is not there.
      const code = sees ? 'memory-not-yours' : 'memory-unknown';
      const attempts = [
        entries.update(id, { content: 'taken over' }, by),
        entries.update(id, { visibility: 'public' }, by),
        entries.link(id, [{ type: 'see-also', to: hub.id }], by),
        entries.unlink(id, [{ type: 'part-of', to: hub.id }], by),
        entries.remove([id], by),
        entries.remove([id], by, { forever: true }),
        entries.restore([id], by),
      ];
      for (const attempt of await Promise.allSettled(attempts)) {
        expect(attempt).toMatchObject({ status: 'rejected', reason: { code } });
      }
      expect(await entries.get([id], owner)).toEqual(before);
    }
  });

  it('an agent of the same human changes what another one stored', async () => {
    const entries = engineOn(on().database);
    const one = someone();
    const other = { human: one.human, agent: 'agent:other' };
    const { id } = await entries.store({ content: 'said by one' }, one);
    await entries.update(id, { content: 'corrected by another' }, other);
    await entries.remove([id], other);
    expect((await entries.list({ limit: 1, deleted: true }, one)).total).toBe(1);
  });

  it('counts and statistics are of what one may read', async () => {
    const entries = engineOn(on().database);
    const [owner, stranger] = [someone(), someone()];
    const before = await entries.stats(stranger);
    const first = await entries.store({ content: 'hidden thing', tags: ['hidden-tag'], category: 'tasks' }, owner);
    await entries.store({ content: 'hidden other', links: [{ type: 'see-also', to: first.id }] }, owner);
    await entries.remove([first.id], owner);
    expect(await entries.stats(stranger)).toEqual(before);
  });
}

function everyCase() {
  return (['private', 'shared', 'public'] as const).flatMap((visibility) =>
    (['owner', 'reader', 'stranger'] as const).flatMap((role) =>
      [false, true].flatMap((isDeleted) =>
        [false, true].map((isSealed) => ({ visibility, role, isDeleted, isSealed })),
      ),
    ),
  );
}
