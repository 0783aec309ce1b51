import type { Entry } from '../../memory/entry.ts';
import { type Echo, Untrusted } from '../../src/kit/index.ts';
import { besideText } from './words.ts';

/** A part of an answer and the bytes it takes there, fences and all. */
export interface Sized {
  readonly blocks: readonly (string | Echo | Untrusted)[];
  readonly bytes: number;
}

/** Two lines with a boundary between them. */
const fence = 96;

export function headed(head: string, body: readonly Sized[] = []): Sized {
  return together([{ blocks: [{ echo: head }], bytes: Buffer.byteLength(head) + 1 }, ...body]);
}

/** What an agent wrote: behind a fence, each of its lines marked. */
export function byAgent(text: string): Sized {
  return fenced(Untrusted.byAgent(text), text);
}

/** What came from a document. */
export function byOthers(text: string): Sized {
  return fenced(new Untrusted(text), text);
}

function fenced(block: Untrusted, text: string): Sized {
  return { blocks: [block], bytes: fence + Buffer.byteLength(text) + 3 * text.split('\n').length };
}

function together(parts: readonly Sized[]): Sized {
  return { blocks: parts.flatMap(({ blocks }) => blocks), bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** An entry's text, whole, with what stands beside it. */
export function entryBody(entry: Entry): readonly Sized[] {
  if (entry.content !== undefined) return [byAgent([entry.content, ...besideText(entry)].join('\n'))];
  const { keywords } = entry;
  const known = [...(keywords === '' ? [] : [`keywords: ${keywords}`]), ...besideText(entry)];
  return [
    headed(`SEALED: no agent can read it, and nor can this daemon; a human can: memory-tool open ${entry.id}`),
    ...(known.length === 0 ? [] : [byAgent(known.join('\n'))]),
  ];
}

/** As many of them, from the first on, as the room holds: whole or not at all. */
export function fitting<Part extends Sized>(parts: readonly Part[], room: number): readonly Part[] {
  let left = room;
  const over = parts.findIndex(({ bytes }) => {
    left -= bytes;
    return left < 0;
  });
  return over === -1 ? parts : parts.slice(0, over);
}
