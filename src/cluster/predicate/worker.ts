import { parentPort } from 'node:worker_threads';

/** One pattern over many texts. The thread this runs in is killed when it takes too long, so nothing else is in here. */
export interface MatchRequest {
  readonly pattern: string;
  /** All texts in one: a long string crosses to a thread at once, many short ones do not. */
  readonly joined: string;
  /** Where each text ends. */
  readonly ends: Uint32Array;
}

/** One byte a text, 1 for a match; `invalid` is a pattern that is no regular expression. */
export type MatchReply = Uint8Array | 'invalid';

parentPort?.on('message', (request: MatchRequest) => parentPort?.postMessage(replyTo(request)));
// Starting takes longer than most patterns do, and is not the pattern's fault: its time begins after this.
parentPort?.postMessage('ready');

function replyTo({ pattern, joined, ends }: MatchRequest): MatchReply {
  try {
    const expression = new RegExp(pattern, 'i');
    return Uint8Array.from(ends, (end, index) =>
      expression.test(joined.slice(index === 0 ? 0 : ends[index - 1], end)) ? 1 : 0,
    );
  } catch (error) {
    // That a pattern is too large shows only when it runs.
    if (error instanceof SyntaxError || error instanceof RangeError) return 'invalid';
    throw error;
  }
}
