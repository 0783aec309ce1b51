import { describe, expect, it } from 'vitest';
import type { Memory, Stored } from '../../memory/engine.ts';
import { memoryError } from '../../memory/errors.ts';
import { callTool, entryOf, portsOver, wholeOf } from './memory.fixture.ts';
import { store } from './store.ts';

const by = { human: 'human:robin', agent: 'agent:claude' };

/** Every call that the engine gets. */
function engine(stored: Partial<Stored> = {}, entry = entryOf()) {
  const calls: unknown[][] = [];
  const answer = async (): Promise<Stored> => ({ id: entry.id, outcome: 'stored', similar: [], ...stored });
  const methods: Partial<Memory> = {
    store: (...given) => {
      calls.push(['store', ...given]);
      return answer();
    },
    update: (...given) => {
      calls.push(['update', ...given]);
      return answer();
    },
    link: async (...given) => void calls.push(['link', ...given]),
    unlink: async (...given) => void calls.push(['unlink', ...given]),
    get: async () => [wholeOf({ entry })],
  };
  return { calls, methods, ports: portsOver(methods) };
}

describe('memory_store', () => {
  it('keeps what is given in the name of whoever called, and says where it lies', async () => {
    const { calls, ports } = engine({}, entryOf({ session: 's1', seq: 4 }));
    const { text } = await callTool(store, ports, {
      content: 'The NAS sleeps at night.',
      category: 'facts',
      tags: 'nas, sleep',
      keywords: 'suspend',
      importance: 0.7,
      source: 'https://wiki.example.net/nas',
      session: 's1',
      valid: '2026-01-01/2026-06-01',
      links: 'part-of:3, see-also:4',
    });
    expect(calls).toEqual([
      [
        'store',
        {
          content: 'The NAS sleeps at night.',
          category: 'facts',
          tags: ['nas', 'sleep'],
          keywords: 'suspend',
          importance: 0.7,
          source: 'https://wiki.example.net/nas',
          session: 's1',
          validFrom: new Date('2026-01-01T00:00:00Z'),
          validTo: new Date('2026-06-01T00:00:00Z'),
          links: [
            { type: 'part-of', to: 3 },
            { type: 'see-also', to: 4 },
          ],
        },
        by,
        { force: false },
      ],
    ]);
    expect(text).toContain('stored #12 in facts, private, number 4 of its session');
  });

  it.each([
    ['private', { visibility: 'private', readers: [] }],
    ['public', { visibility: 'public', readers: [] }],
    ['human:ada, human:bo', { visibility: 'shared', readers: ['human:ada', 'human:bo'] }],
    ['sealed', { sensitive: true }],
    ['sealed,human:ada', { visibility: 'shared', readers: ['human:ada'], sensitive: true }],
  ])('takes %s for who may read it', async (visibility, draft) => {
    const { calls, ports } = engine();
    await callTool(store, ports, { content: 'x', visibility });
    expect(calls[0]?.[1]).toEqual({ content: 'x', ...draft });
  });

  it('tells of a contradiction what it is, and the exact next call', async () => {
    const other = entryOf({ id: 7, content: 'The NAS is 192.0.2.9.' });
    const { ports } = engine({
      similar: [
        { id: 7, likeness: 0.72, kind: 'conflict', why: 'another address: 192.0.2.9 → 192.0.2.4', entry: other },
      ],
    });
    const { text } = await callTool(store, ports, { content: 'The NAS is 192.0.2.4.' });
    expect(text).toContain('#7 facts · 3d ago · by agent:claude · private · CONTRADICTS it, likeness 0.72');
    expect(text).toContain('| why: another address: 192.0.2.9 → 192.0.2.4');
    expect(text).toContain('| The NAS is 192.0.2.9.');
    expect(text).toContain('memory_store {"id":12,"links":"supersedes:7"}');
    const link = JSON.parse(/memory_store (\{[^}]*\})/.exec(text)?.[1] ?? '');
    expect(store.input.safeParse(link).success).toBe(true);
  });

  it('says that exactly this is there already', async () => {
    const { ports } = engine({ outcome: 'unchanged' });
    expect((await callTool(store, ports, { content: 'x' })).text).toContain('#12 says exactly this already');
  });

  it('changes an entry by its id, only in what was given', async () => {
    const { calls, ports } = engine({ outcome: 'updated' }, entryOf({ revision: 2 }));
    const { text } = await callTool(store, ports, { id: 12, tags: 'nas', valid: '/' });
    expect(calls).toEqual([['update', 12, { tags: ['nas'], validTo: null }, by, { force: false }]]);
    expect(text).toContain('changed #12 in facts, private, revision 2');
  });

  it('makes links of an entry and takes them away, and changes nothing else by it', async () => {
    const { calls, ports } = engine();
    const { text } = await callTool(store, ports, { id: 12, links: 'supersedes:7, -see-also:9' });
    expect(text).toContain('#12 now supersedes #7\n#12 no longer see also #9');
    expect(calls).toEqual([
      ['unlink', 12, [{ type: 'see-also', to: 9 }], by],
      ['link', 12, [{ type: 'supersedes', to: 7 }], by],
    ]);
  });

  it('says it when an entry was changed and its links could not be', async () => {
    const { methods } = engine({ outcome: 'updated' });
    const refused = memoryError('memory-link', { message: 'that would be a circle', next: 'look at the links of 7' });
    const ports = portsOver({ ...methods, link: () => Promise.reject(refused) });
    const { text } = await callTool(store, ports, { id: 12, content: 'x', links: 'supersedes:7' });
    expect(text).toContain('changed #12');
    expect(text).toContain('LINKS NOT CHANGED: that would be a circle; look at the links of 7');
    await expect(callTool(store, ports, { id: 12, links: 'supersedes:7' })).rejects.toMatchObject({
      code: 'memory-link',
    });
  });

  it.each([
    ['neither content nor id', {}],
    ['an id and nothing to change', { id: 12 }],
    ['an id and a session', { id: 12, session: 's1' }],
    ['a new entry that takes a link away', { content: 'x', links: '-see-also:9' }],
  ])('refuses %s', async (_, input) => {
    const { calls, ports } = engine();
    await expect(callTool(store, ports, input)).rejects.toMatchObject({ code: 'memory-invalid' });
    expect(calls).toEqual([]);
  });

  it.each([
    { id: 0 },
    { content: 'x', links: 'replaces:3' },
    { content: 'x', links: 'supersedes:0' },
    { content: 'x', valid: '2026-01-01' },
    { content: 'x', valid: 'soon/' },
    { content: 'x', visibility: 'ada' },
    { content: 'x', visibility: 'public,human:ada' },
    { content: 'x', owner: 'human:ada' },
    { content: 'x', human: 'human:ada' },
  ])('takes no such thing: %j', (input) => {
    expect(store.input.safeParse(input).success).toBe(false);
  });
});
