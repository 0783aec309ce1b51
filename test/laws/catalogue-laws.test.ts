import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  commonFields,
  defineGroup,
  definePort,
  type Group,
  type OperatorCommand,
  type Tool,
  table,
  toolsFor,
} from '../../src/kit/index.ts';
import { catalogueLaws, type House } from './catalogue-laws.ts';

/** A law that cannot be broken is no law: each one is shown a house that breaks it, and no other law minds. */
const { defineTool } = toolsFor<unknown>();
const good = defineTool({
  name: 'tower_list',
  title: 'List towers',
  description: 'Lists towers.',
  effect: 'read',
  input: z.strictObject({ name: z.string().optional().describe('its name'), ...commonFields }),
  run: async (_input, { now }) => table({ asOf: now(), coverage: { covered: 'towers' }, columns: [], rows: [] }),
});
const tower = defineGroup({
  name: 'tower',
  summary: 'Towers.',
  prefixes: ['tower'],
  configKey: 'tower',
  config: z.strictObject({}),
  howToConfigure: 'tower: {}',
  routing: [],
  requires: {},
  provides: ['towers'],
  tools: [good],
  connect: () => Promise.reject(new Error('only looked at')),
});
const files: Readonly<Record<string, string>> = {
  'tools/tower/group.ts': '',
  'tools/tower/list.ts': 'table({})',
  'tools/tower/list.test.ts': '',
};
const moat: Group = { ...tower, name: 'moat', prefixes: ['moat'], configKey: 'moat', tools: [] };

const houseOf = (catalogue: readonly Group[], more: Readonly<Record<string, string>> = {}): House => ({
  catalogue,
  files: new Map(Object.entries({ ...files, ...more })),
});
const withGroup = (change: Partial<Group>): House => houseOf([{ ...tower, ...change }]);
const withTool = (change: Partial<Tool>, more: Readonly<Record<string, string>> = {}): House =>
  houseOf([{ ...tower, tools: [{ ...good, ...change }] }], more);
const withField = (field: z.ZodType): House => withTool({ input: z.strictObject({ field, ...commonFields }) });
const survey: OperatorCommand = {
  name: 'tower.survey',
  effect: 'read',
  input: z.strictObject({ stones: z.number().optional().describe('how many') }),
  run: async () => ({}),
};
const withCommand = (change: Partial<OperatorCommand>): House => withGroup({ commands: [{ ...survey, ...change }] });
const named = (name: string): House => {
  const file = `tools/tower/${name.slice('tower_'.length).replaceAll('_', '-')}`;
  return withTool({ name }, { [`${file}.ts`]: '', [`${file}.test.ts`]: '' });
};
const moatFiles = { 'tools/moat/group.ts': '' };
const long = (length: number): string => 'x'.repeat(length);

