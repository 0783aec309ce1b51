import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';
import { claudeCode } from './program-cache.ts';
import type { ScratchCastellan } from './scratch-castellan.ts';

interface Asking {
  /** Whose directory it works in. */
  readonly castellan: ScratchCastellan;
  readonly words: string;
  /** Tools it may call without asking anybody. */
  readonly allowed: readonly string[];
  /** The address of the model. */
  readonly model: string;
  /** An MCP server, as Claude Code's configuration has it; absent: none. */
  readonly server?: object;
  /** The folder of a plugin it loads. */
  readonly plugin?: string;
  /** Beside what it needs itself: what its hooks see. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Goes on with the conversation it had last here. */
  readonly goOn?: true;
}

const spoken = z.looseObject({ is_error: z.boolean(), result: z.string() });

/** Claude Code, asked one thing, with Castellan as its only server, or its plugin; gives what it said at the end. */
export async function askClaude({ castellan, words, allowed, model, server, plugin, environment, goOn }: Asking) {
  const home = join(castellan.directory, 'claude-home');
  const config = join(castellan.directory, 'mcp.json');
  mkdirSync(home, { recursive: true });
  writeFileSync(config, JSON.stringify({ mcpServers: server === undefined ? {} : { castellan: server } }));
  const options = [
    ...['--output-format', 'json', '--strict-mcp-config', '--mcp-config', config],
    ...(allowed.length === 0 ? [] : ['--allowedTools', allowed.join(',')]),
    ...(plugin === undefined ? [] : ['--plugin-dir', plugin]),
    ...(goOn === true ? ['--continue'] : []),
  ];
  const ended = await execa(await claudeCode(), ['-p', words, ...options], {
    cwd: home,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: home,
      ANTHROPIC_BASE_URL: model,
      ANTHROPIC_API_KEY: 'dummy',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_AUTOUPDATER: '1',
      DISABLE_TELEMETRY: '1',
      ...environment,
    },
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    timeout: 120_000,
  });
  return spoken.parse(JSON.parse(ended.stdout));
}
