import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';
import { claudeCode } from './program-cache.ts';
import type { ScratchCastellan } from './scratch-castellan.ts';

interface Asking {
  /** Whose directory it works in. */
  readonly castellan: Pick<ScratchCastellan, 'directory'>;
  readonly words: string;
  /** Tools it may call without asking anybody. */
  readonly allowed: readonly string[];
  /** The address of the model. */
  readonly model: string;
  /** An MCP server, as Claude Code's configuration has it; absent: none. With a plugin it stands where the plugin's own would. */
  readonly server?: object;
  /** The folder of a plugin it loads; of its MCP servers none is started. */
  readonly plugin?: string;
  /** Beside what it needs itself: what its hooks and its commands see. */
  readonly environment?: Readonly<Record<string, string>>;
  /** It asks for no permission, whatever it does: only hooks are left to stop it. */
  readonly bypass?: true;
  /** Goes on with the conversation it had last here. */
  readonly goOn?: true;
  /** Default two minutes. */
  readonly patienceMs?: number;
}

const spoken = z.looseObject({ is_error: z.boolean(), result: z.string() });

/** What the plugin's tools are called for the client: `pluginTool('kubectl_get')`. */
export const pluginTool = (name: string): string => `mcp__${pluginServer}__${name}`;
const pluginServer = 'plugin_castellan_castellan';

/** Claude Code, asked one thing, with Castellan as its only server, or its plugin; gives what it said at the end. */
export async function askClaude(asking: Asking) {
  const { castellan, words, allowed, model, server, plugin, environment, patienceMs = 120_000 } = asking;
  const home = join(castellan.directory, 'claude-home');
  const config = join(castellan.directory, 'mcp.json');
  mkdirSync(home, { recursive: true });
  const name = plugin === undefined ? 'castellan' : pluginServer;
  writeFileSync(config, JSON.stringify({ mcpServers: server === undefined ? {} : { [name]: server } }));
  const options = [
    ...['--output-format', 'json', '--strict-mcp-config', '--mcp-config', config],
    ...(allowed.length === 0 ? [] : ['--allowedTools', allowed.join(',')]),
    ...(plugin === undefined ? [] : ['--plugin-dir', plugin]),
    ...(asking.bypass === true ? ['--permission-mode', 'bypassPermissions'] : []),
    ...(asking.goOn === true ? ['--continue'] : []),
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
      // Root may bypass only what it says is a sandbox.
      ...(asking.bypass === true && process.getuid?.() === 0 ? { IS_SANDBOX: '1' } : {}),
      // The first request has to wait for the server, or it has none of its tools.
      ...(server === undefined ? {} : { MCP_CONNECTION_NONBLOCKING: '0' }),
      ...environment,
    },
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    timeout: patienceMs,
  });
  return spoken.parse(JSON.parse(ended.stdout));
}
