import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/**
 * The last turn of a session, from the end of its transcript: what the user typed last, and what the assistant said since. What
 * tools gave back is in neither, nor what a client put into the conversation by itself.
 */
export interface LastTurn {
  readonly user: string;
  readonly assistant: string;
}

/** How much of the end is read: a turn is longer only where tools gave back much. */
const mostRead = 1_048_576;

export function readLastTurn(file: string): LastTurn {
  return lastTurn(endOf(file));
}

/** Lines that cannot be read, the first of a cut among them, are passed over. */
export function lastTurn(text: string): LastTurn {
  const assistant: string[] = [];
  for (const line of text.split('\n').reverse()) {
    const said = sayingIn(line);
    if (said === undefined) continue;
    if (said.by === 'user') return { user: said.text, assistant: assistant.reverse().join('\n\n') };
    assistant.push(said.text);
  }
  return { user: '', assistant: assistant.reverse().join('\n\n') };
}

function sayingIn(line: string): { readonly by: 'user' | 'assistant'; readonly text: string } | undefined {
  const row = objectIn(line);
  const message = Object(row?.['message']) as { readonly role?: unknown; readonly content?: unknown };
  const { role, content } = message;
  if (row === undefined || (role !== 'user' && role !== 'assistant')) return undefined;
  if (row['isMeta'] === true || row['isSidechain'] === true || row['isCompactSummary'] === true) return undefined;
  const blocks: readonly unknown[] = Array.isArray(content) ? content : [{ type: 'text', text: content }];
  const text = blocks.flatMap(textIn).join('\n').trim();
  return text === '' ? undefined : { by: role, text };
}

function textIn(block: unknown): readonly string[] {
  if (typeof block !== 'object' || block === null || !('type' in block) || !('text' in block)) return [];
  return block.type === 'text' && typeof block.text === 'string' ? [block.text] : [];
}

function objectIn(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    // Cut, or still being written.
    return undefined;
  }
}

function endOf(file: string): string {
  const descriptor = openSync(file, 'r');
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) return '';
    const length = Math.min(stats.size, mostRead);
    const buffer = Buffer.alloc(length);
    const read = readSync(descriptor, buffer, 0, length, stats.size - length);
    return buffer.subarray(0, read).toString('utf8');
  } finally {
    closeSync(descriptor);
  }
}
