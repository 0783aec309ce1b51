import { Option } from 'commander';
import { z } from 'zod';
import type { JsonValue, Tool } from '../kit/index.ts';

/** A tool's arguments as command-line flags, derived from its schema. */
const field = z.object({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  enum: z.array(z.string()).optional(),
  description: z.string().optional(),
});
const inputSchema = z.object({
  properties: z.record(z.string(), field).default({}),
  required: z.array(z.string()).default([]),
});

export function flagsOf(tool: Tool): readonly Option[] {
  const { properties, required } = inputSchema.parse(z.toJSONSchema(tool.input, { io: 'input' }));
  return Object.entries(properties).map(([name, { type, enum: choices, description = '' }]) => {
    const flag = `--${flagName(name)}`;
    if (type === 'boolean') return new Option(`${flag} [value]`, description).argParser(parseBoolean);
    const option = new Option(`${flag} <${type === 'array' ? 'value...' : 'value'}>`, description);
    if (choices !== undefined) option.choices(choices);
    if (type === 'integer' || type === 'number') option.argParser(parseNumber);
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

function flagName(name: string): string {
  return name.replaceAll('_', '-');
}

/** What is no number is passed on as it is: the tool's schema names the argument in its refusal. */
function parseNumber(value: string): number | string {
  const number = Number(value);
  return value.trim() === '' || Number.isNaN(number) ? value : number;
}

function parseBoolean(value: string): boolean | string {
  return value === 'true' ? true : value === 'false' ? false : value;
}
