import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { corporaPort } from '../../memory/corpus/port.ts';
import type { Connection, JsonObject, Principal } from '../../src/kit/index.ts';
import { CastellanError } from '../../src/kit/index.ts';
import { createRedactor } from '../../src/redaction/index.ts';
import type { LentDatabase } from '../../src/store/port.ts';
import { openScratchDatabase, type ScratchDatabase } from '../../src/store/scratch-database.fixture.ts';
import { remove } from './delete.ts';
import { memory } from './group.ts';
import { list } from './list.ts';
import { callTool, robin } from './memory.fixture.ts';
import type { MemoryPorts } from './port.ts';
import { recall } from './recall.ts';
import { store } from './store.ts';

/** The group over the engine itself and a database: what an agent and an operator see of it. */
let scratch: ScratchDatabase;
let folder = '';
let connection: Connection<unknown>;
let ports: MemoryPorts;
const ada: Principal = { ...robin, human: 'human:ada', agent: 'agent:other' };

beforeAll(async () => {
  scratch = await openScratchDatabase();
  folder = mkdtempSync(join(tmpdir(), 'castellan-memory-'));
  mkdirSync(join(folder, 'runbooks'));
  writeFileSync(join(folder, 'runbooks/nas.md'), '# NAS\n\nThe button restarts the gherkin array.\n');
  const documents = [{ name: 'runbooks', path: join(folder, 'runbooks') }];
  connection = await connect({ documents }, scratch.lent);
  ports = connection.ports as MemoryPorts;
}, 60_000);
afterAll(async () => {
  await connection[Symbol.asyncDispose]();
  await scratch[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

function connect(config: object, database: LentDatabase): Promise<Connection<unknown>> {
  return memory.connect(config, { database, redactor: createRedactor(), log: quiet });
}

async function ask(name: string, input: JsonObject, principal: Principal = robin): Promise<JsonObject> {
  const command = memory.commands?.find((one) => one.name === `memory.${name}`);
  if (command === undefined) throw new Error(`there is no command ${name}`);
  return command.run(command.input.parse(input), {
    ports,
    principal,
    signal: AbortSignal.timeout(30_000),
    now: () => new Date(),
    progress: () => undefined,
  });
}

const idIn = (text: string): number => Number(/#(\d+)/.exec(text)?.[1]);

describe('memory, end to end', () => {
  it('finds what was stored, in other words of it, and is led from what was superseded to what holds', async () => {
    const first = await callTool(store, ports, {
      content: 'The mail server quokka listens on 192.0.2.10 since the move.',
      tags: 'mail',
    });
    const old = idIn(first.text);
    const second = await callTool(store, ports, {
      content: 'The mail server quokka listens on 192.0.2.77 since the move.',
      tags: 'mail',
    });
    expect(second.text).toContain('CONTRADICTS it');
    const next = JSON.parse(/memory_store (\{[^}]*\})/.exec(second.text)?.[1] ?? '{}');
    await callTool(store, ports, next);
    const { text } = await callTool(recall, ports, { query: 'where does the quokka mail server listen?' });
    expect(text).toContain('192.0.2.77');
    expect(text).not.toContain('| The mail server quokka listens on 192.0.2.10');
    const led = await callTool(recall, ports, { query: '192.0.2.10' });
    expect(led.text).toContain(`in place of #${old}, which it supersedes`);
    expect(led.text).toContain('| The mail server quokka listens on 192.0.2.77');
  });

  it('shows nobody what is another’s, and nobody changes it', async () => {
    const { text } = await callTool(store, ports, { content: 'The safe word of robin is walrus.' });
    const id = idIn(text);
    const as = { principal: ada };
    expect((await callTool(recall, ports, { query: 'walrus safe word' }, as)).text).toContain('NOTHING FOUND');
    expect((await callTool(list, ports, { ids: [id] }, as)).text).toContain('NOT SEEN');
    await expect(callTool(remove, ports, { ids: [id] }, as)).rejects.toMatchObject({ code: 'memory-unknown' });
    await expect(callTool(store, ports, { id, content: 'mine' }, as)).rejects.toMatchObject({ code: 'memory-unknown' });
    expect((await ask('export', { ids: [id] }, ada))['entries']).toEqual([]);
    await expect(ask('erase', { ids: [id] }, ada)).rejects.toMatchObject({ code: 'memory-unknown' });
  });

  it('reads documents of a configured folder beside memories, and lends the index to other groups', async () => {
    await expect
      .poll(async () => (await callTool(recall, ports, { query: 'gherkin array', in: 'all' })).text, {
        timeout: 20_000,
      })
      .toContain('| nas.md: NAS');
    const lent = connection.provides?.find(({ key }) => key.name === corporaPort.name)?.port as never as {
      names(): Promise<readonly string[]>;
    };
    expect(await lent.names()).toContain('runbooks');
    expect((await callTool(recall, ports, { query: 'gherkin array' })).text).toContain('NOTHING FOUND');
  });

  it('imports, counts, exports in parts, deletes, restores and erases, as an operator asks', async () => {
    const drafts = Array.from({ length: 5 }, (_, index) => ({
      content: `Imported fact ${index} about the pelican number ${index * 7}.`,
      recorded: `2025-01-0${index + 1}T00:00:00Z`,
      former_id: String(index),
    }));
    const { outcomes } = (await ask('import', { drafts: [...drafts, { content: 'x'.repeat(1_500) }] })) as never as {
      outcomes: readonly { outcome: string; id?: number; code?: string }[];
    };
    expect(outcomes.map(({ outcome }) => outcome)).toEqual([...drafts.map(() => 'stored'), 'refused']);
    expect(outcomes.at(-1)?.code).toBe('memory-too-long');
    const ids = outcomes.flatMap(({ id }) => id ?? []);

    const exported: unknown[] = [];
    let after: string | undefined;
    do {
      const part = await ask('export', { limit: 2, ...(after === undefined ? {} : { after }) });
      exported.push(...(part['entries'] as readonly unknown[]));
      after = (part['next'] as string | null) ?? undefined;
    } while (after !== undefined);
    const contents = JSON.stringify(exported);
    for (const { content } of drafts) expect(contents).toContain(content);
    expect(new Set(exported.map((one) => (one as { id: number }).id)).size).toBe(exported.length);
    expect((await ask('stats', {}))['entries']).toBe(exported.length);

    const [one = 0] = ids;
    await callTool(remove, ports, { ids: [one] });
    expect((await callTool(recall, ports, { query: 'pelican number 0' })).text).not.toContain('Imported fact 0');
    await ask('restore', { ids: [one] });
    expect((await callTool(recall, ports, { query: 'pelican number 0' })).text).toContain('Imported fact 0');
    await ask('erase', { ids: [one] });
    await expect(ask('restore', { ids: [one] })).rejects.toMatchObject({ code: 'memory-unknown' });
  });

  it('measures recall on the store itself, and tells how it stands', async () => {
    expect(await ask('bench', { sample: 5 })).toMatchObject({
      entries: 5,
      variants: [{ name: 'as it is', words: { questions: expect.any(Number), 'r@5': expect.any(Number) } }],
    });
    const { findings } = (await ask('standing', {})) as never as {
      findings: readonly { check: string; status: string }[];
    };
    expect(findings.map(({ check, status }) => [check, status])).toEqual([
      ['memories', 'pass'],
      ['embeddings', 'pass'],
      ['sensitive memories', 'pass'],
      ['documents: runbooks', 'pass'],
    ]);
    await expect(ask('reembed', {})).rejects.toMatchObject({ code: 'embedding-unconfigured' });
  });

  it('refuses a sealed entry where nobody is named it could be sealed for', async () => {
    await expect(callTool(store, ports, { content: 'x', visibility: 'sealed' })).rejects.toMatchObject({
      code: 'memory-unsealed',
    });
  });
});

describe('the group', () => {
  it('is there without a word in castellan.yaml, and says in doctor whose store it is where this process has none', async () => {
    const none: LentDatabase = {
      whenOpen: async () => {
        throw new CastellanError('store-unavailable', 'operator', { message: 'no store', next: 'ask the daemon' });
      },
    };
    await using lonely = await connect({}, none);
    const findings = await lonely.probe(AbortSignal.timeout(5_000));
    expect(findings).toMatchObject([
      { check: 'memories', status: 'pass', detail: expect.stringContaining('memory-tool doctor') },
      { check: 'sensitive memories', status: 'pass' },
    ]);
  });

  it('refuses recipients that are none, and does not repeat them', async () => {
    const key = `AGE-SECRET-KEY-1${'Q'.repeat(58)}`;
    await expect(connect({ sensitive: { kind: 'age', recipients: [key] } }, scratch.lent)).rejects.toMatchObject({
      code: 'memory-unsealed',
      message: expect.not.stringContaining(key),
    });
  });

  it.each([
    { visibility: 'shared' },
    { embeddings: { provider: 'openai', url: 'http://203.0.113.5', model: 'm' } },
    { embeddings: { provider: 'openai', url: 'https://user:pw@models.example.net', model: 'm' } },
    {
      documents: [
        { name: 'a', path: '/x' },
        { name: 'a', path: '/y' },
      ],
    },
    { documents: [{ name: 'Not Kebab', path: '/x' }] },
    {
      sensitive: { kind: 'transit', address: 'https://vault.example.net/ui', auth: { kind: 'token-file', file: '/t' } },
    },
    { sensitive: { kind: 'plain' } },
    { secretKey: 'x' },
  ])('takes no such configuration: %j', (config) => {
    expect(memory.config.safeParse(config).success).toBe(false);
  });
});
