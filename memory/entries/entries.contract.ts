import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import type { Draft, Entry } from '../entry.ts';
import { engineOn, someone } from './entries.fixture.ts';
import type { Entries } from './entries.ts';
import { describeImports } from './imports.contract.ts';
import { describeLinks } from './links.contract.ts';
import { describeManyAtOnce } from './many-at-once.contract.ts';
import { describeRemoval } from './removal.contract.ts';
import { describeSealing } from './sealing.contract.ts';
import { describeUpdates } from './updates.contract.ts';
import { describeVisibility } from './visibility.contract.ts';

/** A database with Castellan's schema, seen by two daemons; on the embedded one both are the same. */
export interface Opened {
  readonly database: Database;
  readonly elsewhere: Database;
}

/** What memory's writing half must do, on any database. */
export function describeEntries(name: string, open: () => Promise<readonly [Database, Database]>): void {
  describe(`entries in ${name}`, () => {
    const opened = { database: undefined as Database | undefined, elsewhere: undefined as Database | undefined };
    const on = (): Opened => {
      const { database, elsewhere } = opened;
      if (database === undefined || elsewhere === undefined) throw new Error('the database is not open yet');
      return { database, elsewhere };
    };
    beforeAll(async () => {
      [opened.database, opened.elsewhere] = await open();
      await migrate(on().database, { build: 'test' });
    }, 60_000);
    afterAll(async () => {
      const { database, elsewhere } = on();
      await database[Symbol.asyncDispose]();
      if (elsewhere !== database) await elsewhere[Symbol.asyncDispose]();
    });

    describe('store', () => describeStore(() => engineOn(on().database)));
    describe('update', () => describeUpdates(on));
    describe('imports', () => describeImports(on));
    describe('links', () => describeLinks(on));
    describe('remove', () => describeRemoval(on));
    describe('sensitive entries', () => describeSealing(on));
    describe('who may read', () => describeVisibility(on));
    describe('many at once', () => describeManyAtOnce(on));
    describe('list and get', () => describeReading(() => engineOn(on().database)));
  });
}

