import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
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
});
