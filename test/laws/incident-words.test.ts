import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { buildProgram } from '../../src/cli/program.ts';
import { evidenceSources } from '../../src/incident/evidence.ts';
import { allChecks } from '../../src/incident/sweep/checks.ts';
import { catalogue } from '../../tools/catalogue.ts';
import { repository } from './sources.ts';

/** docs/incidents.md is written by hand: what it names must be there, and what is there it must name. */
const text = readFileSync(new URL('docs/incidents.md', repository), 'utf8');
const quoted = new Set([...text.matchAll(/`([^`\n]+)`/g)].map(([, words = '']) => words));
const incident = catalogue.find(({ name }) => name === 'incident');

test('every tool, check and source is named, and no tool that is not there', () => {
  const tools = (incident?.tools ?? []).map(({ name }) => name);
  const named = [...text.matchAll(/\b(?:incident|sev|post_mortem|action)_[a-z]+\b/g)].map(([tool]) => tool);
  expect([...new Set(named)].sort()).toEqual([...tools].sort());
  expect(allChecks.map(({ id }) => id).filter((id) => !quoted.has(id))).toEqual([]);
  const sources = evidenceSources.filter((source) => source !== 'triage');
  expect(sources.filter((source) => !text.includes(`\`${source}\``))).toEqual([]);
});

test('every command is named with options that it takes', () => {
  const program = buildProgram({
    terminal: { out: () => undefined, err: () => undefined, colour: false, interactive: false },
    environment: {},
    cwd: '/',
    groups: catalogue,
  });
  const child = (of: Command | undefined, name: string): Command | undefined =>
    of?.commands.find((command) => command.name() === name);
  const lines = [...text.matchAll(/castellan (incident ([a-z]+)|sweep)([^`\n|]*)/g)];
  expect(new Set(lines.flatMap(([, , verb = 'sweep']) => verb))).toEqual(
    new Set(['sweep', ...(child(program, 'incident')?.commands ?? []).map((command) => command.name())]),
  );
  const odd = lines.flatMap(([whole, , verb, rest = '']) => {
    const command = verb === undefined ? child(program, 'sweep') : child(child(program, 'incident'), verb);
    const known = new Set(command?.options.map(({ long }) => long));
    return [...rest.matchAll(/--[a-z-]+/g)].flatMap(([option]) => (known.has(option) ? [] : [`${whole}: ${option}`]));
  });
  expect(odd).toEqual([]);
});

test('a key of castellan.yaml that is named is there', () => {
  const schema = JSON.parse(readFileSync(new URL('reference/castellan.schema.json', repository), 'utf8'));
  const named = [...quoted].filter((words) => /^(?:incident|monitoring)(?:\.[A-Za-z]+)+$/.test(words));
  expect(named.length).toBeGreaterThan(5);
  const missing = named.filter((key) => {
    const [group = '', ...rest] = key.split('.');
    return rest.some((part) => !JSON.stringify(schema.properties[group]).includes(`"${part}":`));
  });
  expect(missing).toEqual([]);
});