function describeStore(engine: () => Entries): void {
  const whole = async (entries: Entries, id: number, by = someone()): Promise<Entry | undefined> =>
    (await entries.get([id], by))[0]?.entry;

  it('keeps an entry whole, normalised where it must be', async () => {
    const [entries, by] = [engine(), someone()];
    const draft = {
      content: '  The mail host *mx-1* keeps its queue on ssd.\n\n\tSecond line, naïve 🏰\u0000\u200b.  ',
      category: 'Gotcha',
      tags: ['Mail Server', 'mail_server', 'ns/app:mail', '192.0.2.7', '—'],
      keywords: 'smtp \n postfix',
      importance: 0.7,
      source: 'https://git.example.net/notes#12',
      session: 'session-1',
      visibility: 'shared',
      readers: ['human:sam', by.human, 'human:kim', 'human:sam'],
      validFrom: new Date('2026-03-01T00:00:00Z'),
    } as const satisfies Draft;
    const { id, outcome, similar } = await entries.store(draft, by);
    expect({ outcome, similar }).toEqual({ outcome: 'stored', similar: [] });
    expect(await whole(entries, id, by)).toMatchObject({
      owner: by.human,
      author: by.agent,
      content: 'The mail host *mx-1* keeps its queue on ssd.\n\n\tSecond line, naïve 🏰.',
      category: 'gotchas',
      tags: ['mail-server', 'ns/app:mail', '192.0.2.7'],
      keywords: 'smtp postfix',
      importance: 0.7,
      source: draft.source,
      session: 'session-1',
      seq: 1,
      visibility: 'shared',
      readers: ['human:kim', 'human:sam'],
      sensitive: false,
      validFrom: draft.validFrom,
      validTo: undefined,
      deletedAt: undefined,
      revision: 1,
    });
  });

  it('without a word of it an entry is private, of the standard category and true from now on', async () => {
    const [entries, by] = [engine(), someone()];
    const { id } = await entries.store({ content: 'the boiler is in the attic' }, by);
    const entry = await whole(entries, id, by);
    expect(entry).toMatchObject({ visibility: 'private', category: 'facts', importance: 0.5, tags: [], keywords: '' });
    expect(entry?.validFrom).toEqual(entry?.recordedAt);
  });

  it.each([
    ['Latin', 'a'],
    ['Cyrillic', 'ж'],
    ['Chinese', '猫'],
    ['emoji', '🏰'],
    ['composed', 'e\u0301'],
  ])('1,400 characters are kept and one more is refused: %s', async (_, character) => {
    const [entries, by] = [engine(), someone()];
    const text = `limit ${character.repeat(1_394)}`;
    const { id } = await entries.store({ content: text }, by);
    expect((await whole(entries, id, by))?.content).toBe(text.normalize('NFC'));
    await expect(entries.store({ content: `${text}${character}` }, by)).rejects.toMatchObject({
      code: 'memory-too-long',
      message: expect.stringContaining('1,401'),
      next: expect.stringMatching(/hub.*part-of.*readable alone/s),
    });
    expect((await entries.list({ limit: 10 }, by)).total).toBe(1);
  });

  it.each<[string, Draft, string]>([
    ['no text', { content: ' \n\u200b ' }, 'memory-empty'],
    ['nothing it could be found by', { content: '?! …' }, 'memory-empty'],
    ['an unknown category', { content: 'x1', category: 'quux' }, 'memory-category'],
    ['an importance above 1', { content: 'x1', importance: 1.5 }, 'memory-invalid'],
    ['an importance that is no number', { content: 'x1', importance: Number.NaN }, 'memory-invalid'],
    ['21 tags', { content: 'x1', tags: Array.from({ length: 21 }, (_, n) => `t${n}`) }, 'memory-invalid'],
    ['a long tag', { content: 'x1', tags: ['t'.repeat(41)] }, 'memory-invalid'],
    ['long keywords', { content: 'x1', keywords: 'k'.repeat(401) }, 'memory-invalid'],
    ['readers of a private entry', { content: 'x1', visibility: 'private', readers: ['human:sam'] }, 'memory-invalid'],
    ['a shared entry without readers', { content: 'x1', visibility: 'shared' }, 'memory-invalid'],
    ['a reader who is no human', { content: 'x1', visibility: 'shared', readers: ['sam'] }, 'memory-invalid'],
    ['an end before the beginning', { content: 'x1', validTo: new Date('2020-01-01') }, 'memory-invalid'],
    ['a date that is none', { content: 'x1', validFrom: new Date('nonsense') }, 'memory-invalid'],
    ['a date no database has', { content: 'x1', validFrom: new Date(8.64e15) }, 'memory-invalid'],
    ['a link to nothing', { content: 'x1', links: [{ type: 'see-also', to: 2_000_000_000 }] }, 'memory-link'],
    ['a link to no id', { content: 'x1', links: [{ type: 'see-also', to: -1 }] }, 'memory-invalid'],
    [
      '11 links',
      { content: 'x1', links: Array.from({ length: 11 }, (_, n) => ({ type: 'see-also' as const, to: n + 1 })) },
      'memory-invalid',
    ],
  ])('refuses %s, and nothing of it stays', async (_, draft, code) => {
    const [entries, by] = [engine(), someone()];
    await expect(entries.store(draft, by)).rejects.toMatchObject({ code, next: expect.stringMatching(/\w/) });
    expect(await entries.stats(by)).toMatchObject({ entries: expect.any(Number), deleted: 0 });
    expect((await entries.list({ limit: 1, mine: true }, by)).total).toBe(0);
  });

  const secret = `ghp_${'a1B2c3D4e5F6g7H8i9J0'.repeat(2).slice(0, 36)}`;
  it.each<[string, Partial<Draft>]>([
    ['content', { content: `the token is ${secret}` }],
    ['content', { content: `the token is ${secret.slice(0, 9)}\u200b${secret.slice(9)}` }],
    ['content', { content: `the token is ${secret}`, sensitive: true }],
    ['keywords', { keywords: secret }],
    ['tags', { tags: [secret] }],
    ['source', { source: `https://robin:hunter2secret@git.example.net/` }],
    ['session', { session: secret }],
  ])('refuses a secret in %s by the name of its rule alone, and says where a secret belongs', async (field, draft) => {
    const [entries, by] = [engine(), someone()];
    const error = await entries.store({ content: 'a token', ...draft }, by).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'memory-secret',
      message: expect.stringContaining(field),
      next: expect.stringContaining('vault://mount/path#key'),
    });
    expect(JSON.stringify(error) + String((error as Error).message)).not.toContain(secret.slice(4, 20));
  });

  it('takes a reference to a secret', async () => {
    const { outcome } = await engine().store(
      { content: 'the token of the runner is vault://secret/ci/runner#token' },
      someone(),
    );
    expect(outcome).toBe('stored');
  });

  it('said again, in any case and spacing, it is the same entry', async () => {
    const [entries, by] = [engine(), someone()];
    const { id } = await entries.store({ content: 'The garden tap freezes below -5 °C' }, by);
    for (const content of ['the garden tap  freezes\nbelow -5 °c ', 'The garden tap freezes below -5 °C']) {
      expect(await entries.store({ content }, by, { force: true })).toEqual({ id, outcome: 'unchanged', similar: [] });
    }
    expect((await entries.list({ limit: 9 }, by)).total).toBe(1);
  });

  it('what came to an end may be true again', async () => {
    const [entries, by] = [engine(), someone()];
    const content = 'Kim sleeps in the blue room';
    const past = { validFrom: new Date('2024-01-01'), validTo: new Date('2025-01-01') };
    const first = await entries.store({ content, ...past }, by);
    const second = await entries.store({ content }, by);
    expect(second.outcome).toBe('stored');
    expect(second.id).not.toBe(first.id);
  });

  it('almost the same is refused with the id of what is there, unless it is wanted', async () => {
    const [entries, by] = [engine(), someone()];
    const { id } = await entries.store({ content: 'Zigbee dongle firmware crashes the garden coordinator' }, by);
    const again = { content: 'zigbee dongle firmware: crashes the garden coordinator!' };
    await expect(entries.store(again, by)).rejects.toMatchObject({
      code: 'memory-duplicate',
      message: expect.stringContaining(String(id)),
      next: expect.stringContaining('force'),
    });
    const forced = await entries.store(again, by, { force: true });
    expect(forced).toMatchObject({ outcome: 'stored', similar: [{ id, kind: 'duplicate' }] });
  });

  it('the same with another number is stored, and told of as a conflict', async () => {
    const [entries, by] = [engine(), someone()];
    for (let n = 0; n < 12; n += 1)
      await entries.store({ content: `unrelated note ${n} about gadget${n} in drawer${n}` }, by);
    const { id } = await entries.store({ content: 'The attic inverter runs firmware 3.2.1 since spring' }, by);
    const stored = await entries.store({ content: 'The attic inverter runs firmware 4.0.0 since spring' }, by);
    expect(stored.similar[0]).toMatchObject({
      id,
      kind: 'conflict',
      why: 'the same subject, another version: 3.2.1 → 4.0.0',
      entry: { id, content: expect.stringContaining('3.2.1') },
    });
    // What replaces it is no duplicate of it.
    const next = {
      content: 'The attic inverter runs firmware 4.0.0 since the spring',
      links: [{ type: 'supersedes' as const, to: stored.id }],
    };
    expect((await entries.store(next, by)).outcome).toBe('stored');
  });

  it('a session is kept in order', async () => {
    const [entries, by] = [engine(), someone()];
    const other = someone();
    const seqs: (number | undefined)[] = [];
    for (const visibility of ['private', 'public', 'private'] as const) {
      const { id } = await entries.store({ content: `step ${crypto.randomUUID()}`, session: 's', visibility }, by);
      await entries.store({ content: `beside ${crypto.randomUUID()}`, session: 's' }, other);
      seqs.push((await whole(entries, id, by))?.seq);
    }
    expect(seqs).toEqual([1, 2, 3]);
  });

  it('takes any text in any field as it is', async () => {
    const [entries, by] = [engine(), someone()];
    const hostile = [
      `'; drop table castellan.memory; --`,
      `\\'; select 1 -- $1 $$ $tag$`,
      `foo & | ! <-> :* ( ) "quoted" 'x' \\`,
      `{"a":[1,null]} {a,"b"} NULL \\x00 %s ?`,
      '\ud800 lone and \u202e turned',
    ];
    for (const text of hostile) {
      const draft = {
        content: `hostile ${crypto.randomUUID()} ${text}`,
        keywords: text,
        tags: [text],
        source: text,
        session: text,
      };
      const { id } = await entries.store(draft, by, { force: true });
      const kept = await whole(entries, id, by);
      if (!/[\ud800\u202e]/.test(text)) {
        expect(kept).toMatchObject({
          content: draft.content,
          keywords: text.replace(/\s+/g, ' '),
          source: text,
          session: text,
        });
      }
      const found = await entries.list({ session: text, source: text, tags: [text], limit: 5 }, by);
      expect(found.entries.map((entry) => entry.id)).toContain(id);
    }
    for (const human of hostile) {
      expect((await entries.list({ limit: 5, mine: true }, { human, agent: human })).total).toBe(0);
      await expect(entries.remove([1], { human, agent: human })).rejects.toMatchObject({ code: 'memory-unknown' });
    }
    expect((await entries.stats(by)).entries).toBeGreaterThanOrEqual(hostile.length);
  });

  it('any text comes back as it was, but for what cannot be seen', async () => {
    const [entries, by] = [engine(), someone()];
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 60 }), async (text) => {
        const { id } = await entries.store({ content: `seed ${text} end`, keywords: text.slice(0, 20) }, by, {
          force: true,
        });
        const kept = (await whole(entries, id, by))?.content;
        expect(await entries.store({ content: kept ?? '' }, by)).toMatchObject({ id, outcome: 'unchanged' });
      }),
      { numRuns: 40 },
    );
  });
}

