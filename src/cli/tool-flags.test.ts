import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { catalogue } from '../../tools/catalogue.ts';
import { type JsonValue, type Tool, table, toolsFor } from '../kit/index.ts';
import { flagsOf, inputOf } from './tool-flags.ts';

const tower = toolsFor<unknown>().defineTool({
  name: 'tower_list',
  title: 'List towers',
  description: 'Lists towers.',
  effect: 'read',
  input: z.strictObject({
    name: z.string().describe('its name'),
    max_floors: z.number().optional().describe('how many'),
    state: z.enum(['open', 'closed']).optional().describe('its state'),
    ruined: z.boolean().optional().describe('whether it stands'),
    colours: z.array(z.string()).optional().describe('of its flags'),
    heights: z.array(z.number()).optional().describe('in metres'),
    keeper: z
      .strictObject({ name: z.string().describe('of whom') })
      .optional()
      .describe('who'),
  }),
  run: async (_, { now }) => table({ asOf: now(), coverage: { covered: 'all' }, columns: [], rows: [] }),
});

/** What the tool is asked when the command line ends in `words`. */
function asked(tool: Tool, ...words: readonly string[]): Record<string, JsonValue> {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  for (const flag of flagsOf(tool)) command.addOption(flag);
  return inputOf(tool, command.parse([...words], { from: 'user' }).opts());
}

describe('flags from a schema', () => {
  test.each<readonly [string, readonly string[], Record<string, unknown>]>([
    ['text', [], {}],
    ['text that looks like a number', ['--colours', '7'], { colours: ['7'] }],
    ['a number', ['--max-floors', '3'], { max_floors: 3 }],
    ['what is no number', ['--max-floors', 'many'], { max_floors: 'many' }],
    ['a choice', ['--state', 'open'], { state: 'open' }],
    ['yes', ['--ruined'], { ruined: true }],
    ['no', ['--ruined', 'false'], { ruined: false }],
    ['several texts', ['--colours', 'red', 'blue'], { colours: ['red', 'blue'] }],
    ['several numbers', ['--heights', '10', '--heights', '20.5'], { heights: [10, 20.5] }],
    ['an object', ['--keeper', '{"name":"ada"}'], { keeper: { name: 'ada' } }],
    ['what is no object', ['--keeper', '{'], { keeper: '{' }],
  ])('take %s', (_, words, expected) => {
    expect(asked(tower, '--name', 'north', ...words)).toEqual({ name: 'north', ...expected });
  });

  test.each([
    ['a required one that is missing', []],
    ['one no schema has', ['--name', 'x', '--nmae', 'y']],
    ['a choice that is none', ['--name', 'x', '--state', 'ajar']],
  ])('refuse %s', (_, words) => {
    expect(() => asked(tower, ...words)).toThrowError();
  });

  test('are there for every argument of every tool', () => {
    for (const tool of catalogue.flatMap(({ tools }) => tools)) {
      expect(flagsOf(tool).map((flag) => flag.long)).toEqual(
        Object.keys(tool.input.shape).map((name) => `--${name.replaceAll('_', '-')}`),
      );
    }
  });
});
