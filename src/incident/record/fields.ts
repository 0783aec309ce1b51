import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { JsonObject } from '../../kit/index.ts';
import { canonicalJson } from '../../store/canonical-json.ts';
import { incidentError } from '../errors.ts';

/**
 * The parts that shapes of the record are made of. A shape is a codec: `prove` holds a value against it and gives the JSON that is
 * kept, `z.decode` gives the value back. What is undefined is null there, and an instant is its ISO text.
 */
const unkeepable = 'holds a NUL or half of a character, which a database cannot keep';

/** Of a column: without what Postgres refuses. */
export const line = (longest: number) => z.string().max(longest).refine(isKeepable, { error: unkeepable, abort: true });
export const words = (longest: number) => line(longest).min(1);
/** Of JSON, which keeps every string. */
export const anyText = (longest: number) => z.string().max(longest);
export const idOf = (pattern: RegExp) => z.string().regex(pattern);

const earliest = new Date('1970-01-01T00:00:00Z');
const latest = new Date('2200-01-01T00:00:00Z');
export const instant = z.codec(z.iso.datetime(), z.date().min(earliest).max(latest), {
  decode: (text) => new Date(text),
  encode: (at) => at.toISOString(),
});

/** A member that is there and may be undefined. */
export function absent<Schema extends z.ZodType>(schema: Schema) {
  return z.codec(schema.nullable(), z.custom<z.output<Schema> | undefined>(), {
    decode: (value) => value ?? undefined,
    encode: (value) => value ?? null,
  });
}

export const jsonObject = z.custom<JsonObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);

export const actor = z.object({ agent: words(200), human: words(200) });
export const window = z.object({ from: instant, to: absent(instant) });

function isKeepable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

/** The JSON of a value that has the shape. Errors: `incident-argument-invalid`. */
export function prove<Schema extends z.ZodType>(
  what: string,
  schema: Schema,
  value: z.output<Schema>,
  longest = 1_048_576,
): z.input<Schema> {
  const json = whole(what, () => z.safeEncode(schema, value));
  if (json.error !== undefined) {
    const [issue] = json.error.issues;
    const where = [what, ...(issue?.path ?? [])].join('.');
    throw invalid(`${where}: ${issue?.message ?? 'has another shape'}`, 'correct it and send it again');
  }
  const size = Buffer.byteLength(whole(what, () => JSON.stringify(json.data)) ?? '');
  if (size > longest) throw invalid(`${what} has ${size} bytes; ${longest} are kept`, 'send less of it');
  return json.data;
}

/** JSON in a circle, or so deep that nobody can walk it. */
function whole<Result>(what: string, walk: () => Result): Result {
  try {
    return walk();
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
    throw invalid(`${what} is not JSON, or too deep`, 'send it flatter', error);
  }
}

export function invalid(message: string, next: string, cause?: unknown): Error {
  return incidentError('incident-argument-invalid', { message, next, cause });
}

export function sha256(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Over the canonical JSON. */
export function digestOf(json: unknown): string {
  return sha256(canonicalJson(json));
}