const bad: Readonly<Record<string, readonly House[]>> = {
  'every group is a folder, and every folder is listed': [houseOf([tower], moatFiles), houseOf([tower, moat])],
  'groups share no name, no configuration key and no prefix': [
    houseOf([tower, { ...moat, configKey: 'tower' }], moatFiles),
    houseOf([tower, { ...moat, prefixes: ['tower'] }], moatFiles),
    houseOf([tower, { ...moat, name: 'tower' }]),
  ],
  'a group refuses a configuration key it does not know': [withGroup({ config: z.object({}) })],
  'every port a group requires is provided by another or lent by the daemon': [
    withGroup({ requires: { drawbridge: definePort('drawbridge') } }),
  ],
  'a tool’s name starts with a prefix of its group': [withGroup({ prefixes: ['towers'] })],
  'a tool’s name is snake_case and at most 40 characters': [
    named(`tower_${long(35)}`),
    named('tower_List'),
    named('tower_a__b'),
  ],
  'no two tools have one name': [withGroup({ tools: [good, good] })],
  'a tool stands in the file of its name': [withTool({ name: 'tower_climb' }, { 'tools/tower/climb.test.ts': '' })],
  'a tool has a test beside it': [withTool({ name: 'tower_climb' }, { 'tools/tower/climb.ts': '' })],
  'a tool has one of the three effects': [withTool({ effect: 'destroy' as Tool['effect'] })],
  'a tool that answers with a record has an output schema, and no other has': [
    withTool({ output: z.strictObject({ towers: z.number() }) }),
    withTool({}, { 'tools/tower/list.ts': 'return record({})' }),
  ],
  'a tool refuses an argument it does not know': [
    withTool({ input: z.object({ ...commonFields }) }),
    withTool({ input: z.looseObject({ ...commonFields }) }),
  ],
  'objects inside the arguments refuse what they do not know': [
    withField(z.object({ a: z.string().describe('a') }).describe('an object')),
    withField(z.array(z.object({ a: z.string().describe('a') })).describe('objects')),
  ],
  'every argument is described, inside objects too': [
    withField(z.string()),
    withField(z.string().describe('')),
    withField(z.strictObject({ a: z.string() }).describe('an object')),
  ],
  'no argument is named as a flag the command line has already': [
    withTool({ input: z.strictObject({ config: z.string().describe('a'), ...commonFields }) }),
    withTool({ input: z.strictObject({ json: z.boolean().describe('a'), ...commonFields }) }),
  ],
  'a group that is there without its section has a default for every key': [
    withGroup({ withoutConfig: true, config: z.strictObject({ height: z.number() }) }),
  ],
  'no two commands have one name': [withGroup({ commands: [survey, survey] })],
  'a command begins with the name of its group': [
    withCommand({ name: 'moat.survey' }),
    withCommand({ name: 'towersurvey' }),
    withCommand({ name: 'tower.Survey' }),
    withCommand({ name: 'tower.survey.all' }),
  ],
  'a command reads or records': [withCommand({ effect: 'propose' as OperatorCommand['effect'] })],
  'a command refuses what it does not know, inside objects too': [
    withCommand({ input: z.object({ stones: z.number().describe('how many') }) }),
    withCommand({
      input: z.strictObject({ stones: z.array(z.object({ a: z.string().describe('a') })).describe('which') }),
    }),
  ],
  'every part of what a command takes is described': [
    withCommand({ input: z.strictObject({ stones: z.number() }) }),
    withCommand({ input: z.strictObject({ stones: z.strictObject({ a: z.string() }).describe('which') }) }),
  ],
  'arguments that were read once can be read again': [
    withField(
      z
        .string()
        .transform((value) => `${value}!`)
        .describe('a'),
    ),
  ],
  'cursor and budget mean the same everywhere': [
    withTool({ input: z.strictObject({ ...commonFields, budget: z.number().describe('money') }) }),
    withTool({ input: z.strictObject({ ...commonFields, cursor: z.string().describe('a pointer') }) }),
  ],
  'a tool takes a budget': [withTool({ input: z.strictObject({}) })],
  'a tool is described in at most 300 characters': [
    withTool({ description: long(301) }),
    withTool({ description: '' }),
    withTool({ title: '' }),
  ],
  'a tool takes at most 1200 characters on the wire': [
    withTool({ searchHint: long(1_000) }),
    withField(z.string().describe(long(900))),
  ],
  'the whole list takes at most 36864 bytes on the wire': [
    withGroup({ tools: Array.from({ length: 100 }, () => good) }),
  ],
};

/** Breaches that come with another: a hundred tools cannot all have one name and one file. */
const together: Readonly<Record<string, readonly string[]>> = {
  'every group is a folder, and every folder is listed': [],
  'groups share no name, no configuration key and no prefix': ['no two tools have one name'],
  'a tool’s name starts with a prefix of its group': [
    'a tool stands in the file of its name',
    'a tool has a test beside it',
  ],
  'a tool refuses an argument it does not know': ['objects inside the arguments refuse what they do not know'],
  'the whole list takes at most 36864 bytes on the wire': ['no two tools have one name'],
};

const broken = (house: House): string[] =>
  catalogueLaws.filter((law) => law.breaches(house).length > 0).map(({ name }) => name);

describe('laws over the catalogue', () => {
  test('find nothing in a good house', () => {
    expect(broken(houseOf([tower]))).toEqual([]);
    expect(broken(withGroup({ commands: [survey], withoutConfig: true }))).toEqual([]);
  });

  test.each(catalogueLaws.map(({ name }) => name))('notice: %s', (name) => {
    const houses = bad[name] ?? [];
    expect(houses.length).toBeGreaterThan(0);
    for (const house of houses) {
      const noticed = broken(house);
      expect(noticed).toContain(name);
      expect(noticed.filter((other) => other !== name && !together[name]?.includes(other))).toEqual([]);
    }
  });
});
