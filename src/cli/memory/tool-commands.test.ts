import { describe, expect, it } from 'vitest';
import { memory } from '../../../tools/memory/group.ts';
import { parseCommandLine } from './arguments.ts';
import { askedDaemon, heardContext } from './asked-daemon.fixture.ts';
import { commands } from './commands.ts';
import { getEntries, toolCommands } from './tool-commands.ts';

async function ask(words: readonly string[], { answer = {}, stdin = '' }: { answer?: object; stdin?: string } = {}) {
  const parsed = parseCommandLine(words, commands);
  const { daemon, asked } = askedDaemon({ tool: answer });
  const heard = heardContext(stdin);
  const run = parsed.command === 'get' ? getEntries : toolCommands[parsed.command];
  const code = (await run?.(parsed, heard.context, daemon)) ?? -1;
  return { code, asked, ...heard };
}

const toolOf = (name: string) => memory.tools.find((tool) => tool.name === name);
/** Each takes every option its command has, so that none of them can be named otherwise than the tool's argument. */
const whole: Readonly<Record<string, readonly string[]>> = {
  recall: [
    ...['recall', 'why', '--category', 'facts', '--tags', 'a,b', '--session', 's1', '--since', '2026-03-01'],
    ...['--as-of', '2026-03-01T09:00:00Z', '--in', 'all', '--limit', '50', '--expanded', 'more', '--rerank'],
    ...['--budget', '24000'],
  ],
  store: [
    ...['store', 'A text.', '--category', 'gotcha', '--tags', 'a', '--tags', 'b,c', '--keywords', 'k', '--importance'],
    ...['1', '--visibility', 'shared', '--readers', 'human:ada,human:bo', '--sensitive', '--source', 'x', '--from'],
    ...['2026-01-01', '--until', '2026-03-01', '--session', 's1', '--link', 'supersedes:12', '--link', 'part-of:#3'],
    '--force',
  ],
  update: [
    ...['update', '#12', '--content', 'New.', '--category', 'facts', '--tags', '', '--keywords', 'k', '--importance'],
    ...['0', '--visibility', 'public', '--sensitive', '--source', 'x', '--from', '2026-01-01', '--until', 'open'],
    '--force',
  ],
  link: ['link', '31', 'supersedes:12', 'see-also:7', '--remove', 'part-of:3'],
  list: [
    ...['list', '--category', 'facts', '--tags', 'a,b', '--session', 's1', '--source', 'x', '--since', '2026-03-01'],
    ...['--visibility', 'shared', '--mine', '--deleted', '--order', 'importance', '--cursor', 'c', '--budget', '1000'],
  ],
  get: ['get', '12', '#15'],
  delete: ['delete', '12,13', '14'],
};

describe('a command that agents have as a tool', () => {
  it.each(Object.entries(whole))('%s asks for what the tool takes, whatever is given', async (_, words) => {
    const { asked, code, err } = await ask(words, { answer: { text: '#12 facts\n#15 facts' } });
    expect({ code, err }).toEqual({ code: 0, err: [] });
    expect(asked.length).toBeGreaterThan(0);
    for (const { name, input } of asked) expect(toolOf(name)?.input.safeParse(input).error).toBeUndefined();
  });

  it('all have a whole line above, and no tool has an argument that none of them gives', async () => {
    expect(Object.keys(whole)).toEqual(expect.arrayContaining([...Object.keys(toolCommands), 'get']));
    const given = new Map<string, Set<string>>();
    for (const words of Object.values(whole)) {
      for (const { name, input } of (await ask(words)).asked) {
        given.set(name, new Set([...(given.get(name) ?? []), ...Object.keys(input)]));
      }
    }
    for (const tool of memory.tools) {
      // A person is shown an answer of one line as it is; only long ones have a budget.
      const short = ['memory_store', 'memory_delete'].includes(tool.name) ? ['budget'] : [];
      const takes = Object.keys(tool.input.shape).filter((key) => !short.includes(key));
      expect([...(given.get(tool.name) ?? [])].sort()).toEqual(takes.sort());
    }
  });

  it.each([
    [whole['store'], { tags: 'a,b,c', visibility: 'sealed,human:ada,human:bo', links: 'supersedes:12,part-of:3' }],
    [whole['store'], { valid: '2026-01-01/2026-03-01', importance: 1 }],
    [whole['update'], { id: 12, tags: '', visibility: 'sealed,public', valid: '2026-01-01/' }],
    [whole['link'], { id: 31, links: 'supersedes:12,see-also:7,-part-of:3' }],
    [['update', '12', '--until', '2026-03-01'], { id: 12, valid: '/2026-03-01' }],
  ])('says it in the tool’s words: %j', async (words = [], expected) => {
    expect((await ask(words)).asked[0]?.input).toMatchObject(expected);
  });

  it('sends nothing that it can tell to be wrong by itself, and says what to write', async () => {
    for (const words of [
      ['store', 'A text.', '--visibility', 'shared'],
      ['store', 'A text.', '--visibility', 'private', '--readers', 'human:ada'],
      ['store', 'A text.', '--importance', '2'],
      ['store', 'A text.', '--from', 'yesterday'],
      ['update', '12'],
      ['update', '12', '--force'],
      ['update', '12', '--from', '2026-01-01'],
      ['link', '12'],
      ['recall', 'x', '--limit', '51'],
    ]) {
      await expect(ask(words)).rejects.toMatchObject({ name: 'Misuse' });
    }
    await expect(ask(['store', 'ж'.repeat(1_401)])).rejects.toMatchObject({ code: 'memory-too-long' });
  });

  it('reads a text from stdin, to its last character', async () => {
    const text = 'First.\n\n  Last — ж\u{1f3f0}';
    expect((await ask(['store', '-'], { stdin: `${text}\n` })).asked[0]?.input).toEqual({ content: text });
    expect((await ask(['update', '3', '--content', '-'], { stdin: text })).asked[0]?.input).toEqual({
      id: 3,
      content: text,
    });
  });

  it('prints the answer, or its error beside it, and ends accordingly', async () => {
    expect(await ask(['recall', 'x'], { answer: { text: 'one hit' } })).toMatchObject({ code: 0, out: ['one hit'] });
    const refused = await ask(['recall', 'x'], { answer: { text: 'error a-b: no', isError: true } });
    expect(refused).toMatchObject({ code: 1, out: [], err: ['error a-b: no'] });
    const json = await ask(['recall', 'x', '--json'], { answer: { text: 'one hit\n\n#7 facts · 3d ago\n| Text.' } });
    expect(JSON.parse(json.out[0] ?? '')).toMatchObject({ entries: [{ id: 7, text: 'Text.' }] });
  });

  it('get ends with 1 where one of them is not there, and delete takes more than one call takes', async () => {
    expect((await ask(['get', '12'], { answer: { text: '0 whole entries' } })).code).toBe(1);
    const many = Array.from({ length: 120 }, (_, index) => String(index + 1));
    const { asked } = await ask(['delete', ...many]);
    expect(asked.map(({ input }) => (Array.isArray(input['ids']) ? input['ids'].length : 0))).toEqual([50, 50, 20]);
  });
});
