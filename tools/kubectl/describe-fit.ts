import type { Section } from '../../src/cluster/index.ts';
import { Untrusted } from '../../src/kit/index.ts';

/** Lines each section has before any of them gets more: enough to say what is wrong there. */
const firstLines = 3;

/** What the renderer writes around a block of somebody else's lines. */
const fenceBytes = 100;

export interface Fitted {
  readonly blocks: readonly (string | Untrusted)[];
  /** `events 4, needs 2`: lines that had no room. */
  readonly leftOut: readonly string[];
}

/**
 * Shares out room, in bytes, among sections that come in the order of their importance: first every section gets its first
 * lines, then the most important one as many more as fit, and so on. What tells why something is wrong comes first in both.
 */
export function fitSections(sections: readonly Section[], room: number): Fitted {
  const shares = sections.map(({ title, lines }) => ({ title, lines, shown: 0 }));
  let left = room;
  const take = (share: Share, most: number): void => {
    while (share.shown < Math.min(most, share.lines.length)) {
      const cost = costOfNext(share);
      if (cost > left) return;
      left -= cost;
      share.shown += 1;
    }
  };
  for (const share of shares) take(share, firstLines);
  for (const share of shares) take(share, Number.POSITIVE_INFINITY);
  return {
    blocks: shares.flatMap(blocksOf),
    leftOut: shares.flatMap(({ title, lines, shown }) =>
      shown < lines.length ? [`${title} ${lines.length - shown}`] : [],
    ),
  };
}

interface Share extends Section {
  shown: number;
}

/** The first line pays for the title, the first of a fence for the fence. */
function costOfNext({ title, lines, shown }: Share): number {
  const line = lines[shown] ?? '';
  const heading = shown === 0 ? Buffer.byteLength(headingOf(title), 'utf8') + 1 : 0;
  if (typeof line === 'string') return heading + Buffer.byteLength(line, 'utf8') + 1;
  const opens = !(lines[shown - 1] instanceof Untrusted);
  return heading + (opens ? fenceBytes : 0) + line.bytes + 3;
}

function headingOf(title: string): string {
  return `## ${title}`;
}

/** Lines of ours in one block, lines of others in a fence. */
function blocksOf({ title, lines, shown }: Share): readonly (string | Untrusted)[] {
  const blocks: (string | Untrusted)[] = [];
  let [ours, others]: [string[], Untrusted[]] = [[headingOf(title)], []];
  const close = (): void => {
    if (ours.length > 0) blocks.push(ours.join('\n'));
    if (others.length > 0) blocks.push(Untrusted.lines(others));
    [ours, others] = [[], []];
  };
  for (const line of lines.slice(0, shown)) {
    if (line instanceof Untrusted) others.push(line);
    else {
      if (others.length > 0) close();
      ours.push(line);
    }
  }
  if (shown > 0) close();
  return blocks;
}
