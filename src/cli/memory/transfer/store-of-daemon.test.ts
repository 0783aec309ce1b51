import { describe, expect, it } from 'vitest';
import type { ImportedDraft } from '../../../../memory/engine.ts';
import type { Changes } from '../../../../memory/entry.ts';
import { memory } from '../../../../tools/memory/group.ts';
import { askedDaemon } from '../asked-daemon.fixture.ts';
import { exportedById, exportedEntries, storeOf } from './store-of-daemon.ts';

/** What takes it in the daemon: a tool, or a command. */
const takes = (name: string) => [...memory.tools, ...(memory.commands ?? [])].find((one) => one.name === name)?.input;

const sealed = { cipher: Buffer.from('age-encryption.org/v1\n…'), sealedWith: 'age' };
const draft: Required<Omit<ImportedDraft, 'sealed'>> = {
  content: 'A text.',
  category: 'facts',
  tags: ['a', 'b'],
  keywords: 'k',
  importance: 0.3,
  source: 'x',
  session: 's1',
  seq: 4,
  visibility: 'shared',
  readers: ['human:ada'],
  sensitive: true,
  validFrom: new Date('2026-01-01'),
  validTo: new Date('2026-03-01'),
  recordedAt: new Date('2026-01-02T03:04:05.006Z'),
  formerId: '12',
  links: [{ type: 'supersedes', to: 7 }],
};

describe('an import', () => {
  it('sends every part of a draft as the command takes it', async () => {
    const { daemon, asked } = askedDaemon({ command: { outcomes: [{ outcome: 'stored', id: 1 }] } });
    const outcomes = await storeOf(daemon).storeAll([draft, { content: '', keywords: 'k', sealed }]);
    expect(outcomes).toEqual([{ outcome: 'stored', id: 1 }]);
    const [{ name = '', input = {} } = {}] = asked;
    expect(name).toBe('memory.import');
    expect(takes(name)?.parse(input)).toEqual({
      drafts: [
        {
          content: 'A text.',
          category: 'facts',
          tags: ['a', 'b'],
          keywords: 'k',
          importance: 0.3,
          source: 'x',
          session: 's1',
          seq: 4,
          visibility: 'shared',
          readers: ['human:ada'],
          sensitive: true,
          valid_from: draft.validFrom,
          valid_to: draft.validTo,
          recorded: draft.recordedAt,
        },
        { keywords: 'k', cipher: sealed.cipher.toString('base64'), sealed_with: 'age' },
      ],
    });
  });

  it('changes an entry by calls of the tool, with as many links as one takes', async () => {
    const { daemon, asked } = askedDaemon();
    const changes: Required<Changes> = {
      ...{ content: 'New.', category: 'facts', tags: [], keywords: '', importance: 1, source: 'x' },
      ...{ visibility: 'shared', readers: ['human:ada', 'human:bo'], sensitive: false },
      ...{ validFrom: new Date('2026-01-01'), validTo: null },
    };
    const links = Array.from({ length: 23 }, (_, index) => `see-also:${index + 1}`);
    expect(await storeOf(daemon).change(12, changes, links)).toBeUndefined();
    for (const { name, input } of asked) expect(takes(name)?.safeParse(input).error).toBeUndefined();
    expect(asked.map(({ input }) => String(input['links']).split(',').length)).toEqual([10, 10, 3]);
    expect(asked[0]?.input).toMatchObject({
      id: 12,
      content: 'New.',
      tags: '',
      visibility: 'human:ada,human:bo',
      valid: '2026-01-01T00:00:00.000Z/',
    });
  });

  it.each([
    [{ text: 'error memory-too-long: it is\nnext: split it', isError: true }, 'memory-too-long: it is'],
    [{ text: 'changed #12\n\nLINKS NOT CHANGED: a cycle', isError: false }, 'LINKS NOT CHANGED: a cycle'],
  ])('tells why a change was not made: %j', async (tool, why) => {
    expect(await storeOf(askedDaemon({ tool }).daemon).change(12, { content: 'x' }, ['see-also:1'])).toBe(why);
  });
});

describe('an export', () => {
  const entry = {
    ...{ id: 12, revision: 1, owner: 'human:robin', author: 'agent:claude', category: 'facts', visibility: 'private' },
    ...{ readers: [], tags: [], keywords: '', importance: 0.5, links: [], content: 'A text.' },
    ...{ valid_from: '2026-03-01T00:00:00.000Z', recorded: '2026-03-01T00:00:00.000Z' },
    updated: '2026-03-01T00:00:00.000Z',
  };

  it('asks for part after part until there is no next', async () => {
    const { daemon, asked } = askedDaemon();
    const parts = [
      { entries: [entry], total: 2, next: 'behind-12' },
      { entries: [{ ...entry, id: 13 }], total: 2, next: null },
    ];
    const told: unknown[] = [];
    const command: typeof daemon.command = async (name, input) => {
      asked.push({ name, input });
      return parts[asked.length - 1] ?? {};
    };
    const all = await exportedEntries({ ...daemon, command }, ({ done, total }) => told.push([done, total]));
    expect(all.map(({ id }) => id)).toEqual([12, 13]);
    expect(told).toEqual([
      [1, 2],
      [2, 2],
    ]);
    expect(asked.map(({ input }) => input['after'])).toEqual([undefined, 'behind-12']);
    for (const { name, input } of asked) expect(takes(name)?.safeParse(input).error).toBeUndefined();
  });

  it('asks for each id once, and for no more at a time than the command takes', async () => {
    const { daemon, asked } = askedDaemon({ command: { entries: [entry], total: 1, next: null } });
    const ids = Array.from({ length: 250 }, (_, index) => index + 1);
    await exportedById(daemon, [...ids, ...ids]);
    expect(asked.map(({ input }) => (Array.isArray(input['ids']) ? input['ids'].length : 0))).toEqual([200, 50]);
    for (const { name, input } of asked) expect(takes(name)?.safeParse(input).error).toBeUndefined();
  });
});
