import { z } from 'zod';
import { type Effect, recordFrameKeys, type Tool } from '../kit/index.ts';

/**
 * A tool as a client sees it in tools/list. This is the one place that makes it: the server, the laws over its size, the
 * docs and the snapshots all read what comes out of here.
 */
export interface WireTool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: WireSchema;
  readonly outputSchema?: WireSchema;
  readonly annotations: WireAnnotations;
  readonly _meta?: Readonly<Record<string, unknown>>;
}

/** JSON Schema 2020-12 of an object. */
export interface WireSchema {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
  readonly [keyword: string]: unknown;
}

/** Hints only: what a tool may do is decided by its effect and the caller's scopes, never by these. */
interface WireAnnotations {
  readonly readOnlyHint: boolean;
  readonly destructiveHint: boolean;
  readonly idempotentHint: boolean;
  readonly openWorldHint: boolean;
}

const annotations: Readonly<Record<Effect, WireAnnotations>> = {
  read: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  record: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
  propose: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
};

/** What the renderer puts around a record's own data. */
const frame: Readonly<Record<(typeof recordFrameKeys)[number], object>> = {
  headline: { type: 'string' },
  as_of: { type: 'string' },
  coverage: { type: 'object' },
  truncated: { type: 'boolean' },
  next_cursor: { type: 'string' },
  notes: { type: 'array', items: { type: 'string' } },
  redactions: { type: 'object' },
};
const alwaysFramed = ['as_of', 'coverage', 'truncated'];

export function toWireTool(tool: Tool): WireTool {
  const meta = {
    ...(tool.searchHint === undefined ? {} : { 'anthropic/searchHint': tool.searchHint }),
    ...(tool.alwaysLoad === true ? { 'anthropic/alwaysLoad': true } : {}),
  };
  return {
    name: tool.name,
    title: tool.title,
    description: tool.description,
    inputSchema: inputSchema(tool.input),
    ...(tool.output === undefined ? {} : { outputSchema: outputSchema(tool.output) }),
    annotations: annotations[tool.effect],
    ...(Object.keys(meta).length === 0 ? {} : { _meta: meta }),
  };
}

function inputSchema(input: z.ZodObject): WireSchema {
  return { ...objectSchema(input, 'input'), additionalProperties: false };
}

/** The record's data and the frame beside it. */
function outputSchema(output: z.ZodObject): WireSchema {
  const data = objectSchema(output, 'output');
  const framed = recordFrameKeys.find((key) => Object.hasOwn(data.properties, key));
  if (framed !== undefined) throw new TypeError(`an output schema has no key ${framed}: the renderer writes it`);
  return {
    ...data,
    properties: { ...frame, ...data.properties },
    required: [...alwaysFramed, ...(data.required ?? [])],
  };
}

function objectSchema(schema: z.ZodObject, io: 'input' | 'output') {
  const { $schema, properties, required, ...rest } = z.toJSONSchema(schema, {
    io,
    override: ({ jsonSchema }) => compact(jsonSchema),
  });
  return {
    ...rest,
    type: 'object' as const,
    properties: properties ?? {},
    ...(required === undefined || required.length === 0 ? {} : { required }),
  };
}

/**
 * Every session pays for the list. Patterns and lengths are enforced by the call, whose error says what was wrong; a model
 * that fills in arguments reads the description instead. Limits that only say "a number JavaScript can hold" say nothing.
 */
function compact(jsonSchema: z.core.JSONSchema.BaseSchema): void {
  delete jsonSchema.pattern;
  delete jsonSchema.minLength;
  delete jsonSchema.maxLength;
  if (jsonSchema.enum !== undefined) delete jsonSchema.type;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
}
