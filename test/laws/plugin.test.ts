import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { commands } from '../../src/cli/memory/commands.ts';
import { repository } from './sources.ts';

const named = z.object({ name: z.string(), version: z.string(), license: z.string() });
const read = (path: string): unknown => JSON.parse(readFileSync(new URL(path, repository), 'utf8'));
const ofPackage = named.parse(read('package.json'));

const hook = z.object({ command: z.string(), timeout: z.number() });
const hookFile = z.object({
  hooks: z.record(z.string(), z.array(z.object({ matcher: z.string().optional(), hooks: z.array(hook) }))),
});

describe('the plugin for Claude Code', () => {
  const called = Object.entries(hookFile.parse(read('hooks/hooks.json')).hooks).flatMap(([event, groups]) =>
    groups.flatMap(({ matcher, hooks }) => hooks.map(({ command, timeout }) => ({ event, matcher, command, timeout }))),
  );
  const hookOf = (command: string): string =>
    /^sh "\$\{CLAUDE_PLUGIN_ROOT\}\/hooks\/memory-hook\.sh" ([a-z-]+)$/.exec(command)?.[1] ?? '';

  test('is of the version, name and licence of the package that brings it', () => {
    expect(named.parse(read('.claude-plugin/plugin.json'))).toEqual(ofPackage);
  });

  test('starts the server of exactly its own version', () => {
    expect(read('.mcp.json')).toEqual({
      mcpServers: { castellan: { command: 'npx', args: ['-y', `castellan@${ofPackage.version}`, 'mcp'] } },
    });
  });

  test('is installed from the package of exactly its own version', () => {
    const market = z.object({ plugins: z.array(z.looseObject({ name: z.string(), source: z.unknown() })) });
    const { plugins } = market.parse(read('.claude-plugin/marketplace.json'));
    expect(plugins.map(({ name, source }) => ({ name, source }))).toEqual([
      { name: 'castellan', source: { source: 'npm', package: ofPackage.name, version: ofPackage.version } },
    ]);
  });

  test('is in the package, all of it', () => {
    const { files } = z.object({ files: z.array(z.string()) }).parse(read('package.json'));
    for (const part of ['.claude-plugin', '.mcp.json', 'agents', 'commands', 'hooks', 'skills']) {
      expect(files).toContain(part);
      expect(existsSync(new URL(part, repository)), part).toBe(true);
    }
  });

  test('has the guard before every command of a shell', () => {
    expect(called.filter(({ event }) => event === 'PreToolUse')).toEqual([
      {
        event: 'PreToolUse',
        matcher: 'Bash',
        command: `node "\${CLAUDE_PLUGIN_ROOT}/hooks/guard.mjs"`,
        timeout: 10,
      },
    ]);
  });

  test('calls scripts that are there, for hooks that memory-tool has, all of them', () => {
    for (const { command } of called) {
      const [, script = ''] = /^(?:sh|node) "\$\{CLAUDE_PLUGIN_ROOT\}\/([a-z/.-]+)"/.exec(command) ?? [];
      expect(existsSync(new URL(script, repository)), command).toBe(true);
    }
    const others = called.filter(({ event }) => event !== 'PreToolUse');
    expect(others.map(({ command }) => `hook ${hookOf(command)}`).toSorted()).toEqual(
      Object.keys(commands)
        .filter((name) => name.startsWith('hook '))
        .toSorted(),
    );
  });

  test('tells a session that begins what there is, and one that goes on what it lost', () => {
    const starts = called.filter(({ event }) => event === 'SessionStart');
    expect(starts.map(({ matcher, command }) => [matcher, hookOf(command)])).toEqual([
      ['startup|resume', 'briefing'],
      ['compact|clear', 'session-start'],
    ]);
  });
});
