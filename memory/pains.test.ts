import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { partsOf } from '../src/cli/memory/answer-text.ts';
import { parseCommandLine } from '../src/cli/memory/arguments.ts';
import { commands } from '../src/cli/memory/commands.ts';
import { toolCommands } from '../src/cli/memory/tool-commands.ts';
import { createCursors, type JsonObject, type Principal, renderAnswer, type Tool } from '../src/kit/index.ts';
import { createRedactor } from '../src/redaction/index.ts';
import { probeFeatures } from '../src/store/features.ts';
import { openScratchDatabase, type ScratchDatabase } from '../src/store/scratch-database.fixture.ts';
import { list } from '../tools/memory/list.ts';
import type { MemoryPorts } from '../tools/memory/port.ts';
import { recall } from '../tools/memory/recall.ts';
import { store } from '../tools/memory/store.ts';
import { memoryOver } from './durability/keeper.fixture.ts';
import type { Memory, Recalled } from './engine.ts';
import type { Actor } from './entry.ts';

/**
 * What agents and people suffered from in memories like this one, each as what must not happen here. These have their tests elsewhere:
 *
 *  fragments of a chopper, entries without end   entries/entries.contract.ts, transfer/jsonl.test.ts (put together, split by subject)
 *  a symptom above its linked cause              recall/shown.contract.ts
 *  what of a query is an operator                recall/recall.contract.ts, corpus/corpora.contract.ts
 *  a database that is locked                     entries/many-at-once.contract.ts, test/lab/memory/two-daemons.test.ts
 *  everybody reads everything                    entries/visibility.contract.ts, recall/others-entries.test.ts, tools/memory/group.test.ts
 *  contradictions and copies, no history         entries/entries.contract.ts, entries/updates.contract.ts
 *  pgvector absent, and there later              dense-engine.contract.ts, store/migrate.contract.ts
 *  an endpoint that is of no use                 dense-engine.contract.ts, embed/moods.contract.ts
 *  documents that name tools of yesterday        test/laws/memory-words.test.ts
 */
let scratch: ScratchDatabase;
let memory: Memory;
let ports: MemoryPorts;
beforeAll(async () => {
  scratch = await openScratchDatabase();
  memory = memoryOver(scratch.database, await probeFeatures(scratch.database));
  ports = {
    memory: async () => memory,
    hasEmbeddings: false,
    learning: false,
    findings: async () => [],
    variants: () => Promise.reject(new Error('nothing is measured here')),
  };
}, 60_000);
afterAll(async () => {
  await memory[Symbol.asyncDispose]();
  await scratch[Symbol.asyncDispose]();
});

/** Somebody no other test knows: his store is empty. */
function newcomer(): Principal {
  const name = randomUUID().slice(0, 8);
  return { human: `human:${name}`, agent: 'agent:claude', via: 'socket', scopes: ['read', 'record'] };
}

async function keep(by: Actor, ...contents: readonly string[]): Promise<readonly number[]> {
  const ids: number[] = [];
  for (const content of contents) ids.push((await memory.store({ content }, by, { force: true })).id);
  return ids;
}

const ask = (by: Actor, query: string, more: object = {}): Promise<Recalled> =>
  memory.recall({ query, ...more }, by, AbortSignal.timeout(30_000));
const idsOf = ({ hits }: Recalled): readonly number[] => hits.map((hit) => (hit.kind === 'memory' ? hit.entry.id : -1));

const cursors = createCursors(randomBytes(32));
const redactor = createRedactor();
/** As the daemon does it, on the engine. */
async function call(tool: Tool<MemoryPorts>, principal: Principal, asked: JsonObject): Promise<string> {
  const input = tool.input.parse(asked);
  const room = typeof asked['budget'] === 'number' ? asked['budget'] : 8_000;
  const context = { ports, principal, signal: AbortSignal.timeout(30_000), now: () => new Date() };
  const page = cursors.pageFor({ tool: tool.name, input, principal }, undefined, new Date());
  const answer = await tool.run(input, { ...context, progress: () => undefined, page, room });
  const redact = redactor.agentText;
  return renderAnswer(answer, { budget: room, redact, redactAgent: redact, redactOwn: redact }).text;
}
const entriesIn = (text: string): readonly number[] => partsOf(text).entries.map(({ id }) => id);

