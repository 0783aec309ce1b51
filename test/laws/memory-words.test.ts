import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { commands } from '../../src/cli/memory/commands.ts';
import { catalogue } from '../../tools/catalogue.ts';
import { codeOf, isTestOnly, listFiles, readSources, repository } from './sources.ts';

/**
 * Words that send somebody somewhere: what a text says of memory's tools, of `memory-tool` and of the daemon's commands must
 * be there. An agent that is told of a tool of yesterday asks for it, and asks again.
 */
const memory = catalogue.find(({ name }) => name === 'memory');
const tools = new Set(memory?.tools.map(({ name }) => name));
const daemonCommands = new Set(memory?.commands?.map(({ name }) => name));

const prose = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', ...listFiles(['docs', 'hooks', '.claude-plugin'])];
const code = readSources().filter(
  ({ path }) => /^(tools\/memory|memory|src\/cli\/memory|src\/cli\/memory-tool\.ts)/.test(path) && !isTestOnly(path),
);
const texts = [
  ...prose.map((path) => ({ path, text: readFileSync(new URL(path, repository), 'utf8') })),
  ...code.map((source) => ({ path: source.path, text: codeOf(source) })),
];

const linesWith = (pattern: RegExp): readonly { readonly where: string; readonly found: RegExpExecArray }[] =>
  texts.flatMap(({ path, text }) =>
    text
      .split('\n')
      .flatMap((line, at) => [...line.matchAll(pattern)].map((found) => ({ where: `${path}:${at + 1}`, found }))),
  );

/** Of the database. */
const tables = new Set(['memory_link', 'memory_revision']);

test('a tool that is named is there', () => {
  const named = linesWith(/\bmemory_[a-z]+\b/g).filter(({ found }) => !tables.has(found[0]));
  expect(named.length).toBeGreaterThan(20);
  expect(named.flatMap(({ where, found }) => (tools.has(found[0]) ? [] : `${where} ${found[0]}`))).toEqual([]);
});

test('a command of memory-tool that is named is there, and takes the options it is shown with', () => {
  const named = linesWith(/\bmemory-tool ((?:hook )?[a-z][a-z-]*)([^`\n|#]*)/g).filter(({ found }) => !isProse(found));
  expect(named.length).toBeGreaterThan(20);
  const odd = named.flatMap(({ where, found: [, name = '', rest = ''] }) => {
    const spec = commands[name];
    // `memory-tool hook <name>`, `hook "$@"`
    if (name === 'hook') return [];
    if (spec === undefined) return [`${where} memory-tool ${name}`];
    const options = [...rest.matchAll(/(?<=\s)--([a-z][a-z-]*)/g)].map(([, option = '']) => option);
    const known = new Set([...Object.keys(spec.options), 'json', 'help', 'home', 'config', 'version']);
    return options.flatMap((option) => (known.has(option) ? [] : [`${where} memory-tool ${name} --${option}`]));
  });
  expect(odd).toEqual([]);
});

/** `memory-tool speaks with the daemon`, where it is no command line. */
function isProse({ input, index, 0: whole }: RegExpExecArray): boolean {
  const before = input.slice(0, index);
  const quoted = (before.match(/`/g)?.length ?? 0) % 2 === 1;
  return (
    !quoted &&
    !/^\s*(?:\$ )?memory-tool /.test(input) &&
    !/['"]memory-tool /.test(input.slice(index - 1)) &&
    whole !== ''
  );
}

test('a command of the daemon and a key of castellan.yaml that is named is there', () => {
  const known = new Set([...daemonCommands, ...configKeys()]);
  const named = [...linesWith(/`(memory\.[A-Za-z]+)`/g), ...linesWith(/\.command\('(memory\.[a-z]+)'/g)];
  expect(named.length).toBeGreaterThan(5);
  expect(named.flatMap(({ where, found }) => (known.has(found[1] ?? '') ? [] : `${where} ${found[1]}`))).toEqual([]);
});

function configKeys(): readonly string[] {
  const schema = JSON.parse(readFileSync(new URL('reference/castellan.schema.json', repository), 'utf8'));
  const text = JSON.stringify(schema.properties.memory);
  return [...text.matchAll(/"([A-Za-z]+)":\{/g)].map(([, key]) => `memory.${key}`);
}
