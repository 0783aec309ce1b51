import { describe, expect, it } from 'vitest';
import type { ListFilter } from '../../memory/engine.ts';
import { list } from './list.ts';
import { callTool, entryOf, portsOver, wholeOf } from './memory.fixture.ts';

const long = `${'The mail server needs its queue flushed by hand. '.repeat(20)}Then it says: tail.`;

describe('memory_list', () => {
  it('shows a beginning, says that it is one, and how to read the whole before anybody changes it', async () => {
    const entries = [
      entryOf({ content: long }),
      entryOf({ id: 13 }),
      entryOf({ id: 14, content: undefined, sensitive: true }),
    ];
    const { text } = await callTool(list, portsOver({ list: async () => ({ entries, total: 3 }) }), {});
    expect(text).toContain('3 memories');
    expect(text).toContain(`CUT: 120 of ${long.length} characters`);
    expect(text).not.toContain('tail.');
    expect(text).toContain('whole');
    expect(text).toContain('SEALED');
    expect(text).toContain('before you change one, read it whole with memory_list ids=');
  });

  it('cuts between characters', async () => {
    const entries = [entryOf({ content: '🏠'.repeat(500), tags: [] })];
    const { text } = await callTool(list, portsOver({ list: async () => ({ entries, total: 1 }) }), {});
    expect(text.isWellFormed()).toBe(true);
    expect(text).toContain('CUT: 120 of 500 characters');
  });

  it('goes on behind the last row that was shown', async () => {
    const all = Array.from({ length: 120 }, (_, index) =>
      entryOf({ id: 500 - index, content: `entry ${index} ${'x'.repeat(100)}` }),
    );
    const asked: ListFilter[] = [];
    const ports = portsOver({
      list: async (filter) => {
        asked.push(filter);
        const from = filter.after === undefined ? 0 : all.findIndex(({ id }) => id === filter.after?.id) + 1;
        return { entries: all.slice(from, from + filter.limit), total: all.length };
      },
    });
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const { text } = await callTool(list, ports, cursor === undefined ? {} : { cursor });
      seen.push(...[...text.matchAll(/^\| #(\d+)/gm)].map(([, id]) => id ?? ''));
      cursor = /next_cursor: (\S+)/.exec(text)?.[1];
    } while (cursor !== undefined);
    expect(seen).toEqual(all.map(({ id }) => String(id)));
    expect(asked[1]?.after).toMatchObject({ at: all[0]?.recordedAt, importance: 0.5 });
  });

  it('asks for what was asked', async () => {
    const asked: unknown[] = [];
    const ports = portsOver({
      list: async (...given) => {
        asked.push(...given);
        return { entries: [], total: 0 };
      },
    });
    const filter = {
      category: 'facts',
      visibility: 'public',
      session: 's',
      source: 'u',
      mine: true,
      deleted: true,
      order: 'oldest',
    };
    const { text } = await callTool(list, ports, { ...filter, tags: 'a,b', since: '2026-01-01' });
    expect(asked).toEqual([
      { ...filter, tags: ['a', 'b'], since: new Date('2026-01-01T00:00:00Z'), limit: 50 },
      { human: 'human:robin', agent: 'agent:claude' },
    ]);
    expect(text).toContain('NONE of this kind');
  });

  it('gives whole entries by their ids, with links and history, and says which there are not', async () => {
    const one = wholeOf({
      entry: entryOf({
        content: long,
        revision: 2,
        session: 's1',
        seq: 3,
        visibility: 'shared',
        readers: ['human:ada'],
      }),
      links: [
        { type: 'supersedes', direction: 'to', id: 7 },
        { type: 'resolved-by', direction: 'from', id: 4 },
      ],
      history: [{ revision: 1, replacedAt: new Date('2026-02-27T10:00:00Z'), replacedBy: 'agent:claude' }],
    });
    const { text } = await callTool(list, portsOver({ get: async () => [one] }), { ids: [12, 99], mine: true });
    expect(text).toContain('supersedes #7 · resolves #4');
    expect(text).toContain('readers human:ada');
    expect(text).toContain('tail.');
    expect(text).toContain('| keywords: storage share\n| session: s1, number 3');
    expect(text).toContain('revision 2; revision 1 replaced 2d ago by agent:claude');
    expect(text).toContain('NOT SEEN: #99 (there is none of this id that you may read)');
    expect(text).toContain('beside ids these were not looked at: mine');
  });

  it('leaves whole entries out rather than cutting them', async () => {
    const entries = [1, 2, 3].map((id) => wholeOf({ entry: entryOf({ id, content: `${'y'.repeat(900)} end-${id}` }) }));
    const { text } = await callTool(list, portsOver({ get: async () => entries }), { ids: [1, 2, 3], budget: 2_600 });
    expect(text).toContain('end-1');
    expect(text).toMatch(/not shown, and not cut: (#2, )?#3/);
    expect(text).not.toContain('[line cut]');
  });
});