function describeReading(engine: () => Entries): void {
  it('lists by filters, whole pages that neither lose nor repeat one, in every order', async () => {
    const [entries, by] = [engine(), someone()];
    const at = (n: number): Date => new Date(Date.UTC(2026, 0, 1 + Math.floor(n / 3)));
    const drafts = Array.from({ length: 23 }, (_, n) => ({
      content: `listed note number ${n} of ${by.human}`,
      category: n % 2 === 0 ? 'facts' : 'gotchas',
      tags: n % 3 === 0 ? ['third', 'note'] : ['note'],
      importance: (n % 4) / 4,
      recordedAt: at(n),
      session: n < 5 ? 'first' : 'later',
      source: `file-${n % 2}`,
    }));
    await entries.storeAll(drafts, by);
    const total = async (filter: object): Promise<number> =>
      (await entries.list({ ...filter, mine: true, limit: 1 }, by)).total;
    expect(await total({})).toBe(23);
    expect(await total({ category: 'Gotcha' })).toBe(11);
    expect(await total({ tags: ['Third', 'note'] })).toBe(8);
    expect(await total({ session: 'first', source: 'file-1' })).toBe(2);
    expect(await total({ since: at(21) })).toBe(2);
    expect(await total({ visibility: 'public' })).toBe(0);
    await expect(total({ category: 'quux' })).rejects.toMatchObject({ code: 'memory-category' });

    for (const order of ['newest', 'oldest', 'importance'] as const) {
      const pages: Entry[] = [];
      for (;;) {
        const last = pages.at(-1);
        const after = last && { at: last.recordedAt, importance: last.importance, id: last.id };
        const page = await entries.list({ mine: true, order, limit: 4, ...(after && { after }) }, by);
        expect(page.total).toBe(23);
        if (page.entries.length === 0) break;
        pages.push(...page.entries);
      }
      expect(new Set(pages.map(({ id }) => id)).size).toBe(23);
      const key = ({ importance, recordedAt }: Entry): number =>
        order === 'importance' ? importance : recordedAt.getTime() * (order === 'oldest' ? -1 : 1);
      expect(pages.map(key)).toEqual(pages.map(key).toSorted((a, b) => b - a));
    }
  });

  it('gets in the order asked for, each once, and passes over what is not there', async () => {
    const [entries, by] = [engine(), someone()];
    const ids: number[] = [];
    for (const word of ['one', 'two', 'three']) ids.push((await entries.store({ content: `entry ${word}` }, by)).id);
    const [one = 0, two = 0, three = 0] = ids;
    const got = await entries.get([three, 2_000_000_000, one, -1, 0.5, Number.NaN, two, one], by);
    expect(got.map(({ entry }) => entry.id)).toEqual([three, one, two]);
  });

  it('counts', async () => {
    const [entries, by] = [engine(), someone()];
    const hub = await entries.store(
      { content: 'hub of the counted', tags: ['a', 'b'], visibility: 'shared', readers: ['human:sam'] },
      by,
    );
    await entries.store({ content: 'part of the counted', tags: ['a'], links: [{ type: 'part-of', to: hub.id }] }, by);
    const gone = await entries.store({ content: 'gone soon' }, by);
    await entries.remove([gone.id], by);
    const stats = await entries.stats(by);
    const ofOthers = await entries.stats(someone());
    expect(stats.entries - ofOthers.entries).toBe(2);
    expect(stats.deleted).toBe(1);
    expect(stats.byVisibility).toMatchObject({ private: 1, shared: 1, public: ofOthers.byVisibility['public'] });
    expect(stats.links['part-of'] - ofOthers.links['part-of']).toBe(1);
    const tagged = (name: string): number => stats.byTag.find((tag) => tag.name === name)?.count ?? 0;
    expect([tagged('a'), tagged('b')]).toEqual([2, 1]);
  });
}
