import type { IncomingMessage } from 'node:http';

/** The whole body, or undefined as soon as it is larger. */
export async function readBody(request: IncomingMessage, mostBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > mostBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

/** Passes bytes on and breaks off at a ceiling. */
export function bounded(mostBytes: number) {
  return async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let size = 0;
    for await (const chunk of source) {
      size += chunk.length;
      if (size > mostBytes) throw new Error(`more than ${mostBytes} bytes`);
      yield chunk;
    }
  };
}
