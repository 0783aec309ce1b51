import { existsSync, globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { catalogue } from '../../tools/catalogue.ts';
import { brokenIn, prefix, type Written } from './skill-laws.ts';
import { repository } from './sources.ts';

const root = fileURLToPath(repository);
const tools = catalogue.flatMap((group) => [...group.tools]);
const readAll = (pattern: string, kind: Written['kind']): readonly Written[] =>
  globSync(pattern, { cwd: root }).map((path) => ({
    path,
    kind,
    text: readFileSync(new URL(path, repository), 'utf8'),
  }));
const written = [...readAll('skills/*/SKILL.md', 'skill'), ...readAll('commands/*.md', 'command')];

describe('skills and commands', () => {
  test('are these', () => {
    expect(written.map(({ path }) => path).toSorted()).toEqual([
      ...['changes', 'incident', 'status', 'why'].map((name) => `commands/${name}.md`),
      ...['backup-audit', 'drift-review', 'new-service', 'post-mortem', 'rotation-check', 'storage-advice'].map(
        (name) => `skills/${name}/SKILL.md`,
      ),
    ]);
  });

  test.each(written)('$path calls what exists, with arguments that exist, and nothing to paste', (one) => {
    expect(brokenIn(one, tools)).toEqual([]);
  });

  test('hand over to agents that exist', () => {
    for (const { path, text } of written) {
      for (const [, agent = ''] of text.matchAll(/\b(?:agent|Start) ((?!with\b|of\b)[a-z]+-[a-z-]+[a-z])/g)) {
        expect(existsSync(new URL(`agents/${agent}.md`, repository)), `${path}: ${agent}`).toBe(true);
      }
    }
    const [, table = ''] = /\| agent \| wanted \|\n([\s\S]*?)\n\n/.exec(textOf('post-mortem')) ?? [];
    const named = [...table.matchAll(/\b(?:sev-[a-z-]+|cluster-health-checker|sre|dba|[a-z]+-engineer)\b/g)];
    expect(named.length).toBeGreaterThanOrEqual(11);
    for (const [agent] of named) expect(existsSync(new URL(`agents/${agent}.md`, repository)), agent).toBe(true);
  });

  function textOf(skill: string): string {
    return written.find(({ path }) => path === `skills/${skill}/SKILL.md`)?.text ?? '';
  }
});

describe('a skill that breaks a law is told', () => {
  const good = [
    '---\nname: x',
    'description: Does x. Use when x is wanted; before kubectl x.',
    `allowed-tools:\n  - ${prefix}memory_store`,
    '---\n`memory_store content=<x>`\n',
  ].join('\n');
  const broken = (text: string) => brokenIn({ path: 'skills/x/SKILL.md', text, kind: 'skill' }, tools).join('\n');

  test('of none there is nothing to tell', () => expect(broken(good)).toBe(''));

  test.each([
    ['an argument that does not exist', (text: string) => text.replace('content=', 'words='), 'no argument words'],
    [
      'a value that its tool does not take',
      (text: string) => text.replace('content=<x>', 'content=<x> visibility=cats'),
      'visibility= does not take cats',
    ],
    ['a tool that does not exist', (text: string) => `${text}\`kubectl_apply file=x\``, 'no tool kubectl_apply'],
    ['a tool it does not allow', (text: string) => `${text}\`kubectl_get kind=pods\``, 'does not allow it'],
    [
      'a tool it never calls',
      (text: string) => text.replace('allowed-tools:', `allowed-tools:\n  - ${prefix}kubectl_get`),
      'never says when',
    ],
    [
      'a tool of the client',
      (text: string) => text.replace('allowed-tools:', 'allowed-tools:\n  - Bash'),
      'allows Bash',
    ],
    ['a command', (text: string) => `${text}\`sudo kubectl scale deploy/x\``, 'command to paste'],
    ['a block', (text: string) => `${text}\n\`\`\`sh\nx\n\`\`\`\n`, 'block to paste'],
    [
      'no end',
      (text: string) => text.replaceAll('memory_store', 'memory_list').replace('content=<x>', ''),
      'no record',
    ],
    ['another name', (text: string) => text.replace('name: x', 'name: y'), 'not named as its folder'],
    ['no moment', (text: string) => text.replace('Use when', 'For'), 'when it is used'],
    ['length', (text: string) => text + 'x'.repeat(5_200), 'too long'],
  ])('%s', (_, change, told) => expect(broken(change(good))).toContain(told));
});
