import { Option } from 'commander';
import { z } from 'zod';
import type { JsonValue, Tool } from '../kit/index.ts';

/** A tool's arguments as command-line flags, derived from its schema. */
const typed = z.object({ type: z.union([z.string(), z.array(z.string())]).optional() });
const field = typed.extend({
  enum: z.array(z.string()).optional(),
  items: typed.optional(),
  description: z.string().optional(),
});
const inputSchema = z.object({
  properties: z.record(z.string(), field).default({}),
  required: z.array(z.string()).default([]),
});

/** Flags that mean something else on every command. */
export const reservedFlags: ReadonlySet<string> = new Set(['config', 'home', 'json', 'help', 'version']);

export function flagsOf(tool: Tool): readonly Option[] {
  const { properties, required } = inputSchema.parse(z.toJSONSchema(tool.input, { io: 'input' }));
  return Object.entries(properties).map(([name, { type, enum: choices, items, description = '' }]) => {
    const flag = `--${flagName(name)}`;
    if (type === 'boolean') return new Option(`${flag} [value]`, description).argParser(parseBoolean);
    const option = new Option(`${flag} <${type === 'array' ? 'value...' : 'value'}>`, description);
    if (choices !== undefined) option.choices(choices);
    const parse = parserOf(type === 'array' ? items?.type : type);
    if (parse !== undefined && type === 'array') option.argParser(parseEach(parse));
    else if (parse !== undefined) option.argParser(parse);
    if (required.includes(name)) option.makeOptionMandatory();
    return option;
  });
}

/** The parsed flags under the tool's own argument names. */
export function inputOf(tool: Tool, options: Readonly<Record<string, JsonValue>>): Record<string, JsonValue> {
  const input: Record<string, JsonValue> = {};
  for (const name of Object.keys(tool.input.shape)) {
    const value = options[new Option(`--${flagName(name)} <value>`).attributeName()];
    if (value !== undefined) input[name] = value;
  }
  return input;
}

export function flagName(name: string): string {
  return name.replaceAll('_', '-');
}

/** What cannot be read as its type is passed on as it is: the tool's schema names the argument in its refusal. */
type Parse = (value: string) => JsonValue;

function parserOf(type: string | readonly string[] | undefined): Parse | undefined {
  if (type === 'integer' || type === 'number') return parseNumber;
  if (type === 'boolean') return parseBoolean;
  return type === 'object' || type === 'array' ? parseJson : undefined;
}

function parseEach(parse: Parse) {
  return (value: string, before: readonly JsonValue[] | undefined): readonly JsonValue[] => [
    ...(before ?? []),
    parse(value),
  ];
}

function parseNumber(value: string): number | string {
  const number = Number(value);
  return value.trim() === '' || Number.isNaN(number) ? value : number;
}

function parseBoolean(value: string): boolean | string {
  return value === 'true' ? true : value === 'false' ? false : value;
}

function parseJson(value: string): JsonValue {
  try {
    return JSON.parse(value);
  } catch {
    // Not JSON: the schema says which argument should have been.
    return value;
  }
}