/** Different texts of exactly this length that a question about `subject` leads to. */
function longTexts(count: number, length: number, subject: string, letter: string): readonly string[] {
  return Array.from({ length: count }, (_, at) => {
    const start = `${subject} number${at} `;
    return (
      start +
      `${letter.repeat(6)}${String.fromCodePoint(0x430 + at)} `.repeat(length).slice(0, length - start.length - 1) +
      letter
    );
  });
}

describe('an answer', () => {
  it.each([
    ['Latin', 'w', 4],
    ['Cyrillic', 'ж', 2],
  ])(
    'is never longer than what a client shows its model, and every entry in it is whole: %s',
    async (_, letter, least) => {
      const by = newcomer();
      const texts = longTexts(8, 1_400, 'boiler pressure', letter);
      await keep(by, ...texts);
      const text = await call(recall, by, { query: 'boiler pressure', limit: 8 });
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(8_000);
      const shown = texts.filter((whole) => text.includes(`| ${whole}\n`));
      expect(shown.length).toBe(entriesIn(text).length);
      expect(shown.length).toBeGreaterThanOrEqual(least);
      expect(text).toContain(`${shown.length} of 8 hits`);
    },
  );

  it('is a handful of entries, and a page of a list, of however many there are', async () => {
    const by = newcomer();
    const drafts = Array.from({ length: 300 }, (_, at) => ({
      content: `cable ${at} runs to socket${at} in the cellar`,
    }));
    await memory.storeAll(drafts, by);
    expect(idsOf(await ask(by, 'cable cellar')).length).toBeLessThanOrEqual(10);
    const text = await call(recall, by, { query: 'cable cellar' });
    expect(entriesIn(text)).toHaveLength(5);
    expect(text).toContain('5 of ');
    const listed = await call(list, by, {});
    expect(Buffer.byteLength(listed)).toBeLessThanOrEqual(8_000);
    expect(listed.match(/^\S*#\d+/gm)?.length ?? 0).toBeLessThanOrEqual(50);
    expect(listed).toContain('cursor');
  });

  it('has no torn character, wherever a text is cut for a preview', async () => {
    const by = newcomer();
    const drafts = Array.from({ length: 24 }, (_, at) => ({ content: `${'ж'.repeat(104 + at)}🏰🏰é нота ${at}` }));
    await memory.storeAll(drafts, by);
    const listed = await call(list, by, { budget: 24_000 });
    expect(listed.match(/CUT/g)?.length).toBeGreaterThan(5);
    expect(listed.isWellFormed()).toBe(true);
    expect(listed).not.toContain('\ufffd');
  });
});

describe('what matters is found', () => {
  it('however unimportant it was said to be, before what is important and says less of it', async () => {
    const by = newcomer();
    const important = Array.from({ length: 30 }, (_, at) => ({
      content: `Rule ${at} of the house: the certificate of service${at} is looked after by its owner.`,
      importance: 1,
    }));
    await memory.storeAll(important, by);
    const { id } = await memory.store(
      { content: 'The certificate of the mail relay renews only while port 80 is open.', importance: 0 },
      by,
    );
    expect(idsOf(await ask(by, 'why does the certificate of the mail relay not renew?'))[0]).toBe(id);
    await expect(call(recall, by, { query: 'certificate', sort: 'importance' })).rejects.toThrow(/sort/);
  });

  it('by either word for its category, and no twin of one hides it', async () => {
    const by = newcomer();
    const words = ['gotcha', 'gotchas', 'Gotcha', 'GOTCHAS'];
    const rooms = ['garden', 'cellar', 'street', 'attic'];
    for (const [at, category] of words.entries()) {
      await memory.store({ content: `Trap number ${at}: the latch of the ${rooms[at]} gate sticks.`, category }, by);
    }
    expect((await memory.stats(by)).byCategory.filter(({ name }) => /gotcha/i.test(name))).toEqual([
      { name: 'gotchas', count: 4 },
    ]);
    for (const category of words) {
      expect((await memory.list({ category, mine: true, limit: 9 }, by)).total).toBe(4);
      expect((await ask(by, 'latch sticks', { category })).found).toBe(4);
    }
  });

  it('with its root cause, though nobody linked them: whoever stores the cause is told of the symptom', async () => {
    const by = newcomer();
    await keep(by, ...Array.from({ length: 20 }, (_, at) => `Note ${at} about gadget${at}, which is in drawer${at}.`));
    const [symptom = 0] = await keep(
      by,
      'Symptom: photo uploads on walnut-attic stop with error 504 every night at 02:30.',
    );
    const cause = await memory.store(
      {
        content:
          'Root cause: photo uploads on walnut-attic stop at night because a job renews the lease of its proxy and restarts it.',
      },
      by,
    );
    expect(cause.similar.map(({ id, kind }) => ({ id, kind }))).toContainEqual({ id: symptom, kind: 'related' });
    // Not linked yet: both are in the answer.
    expect(idsOf(await ask(by, 'uploads on walnut-attic fail with 504 at night'))).toEqual(
      expect.arrayContaining([symptom, cause.id]),
    );
    await call(store, by, { id: symptom, links: `resolved-by:${cause.id}` });
    const text = await call(recall, by, { query: 'photo uploads stop at night', limit: 1 });
    expect(text).toContain('| Root cause: photo uploads');
  });
});

describe('nothing is lost', () => {
  it('by an update with a beginning that was taken for the whole: what it replaced is found as of then', async () => {
    const by = newcomer();
    const whole = `The dehumidifier of the archive drains into the sump. ${'It is emptied on Fridays. '.repeat(20)}Its fuse is F7.`;
    const [id = 0] = await keep(by, whole);
    const beginning = whole.slice(0, 60);
    const listed = await call(list, by, {});
    expect(listed).toContain('CUT');
    expect(listed).toContain('read it whole with memory_list');
    const before = new Date();
    // The clock of a database is finer than a test's.
    await new Promise((resolve) => setTimeout(resolve, 20));
    const told = await call(store, by, { id, content: beginning });
    expect(told).toContain('revision 2');
    const then = await ask(by, 'dehumidifier archive sump', { asOf: before });
    expect(then.hits.map((hit) => (hit.kind === 'memory' ? hit.entry.content : undefined))).toEqual([whole]);
    expect(await call(list, by, { ids: [id] })).toContain('revision 1 replaced');
  });

  it('when forty agents store and ask at once', async () => {
    const agents = Array.from({ length: 40 }, () => newcomer());
    const found = await Promise.all(
      agents.map(async (by, at) => {
        const [id] = await keep(by, `Agent ${at} found that pump${at} needs a new seal.`);
        const asked = await Promise.all([ask(by, `pump${at}`), ask(by, 'seal'), ask(by, 'what needs a new seal')]);
        return asked.every((answer) => idsOf(answer)[0] === id);
      }),
    );
    expect(found).toEqual(agents.map(() => true));
  });
});

describe('the ways to ask', () => {
  it('give the same entries in the same order: engine, tool, command line, hook', async () => {
    const by = newcomer();
    const rooms = ['attic', 'cellar', 'garage', 'kitchen', 'hall', 'study', 'porch'];
    const drafts = rooms.map((room, at) => ({
      content: `The sensor in the ${room} reports humidity ${'humidity '.repeat(at % 4)}to the broker.`,
      importance: at / 10,
    }));
    await memory.storeAll(drafts, by);
    const query = 'humidity sensor broker';
    const byEngine = idsOf(await ask(by, query, { limit: 5 }));
    expect(byEngine).toHaveLength(5);
    const byTool = await call(recall, by, { query });
    expect(entriesIn(byTool)).toEqual(byEngine);

    const said: string[] = [];
    const terminal = { out: (line: string) => said.push(line), err: (line: string) => said.push(line) };
    const context = {
      terminal: { ...terminal, colour: false, interactive: false },
      environment: {},
      cwd: '/',
      input: nothing(),
    };
    const daemon = {
      tool: async (_: string, input: JsonObject) => ({
        text: await call(recall, by, input),
        structured: undefined,
        isError: false,
      }),
      command: () => Promise.reject(new Error('recall is a tool')),
      [Symbol.asyncDispose]: async () => undefined,
    };
    for (const more of [[], ['--json']]) {
      await toolCommands['recall']?.(parseCommandLine(['recall', query, ...more], commands), context, daemon);
    }
    const [text = '', json = ''] = said;
    expect(entriesIn(text)).toEqual(byEngine);
    expect(JSON.parse(json).entries.map(({ id }: { readonly id: number }) => id)).toEqual(byEngine);
    // The hook asks for more, and shows the first that are new: memory-tool hook recall.
    expect(entriesIn(await call(recall, by, { query, limit: 15, budget: 24_000 })).slice(0, 5)).toEqual(byEngine);
  });
});

async function* nothing(): AsyncGenerator<string> {}
