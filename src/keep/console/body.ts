import type { z } from 'zod';
import { consoleError } from './errors.ts';
import { longestBody, tooLong } from './guards.ts';

/** The body as JSON of this shape. Nothing that was sent is quoted back. Errors: `console-malformed`, `console-too-large`. */
export async function readJson(request: Request, schema: z.ZodType): Promise<unknown> {
  const parsed = schema.safeParse(jsonOf(await bytesOf(request)));
  if (parsed.success) return parsed.data;
  throw malformed(
    parsed.error.issues
      .slice(0, 3)
      .map(({ code, path, message }) =>
        code === 'unrecognized_keys' ? `a key of ${placeOf(path)} means nothing` : `${placeOf(path)}: ${message}`,
      )
      .join('; '),
  );
}

function placeOf(path: readonly PropertyKey[]): string {
  return path.map(String).join('.') || 'the body';
}

/** The length a request promises was looked at before; one that promises none is cut off here. */
async function bytesOf({ body }: Request): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of body ?? []) {
      size += chunk.byteLength;
      if (size > longestBody) break;
      chunks.push(chunk);
    }
  } catch (error) {
    throw malformed('it broke off', error);
  }
  if (size <= longestBody) return Buffer.concat(chunks);
  throw consoleError('console-too-large', { message: tooLong.message, next: 'reload the page and try again' });
}

function jsonOf(bytes: Buffer): unknown {
  if (bytes.byteLength === 0) return {};
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw malformed('it is not JSON in UTF-8', error);
  }
}

function malformed(why: string, cause?: unknown): Error {
  return consoleError('console-malformed', {
    message: `the request was not understood: ${why}`,
    next: 'reload the page and try again',
    cause,
  });
}
