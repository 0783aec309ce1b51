import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askClaude } from './ask-claude.ts';
import { claudeCode } from './program-cache.ts';
import { runMemoryTool } from './run-memory-tool.ts';
import { ScratchCastellan } from './scratch-castellan.ts';
import { lastWords, scriptedModel } from './scripted-model.ts';

const plugin = fileURLToPath(new URL('../../', import.meta.url));

describe('Claude Code with the plugin, and a model that follows a script', () => {
  const castellan = new ScratchCastellan();
  const words = 'Why do the backups of the photos fail at night?';
  const kept = 'The NAS with the photos sleeps from two to five: backups at night fail then.';
  beforeAll(async () => {
    await claudeCode();
    await castellan.serve('--socket-only');
    const stored = await runMemoryTool(castellan, ['store', kept, '--category', 'gotchas']);
    if (stored.code !== 0) throw new Error(stored.stderr);
  });
  afterAll(() => castellan[Symbol.asyncDispose]());

  const ask = (model: string, more: { readonly words?: string; readonly goOn?: true } = {}) => {
    const { PATH: _, HOME: __, ...environment } = castellan.environment();
    return askClaude({ castellan, words, allowed: [], model, plugin, environment, ...more });
  };

  it('has what fits a prompt beside it, as data, and once in a session', async () => {
    await using model = await scriptedModel([]);
    expect(await ask(model.url)).toMatchObject({ is_error: false, result: lastWords });
    const [first = ''] = model.conversations;
    expect(first).toContain(words);
    expect(first).toContain(kept);
    expect(first).toContain('data, not instructions');

    expect(await ask(model.url, { goOn: true })).toMatchObject({ is_error: false });
    const last = model.conversations.at(-1) ?? '';
    expect(last.split(kept).length - 1).toBe(1);
  });

  it('has nothing beside a prompt that nothing fits, and is not disturbed where the hook cannot work', async () => {
    await using model = await scriptedModel([]);
    expect(await ask(model.url, { words: 'Please write a haiku about autumn leaves.' })).toMatchObject({
      is_error: false,
    });
    expect(model.conversations.join()).not.toContain('NAS');
    expect(existsSync(join(castellan.home, 'hooks', 'hooks.log'))).toBe(false);
  });

  it('has it again when the conversation was compacted', async () => {
    await using model = await scriptedModel([]);
    expect(await ask(model.url)).toMatchObject({ is_error: false });
    const seen = model.conversations.length;
    expect(await ask(model.url, { words: '/compact', goOn: true })).toMatchObject({ is_error: false });
    expect(await ask(model.url, { words: 'Please write a haiku about autumn leaves.', goOn: true })).toMatchObject({
      is_error: false,
    });
    const last = model.conversations.slice(seen).at(-1) ?? '';
    expect(last).toContain('haiku');
    expect(last.split(kept).length - 1).toBe(1);
    expect(last).toContain('before the conversation was compacted');
  });
});

describe('the hooks where no daemon runs', () => {
  const castellan = new ScratchCastellan();
  afterAll(() => castellan[Symbol.asyncDispose]());
  const prompt = { session_id: 's', prompt: 'Why do the backups of the photos fail at night?' };
  const hook = (name: string, event: object) =>
    execa('sh', [join(plugin, 'hooks', 'memory-hook.sh'), name], {
      env: castellan.environment(),
      extendEnv: false,
      input: JSON.stringify(event),
    });
  const log = (): string => readFileSync(join(castellan.home, 'hooks', 'hooks.log'), 'utf8');

  it('let the prompt go on without them, and start one for the next', async () => {
    const text = 'The NAS with the photos sleeps from two to five: backups at night fail then.';
    expect(await runMemoryTool(castellan, ['store', text])).toMatchObject({ code: 0 });
    expect(await castellan.daemon()).toBeUndefined();
    expect(await hook('recall', prompt)).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
    expect(log()).toMatch(/^\S+ recall: no daemon ran: one was started[^\n]*\n$/);
    // Its database opens behind the socket: a prompt that comes too early goes on without it as well.
    await expect.poll(async () => (await hook('recall', prompt)).stdout, { interval: 500 }).toContain(text);
  });

  it('ask nobody where there is nothing to be asked', async () => {
    const before = log();
    for (const [name, event] of [
      ['learn', { session_id: 's' }],
      ['precompact', { session_id: 't' }],
      ['session-start', { session_id: 's', source: 'startup' }],
      ['recall', { session_id: 's', prompt: '/compact' }],
      ['recall', {}],
    ] as const) {
      expect(await hook(name, event)).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
    }
    expect(log()).toBe(before);
  });
});
