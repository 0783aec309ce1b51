import type { Evidence } from '../../src/incident/evidence.ts';
import { oneLine, Untrusted } from '../../src/kit/index.ts';
import { evidenceText, windowText } from './words.ts';

/** How it was asked stands apart: it quotes what the agent sent. What it says is the source's. */
export function evidenceHead(evidence: Evidence): readonly (string | Untrusted)[] {
  const { from, to, problem, query } = evidence;
  return [
    `${evidenceText(evidence)} · ${windowText({ from, to })}`,
    Untrusted.byAgent(oneLine(query)),
    ...(problem === undefined ? [] : [new Untrusted(`problem: ${oneLine(problem)}`)]),
  ];
}

interface Slice {
  readonly text: string;
  /** The byte that the next slice begins with; undefined: there is none. */
  readonly next: number | undefined;
}

/** In half of it there is room for any character. */
const leastRoom = 8;
/** What the renderer puts before and behind a line of somebody else's. */
const lineFrame = 3;

/** Whole lines from a byte on, as many as the room holds once they are fenced. A line that no answer shows whole comes in pieces. */
export function sliceOf(whole: string, from: number, given: number): Slice {
  const bytes = Buffer.from(whole, 'utf8');
  const room = Math.max(leastRoom, given);
  const longest = Math.floor(room / 2);
  let at = from;
  let held = 0;
  while (at < bytes.length) {
    const newline = bytes.indexOf(0x0a, at);
    const end = newline === -1 ? bytes.length : newline;
    const size = end - at + lineFrame;
    if (size > longest && at === from) return pieceOf(bytes, from, Math.min(end, from + longest));
    if (size > longest || held + size > room) break;
    held += size;
    at = end + 1;
  }
  const isWhole = at >= bytes.length;
  return {
    text: bytes.subarray(from, isWhole ? bytes.length : at - 1).toString('utf8'),
    next: isWhole ? undefined : at,
  };
}

function pieceOf(bytes: Buffer, from: number, most: number): Slice {
  let end = most;
  // All bytes of a character but its first begin with 10.
  while (end > from && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  const next = bytes[end] === 0x0a ? end + 1 : end;
  return { text: bytes.subarray(from, end).toString('utf8'), next: next >= bytes.length ? undefined : next };
}
