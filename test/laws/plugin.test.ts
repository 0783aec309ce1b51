import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { commands } from '../../src/cli/memory/commands.ts';
import { repository } from './sources.ts';

const named = z.object({ name: z.string(), version: z.string(), license: z.string() });
const read = (path: string): unknown => JSON.parse(readFileSync(new URL(path, repository), 'utf8'));

const hookFile = z.object({
  hooks: z.record(
    z.string(),
    z.array(z.object({ hooks: z.array(z.object({ command: z.string(), timeout: z.number() })) })),
  ),
});

describe('the plugin for Claude Code', () => {
  test('is of the version, name and licence of the package that brings it', () => {
    expect(named.parse(read('.claude-plugin/plugin.json'))).toEqual(named.parse(read('package.json')));
  });

  test('is in the package', () => {
    const { files } = z.object({ files: z.array(z.string()) }).parse(read('package.json'));
    expect(files).toEqual(expect.arrayContaining(['.claude-plugin', 'hooks']));
  });

  test('calls a script that is there, for hooks that memory-tool has, all of them', () => {
    const { hooks } = hookFile.parse(read('hooks/hooks.json'));
    const called = Object.values(hooks).flatMap((groups) =>
      groups.flatMap((group) =>
        group.hooks.map(({ command }) => {
          const [, script = '', hook = ''] = /^sh "\$\{CLAUDE_PLUGIN_ROOT\}\/(\S+)" (\S+)$/.exec(command) ?? [];
          expect(existsSync(new URL(script, repository))).toBe(true);
          return `hook ${hook}`;
        }),
      ),
    );
    expect(called.sort()).toEqual(
      Object.keys(commands)
        .filter((name) => name.startsWith('hook '))
        .sort(),
    );
  });
});
