import { createHash } from 'node:crypto';
import type { HclFile } from './syntax.ts';

type Parse = (path: string, text: string) => Promise<HclFile>;

/** Parsing that remembers what it read last, by path and content, up to `bytes` of text. Errors are not remembered. */
export function remembering(parse: Parse, bytes: number): Parse {
  const known = new Map<string, { readonly file: HclFile; readonly size: number }>();
  let held = 0;
  return async (path, text) => {
    const key = `${path}\0${createHash('sha256').update(text).digest('base64')}`;
    const before = known.get(key);
    if (before !== undefined) {
      // The map keeps the order of use.
      known.delete(key);
      known.set(key, before);
      return before.file;
    }
    const file = await parse(path, text);
    if (!known.has(key)) held += text.length;
    known.set(key, { file, size: text.length });
    for (const [oldest, { size }] of known) {
      if (held <= bytes) break;
      known.delete(oldest);
      held -= size;
    }
    return file;
  };
}
