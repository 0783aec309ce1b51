import { z } from 'zod';
import { flagName, reservedFlags } from '../../src/cli/tool-flags.ts';
import { commonFields, effects, type Group, type OperatorCommand, type Tool } from '../../src/kit/index.ts';
import { toWireTool } from '../../src/server/wire-tool.ts';

/** What the laws over the catalogue look at: the groups, and every file by its path in the repository. */
export interface House {
  readonly catalogue: readonly Group[];
  readonly files: ReadonlyMap<string, string>;
}

export interface CatalogueLaw {
  readonly name: string;
  /** One line for each breach. */
  breaches(house: House): readonly string[];
}

const limits = { name: 40, description: 300, wireOfTool: 1_200, wireOfList: 36 * 1024 } as const;

export const catalogueLaws: readonly CatalogueLaw[] = [
  {
    name: 'every group is a folder, and every folder is listed',
    breaches: ({ catalogue, files }) => {
      const listed = catalogue.map(({ name }) => name);
      const folders = new Set([...files.keys()].flatMap((path) => /^tools\/([^/]+)\//.exec(path)?.[1] ?? []));
      return [
        ...listed.filter((name) => !files.has(`tools/${name}/group.ts`)).map((name) => `no tools/${name}/group.ts`),
        ...[...folders].filter((name) => !listed.includes(name)).map((name) => `tools/${name} is not listed`),
      ];
    },
  },
  {
    name: 'groups share no name, no configuration key and no prefix',
    breaches: ({ catalogue }) => [
      ...repeated(catalogue.map(({ name }) => name)),
      ...repeated(catalogue.map(({ configKey }) => configKey)),
      ...repeated(catalogue.flatMap(({ prefixes }) => prefixes)),
    ],
  },
  {
    name: 'a group refuses a configuration key it does not know',
    breaches: ({ catalogue }) => catalogue.filter(({ config }) => !refusesUnknown(config)).map(({ name }) => name),
  },
  {
    name: 'every port a group requires is provided by another or lent by the daemon',
    breaches: ({ catalogue }) => {
      const provided = new Set([...catalogue.flatMap(({ provides }) => provides), ...lentByTheDaemon]);
      return catalogue.flatMap(({ name, requires }) =>
        Object.values(requires)
          .filter((key) => !provided.has(key.name))
          .map((key) => `${name} requires ${key.name}`),
      );
    },
  },
  overTools('a tool’s name starts with a prefix of its group', ({ name }, { prefixes }) =>
    prefixes.some((prefix) => name.startsWith(`${prefix}_`)),
  ),
  overTools(
    `a tool’s name is snake_case and at most ${limits.name} characters`,
    ({ name }) => name.length <= limits.name && /^[a-z][a-z0-9]*(_[a-z0-9]+)+$/.test(name),
  ),
  {
    name: 'no two tools have one name',
    breaches: ({ catalogue }) => repeated(catalogue.flatMap(({ tools }) => tools.map(({ name }) => name))),
  },
  overTools('a tool stands in the file of its name', (tool, group, { files }) => files.has(fileOf(tool, group))),
  overTools('a tool has a test beside it', (tool, group, { files }) =>
    files.has(fileOf(tool, group).replace(/\.ts$/, '.test.ts')),
  ),
  overTools('a tool has one of the three effects', ({ effect }) => effects.includes(effect)),
  overTools(
    'a tool that answers with a record has an output schema, and no other has',
    (tool, group, { files }) => /\brecord\(/.test(files.get(fileOf(tool, group)) ?? '') === (tool.output !== undefined),
  ),
  overTools('a tool refuses an argument it does not know', ({ input }) => refusesUnknown(input)),
  overTools('objects inside the arguments refuse what they do not know', ({ input }) =>
    objectsOf(input).every(({ additionalProperties }) => additionalProperties !== undefined),
  ),
  overTools('every argument is described, inside objects too', ({ input }) => isDescribed(input)),
  overTools('no argument is named as a flag the command line has already', ({ input }) =>
    Object.keys(input.shape).every((name) => !reservedFlags.has(flagName(name))),
  ),
  {
    name: 'a group that is there without its section has a default for every key',
    breaches: ({ catalogue }) =>
      catalogue
        .filter(({ withoutConfig, config }) => withoutConfig === true && !config.safeParse({}).success)
        .map(({ name }) => name),
  },
  {
    name: 'no two commands have one name',
    breaches: ({ catalogue }) => repeated(catalogue.flatMap(({ commands = [] }) => commands.map(({ name }) => name))),
  },
  overCommands('a command begins with the name of its group', ({ name }, group) =>
    new RegExp(`^${group.name}\\.[a-z]+(-[a-z]+)*$`).test(name),
  ),
  // An agent of the same user can ask for one: it may do what a tool may, and propose nothing.
  overCommands('a command reads or records', ({ effect }) => effect === 'read' || effect === 'record'),
  overCommands(
    'a command refuses what it does not know, inside objects too',
    ({ input }) =>
      refusesUnknown(input) && objectsOf(input).every(({ additionalProperties }) => additionalProperties !== undefined),
  ),
  overCommands('every part of what a command takes is described', ({ input }) => isDescribed(input)),
  overTools('arguments that were read once can be read again', ({ input }) => hasNoTransform(input)),
  overTools('cursor and budget mean the same everywhere', ({ input }) =>
    Object.entries(commonFields).every(([name, field]) => !(name in input.shape) || input.shape[name] === field),
  ),
  overTools('a tool takes a budget', ({ input }) => 'budget' in input.shape),
  overTools(
    `a tool is described in at most ${limits.description} characters`,
    ({ title, description }) => title !== '' && description !== '' && description.length <= limits.description,
  ),
  overTools(
    `a tool takes at most ${limits.wireOfTool} characters on the wire`,
    (tool) => JSON.stringify(toWireTool(tool)).length <= limits.wireOfTool,
  ),
  {
    name: `the whole list takes at most ${limits.wireOfList} bytes on the wire`,
    breaches: ({ catalogue }) => {
      const bytes = bytesOfList(catalogue);
      return bytes <= limits.wireOfList ? [] : [`${bytes} bytes`];
    },
  },
];

/** What the daemon itself hands to groups (src/server). */
const lentByTheDaemon = ['redactor', 'database', 'log', 'folders'];

function bytesOfList(catalogue: readonly Group[]): number {
  return Buffer.byteLength(JSON.stringify(catalogue.flatMap(({ tools }) => tools.map(toWireTool))));
}

function overTools(name: string, holds: (tool: Tool, group: Group, house: House) => boolean): CatalogueLaw {
  return {
    name,
    breaches: (house) =>
      house.catalogue.flatMap((group) =>
        group.tools.filter((tool) => !holds(tool, group, house)).map((tool) => tool.name),
      ),
  };
}

function overCommands(name: string, holds: (command: OperatorCommand, group: Group) => boolean): CatalogueLaw {
  return {
    name,
    breaches: ({ catalogue }) =>
      catalogue.flatMap((group) =>
        (group.commands ?? []).filter((command) => !holds(command, group)).map((command) => command.name),
      ),
  };
}

/** `kubectl_top_pods` of the group kubectl stands in tools/kubectl/top-pods.ts. */
function fileOf(tool: Tool, group: Group): string {
  const prefix = group.prefixes.find((candidate) => tool.name.startsWith(`${candidate}_`)) ?? '';
  return `tools/${group.name}/${tool.name.slice(prefix.length + 1).replaceAll('_', '-')}.ts`;
}

function isDescribed(input: z.ZodObject): boolean {
  return objectsOf(input).every(({ properties }) =>
    Object.values(properties).every(({ description }) => description !== undefined && description !== ''),
  );
}

function refusesUnknown(schema: z.ZodObject): boolean {
  const issues = schema.safeParse({ 'no such key': 1 }).error?.issues ?? [];
  return issues.some(({ code }) => code === 'unrecognized_keys');
}

/** A transform has no JSON Schema of what comes out of it, and would be applied twice: by the call and by the tool. */
function hasNoTransform(schema: z.ZodObject): boolean {
  try {
    z.toJSONSchema(schema, { io: 'output' });
    return true;
  } catch {
    // This is how zod says that a schema has a part JSON Schema cannot express.
    return false;
  }
}

interface ObjectSchema {
  readonly properties: Readonly<Record<string, { readonly description?: string }>>;
  readonly additionalProperties?: unknown;
}

/** Every object schema in it with named properties, the outermost first. */
function objectsOf(input: z.ZodObject): readonly ObjectSchema[] {
  const found: ObjectSchema[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('type' in value && value.type === 'object' && 'properties' in value) found.push(value as ObjectSchema);
    for (const inner of Object.values(value)) visit(inner);
  };
  visit(z.toJSONSchema(input, { io: 'input' }));
  return found;
}

function repeated(names: readonly string[]): readonly string[] {
  return names.filter((name, index) => names.indexOf(name) !== index);
}
