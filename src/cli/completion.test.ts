import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../tools/catalogue.ts';
import { buildProgram } from './program.ts';
import { runCommand } from './run-command.ts';

async function script(shell: string): Promise<string> {
  const lines: string[] = [];
  const terminal = {
    out: (line: string) => void lines.push(line),
    err: () => undefined,
    colour: false,
    interactive: false,
  };
  const program = buildProgram({ terminal, environment: {}, cwd: '/', groups: catalogue });
  expect(await runCommand(program, ['completion', shell], terminal)).toBe(0);
  return lines.join('\n');
}

async function completed(...words: readonly string[]): Promise<readonly string[]> {
  const asked = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _castellan; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', `${await script('bash')}\n${asked}`], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return stdout.trim().split('\n');
}

describe('castellan completion', () => {
  it.each([
    [['castellan', 'conf'], ['config']],
    [['castellan', 'config', 'ch'], ['check']],
    [['castellan', 'call', 'kubectl_ge'], ['kubectl_get']],
    [['castellan', 'call', 'kubectl_get', '--kin'], ['--kind']],
    [['castellan', '--home', '/x', 'token', 'cr'], ['create']],
    [['castellan', 'completion', 'fi'], ['fish']],
  ])('in bash completes %j', async (words, expected) => {
    expect(await completed(...words)).toEqual(expected);
  });

  it.each(['zsh', 'fish'])('in %s knows commands, tools and their flags', async (shell) => {
    const text = await script(shell);
    for (const word of ['serve', 'kubectl_get', 'call kubectl_get', 'kind']) expect(text).toContain(word);
  });

  it.each(['bash', 'zsh', 'fish'])('leaves nothing of a description for %s to expand', async (shell) => {
    expect(await script(shell)).not.toMatch(/\$\(castellan|`/);
  });
});
