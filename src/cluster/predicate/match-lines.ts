import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { defineErrors } from '../../kit/index.ts';
import type { MatchReply, MatchRequest } from './worker.ts';

/**
 * Patterns come from agents, and some patterns never end. They are run over redacted texts in a thread of their own, which
 * is killed when time is up, while this one goes on serving everybody else.
 *
 *  pattern  a JavaScript regular expression that may match anywhere in a text, case ignored. There is no other form.
 *  turn     one use of the thread, over some texts; there is one thread, kept warm, and it takes one turn after the other
 */
const longestPattern = 500;

/** From handing over the texts of a turn to the answer. An honest pattern takes a tenth of it. */
const patienceMs = 500;

/** Characters of one turn: callers with much to search let others in between. */
const mostAtOnce = 2 ** 20;

const predicateError = defineErrors({
  'pattern-invalid': {
    audience: 'agent',
    meaning: 'A pattern (grep, exclude) is not a regular expression, or longer than 500 characters.',
  },
  'pattern-too-slow': {
    audience: 'agent',
    meaning: 'A pattern (grep, exclude) needed more than half a second, so it was stopped.',
  },
});

/** Which of the `texts` the pattern occurs in. */
export async function matchLines(
  pattern: string,
  /** Redacted: a pattern is a question, and nothing that was masked may answer it. */
  texts: readonly string[],
  signal: AbortSignal,
): Promise<readonly boolean[]> {
  if (pattern.length > longestPattern) throw invalid(`longer than ${longestPattern} characters`);
  const hits: boolean[] = [];
  for (const piece of inPieces(texts)) {
    const reply = await inTurn(() => matchInThread({ pattern, ...piece }, signal));
    if (reply === 'invalid') throw invalid('not a regular expression');
    for (const hit of reply) hits.push(hit === 1);
  }
  return hits;
}

type Piece = Pick<MatchRequest, 'joined' | 'ends'>;

/** At least one, so that a pattern is looked at even when there is no text. */
function* inPieces(texts: readonly string[]): Generator<Piece> {
  let piece: string[] = [];
  let size = 0;
  for (const text of texts) {
    if (size + text.length > mostAtOnce && piece.length > 0) {
      yield joined(piece);
      piece = [];
      size = 0;
    }
    piece.push(text);
    size += text.length;
  }
  yield joined(piece);
}

function joined(texts: readonly string[]): Piece {
  let end = 0;
  const ends = Uint32Array.from(texts, (text) => {
    end += text.length;
    return end;
  });
  return { joined: texts.join(''), ends };
}

/** However a turn ends, the next one begins; how it ends is told to its own caller. */
function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  const turn = lastTurn.then(work);
  lastTurn = turn.catch(() => undefined);
  return turn;
}

let lastTurn: Promise<unknown> = Promise.resolve();
let warm: Worker | undefined;

async function matchInThread(request: MatchRequest, signal: AbortSignal): Promise<MatchReply> {
  signal.throwIfAborted();
  const worker = warm ?? (await startWorker());
  warm = worker;
  worker.ref();
  try {
    const reply = await answerOf(worker, request, signal);
    worker.unref();
    return reply;
  } catch (error) {
    // It still works on what nobody waits for.
    warm = undefined;
    await worker.terminate();
    throw error;
  }
}

async function startWorker(): Promise<Worker> {
  const file = new URL(`./worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);
  const worker = new Worker(file, {
    env: {},
    execArgv: [],
    stdout: true,
    resourceLimits: { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16 },
  });
  // One that fails while nobody waits for it is replaced in the next turn.
  worker.on('error', () => {
    if (warm === worker) warm = undefined;
  });
  await once(worker, 'message');
  return worker;
}

function answerOf(worker: Worker, request: MatchRequest, signal: AbortSignal): Promise<MatchReply> {
  const { promise, resolve, reject } = Promise.withResolvers<MatchReply>();
  const clock = setTimeout(() => {
    // A turn of the event loop later: when this thread was the slow one, the answer is here already.
    setImmediate(() => reject(tooSlow()));
  }, patienceMs);
  const stop = (): void => reject(signal.reason);
  if (signal.aborted) stop();
  const fail = (error: unknown): void => reject(outOfMemory(error) ? tooSlow() : error);
  worker.once('message', resolve);
  worker.once('error', fail);
  signal.addEventListener('abort', stop, { once: true });
  worker.postMessage(request);
  return promise.finally(() => {
    clearTimeout(clock);
    worker.off('message', resolve);
    worker.off('error', fail);
    signal.removeEventListener('abort', stop);
  });
}

function outOfMemory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
}

function invalid(why: string): Error {
  return predicateError('pattern-invalid', {
    message: `the pattern is ${why}`,
    next: 'give a regular expression; put a backslash before . ( ) [ ] { } + * ? | ^ $ that are meant as they stand',
  });
}

function tooSlow(): Error {
  return predicateError('pattern-too-slow', {
    message: 'the pattern was stopped: it tries too many ways to match',
    next: 'use a plain word, or a pattern without a repetition inside a repetition',
  });
}
