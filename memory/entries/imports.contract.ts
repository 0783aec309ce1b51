import { expect, it } from 'vitest';
import type { ImportedDraft, ImportOutcome } from '../engine.ts';
import type { Opened } from './entries.contract.ts';
import { engineOn, someone } from './entries.fixture.ts';

const idOf = (one: ImportOutcome | undefined): number => (one === undefined || one.outcome === 'refused' ? 0 : one.id);

export function describeImports(on: () => Opened): void {
  it('one bad draft keeps none of the others out, whatever is wrong with it', async () => {
    const [entries, by] = [engineOn(on().database), someone()];
    const drafts: ImportedDraft[] = [
      { content: 'first of the import' },
      { content: '  ' },
      { content: 'x'.repeat(1_401) },
      { content: 'bad category', category: 'quux' },
      { content: `token ghp_${'a1B2c3D4e5F6g7H8i9J0'.repeat(2).slice(0, 36)}` },
      { content: 'sealed', sensitive: true },
      { content: 'bad place', seq: -1, session: 's' },
      { content: 'bad date', recordedAt: new Date('nonsense') },
      { content: 'last of the import' },
    ];
    const outcomes = await entries.storeAll(drafts, by);
    expect(outcomes.map((one) => (one.outcome === 'refused' ? one.code : one.outcome))).toEqual([
      'stored',
      'memory-empty',
      'memory-too-long',
      'memory-category',
      'memory-secret',
      'memory-unsealed',
      'memory-invalid',
      'memory-invalid',
      'stored',
    ]);
    expect((await entries.list({ limit: 9, mine: true }, by)).total).toBe(2);
  });

  it('keeps when it was recorded, its place in its session, and what was told of it', async () => {
    const [entries, by] = [engineOn(on().database), someone()];
    const recordedAt = new Date('2025-05-05T05:05:05.005Z');
    const outcomes = await entries.storeAll(
      [
        { content: 'third said', session: 'import', seq: 7, recordedAt },
        { content: 'fourth said', session: 'import', recordedAt },
        { content: 'fifth said', session: 'import', recordedAt, validFrom: new Date('2025-01-01') },
      ],
      by,
    );
    const got = await entries.get(outcomes.map(idOf), by);
    expect(got.map(({ entry }) => [entry.seq, entry.recordedAt, entry.updatedAt, entry.validFrom])).toEqual([
      [7, recordedAt, recordedAt, recordedAt],
      [8, recordedAt, recordedAt, recordedAt],
      [9, recordedAt, recordedAt, new Date('2025-01-01')],
    ]);
  });

  it('may be run again: nothing is stored twice, and links that were missing are made', async () => {
    const [entries, by] = [engineOn(on().database), someone()];
    const drafts: ImportedDraft[] = Array.from({ length: 450 }, (_, n) => ({
      content: `imported ${n} of ${by.human}`,
      formerId: String(n + 1_000),
      recordedAt: new Date(Date.UTC(2025, 0, 1, 0, 0, n)),
      // The first of three is the hub; its parts lie in other batches, before and behind it.
      links: n % 3 === 0 ? [] : [{ type: 'part-of', to: 1_000 + ((n * 7) % 150) * 3 }],
    }));
    const first = await entries.storeAll(drafts, by);
    expect(new Set(first.map(({ outcome }) => outcome))).toEqual(new Set(['stored']));
    expect(new Set(first.map(idOf)).size).toBe(450);
    const [hub, part] = [first[21], first[1]];
    expect((await entries.get([idOf(part)], by))[0]?.links).toEqual([
      { type: 'part-of', direction: 'to', id: idOf(hub) },
    ]);
    const before = await entries.stats(by);

    await entries.unlink(idOf(part), [{ type: 'part-of', to: idOf(hub) }], by);
    const second = await entries.storeAll(drafts, by);
    expect(second).toEqual(first.map((one) => ({ ...one, outcome: 'unchanged' })));
    expect(await entries.stats(by)).toEqual(before);
  });

  it('a former id means an entry of the same import, and never one that is here under that number', async () => {
    const [entries, by] = [engineOn(on().database), someone()];
    const here = await entries.store({ content: 'a note that was here before' }, by);
    const [lost, linked] = await entries.storeAll(
      [
        { content: 'comes from elsewhere', formerId: 'a', links: [{ type: 'see-also', to: here.id }] },
        {
          content: 'comes from here',
          links: [
            { type: 'see-also', to: here.id },
            { type: 'part-of', to: 2_000_000_000 },
          ],
        },
      ],
      by,
    );
    expect(lost).toMatchObject({ outcome: 'stored', unlinked: [{ type: 'see-also', to: here.id }] });
    expect(linked).toMatchObject({ outcome: 'stored', unlinked: [{ type: 'part-of', to: 2_000_000_000 }] });
    expect((await entries.get([here.id], by))[0]?.links).toEqual([
      { type: 'see-also', direction: 'from', id: idOf(linked) },
    ]);
  });

  it('the same said at other times stays two entries, said twice at once it is one', async () => {
    const [entries, by] = [engineOn(on().database), someone()];
    const ended = { content: 'Kim is on holiday', validFrom: new Date('2025-01-01'), validTo: new Date('2025-02-01') };
    const again = { content: 'kim is on holiday', validFrom: new Date('2026-01-01') };
    const drafts = [ended, again, again, ended];
    const outcomes = await entries.storeAll(drafts, by);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['stored', 'stored', 'unchanged', 'unchanged']);
    const [one, two] = outcomes.map(idOf);
    expect(one).not.toBe(two);
    expect((await entries.storeAll(drafts, by)).map(idOf)).toEqual([one, two, two, one]);
  });

  it('what somebody else says is not taken for one’s own', async () => {
    const [entries, by] = [engineOn(on().database), someone()];
    const content = `said by two ${crypto.randomUUID()}`;
    const { id } = await entries.store({ content, visibility: 'public' }, someone());
    const [outcome] = await entries.storeAll([{ content }], by);
    expect(outcome).toMatchObject({ outcome: 'stored' });
    expect(idOf(outcome)).not.toBe(id);
  });
}
