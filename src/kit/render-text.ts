import type { TextAnswer } from './answer.ts';
import type { Body } from './lines.ts';
import type { Tally } from './tally.ts';
import { Untrusted } from './untrusted.ts';

export function textBody(answer: TextAnswer, tally: Tally): Body {
  const keep = answer.keep ?? 'start';
  const narrow = answer.narrow === undefined ? [] : [tally.ownLine(answer.narrow)];
  const lines = answer.blocks.flatMap((block, index) => {
    if (block instanceof Untrusted) {
      const fenced = tally.untrusted(block).split('\n');
      return fenced.map((text) => ({ text, block: index }));
    }
    if (typeof block !== 'string') return [{ text: tally.echoLine(block.echo) }];
    return tally
      .data(block)
      .split('\n')
      .map((text) => ({ text }));
  });
  return {
    before: [],
    lines,
    keep,
    isCut: (shown) => shown < lines.length || answer.nextCursor !== undefined,
    footer: (shown) => {
      if (shown >= lines.length) {
        return answer.nextCursor === undefined
          ? undefined
          : [`next_cursor: ${answer.nextCursor}`, ...narrow].join(' · ');
      }
      const range = `showing ${keep === 'end' ? 'the last ' : ''}${shown}/${lines.length} lines`;
      return [range, ...narrow].join(' · ');
    },
  };
}
