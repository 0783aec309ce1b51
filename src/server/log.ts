import { type DestinationStream, type Logger, pino } from 'pino';
import type { Redactor } from '../redaction/redactor.ts';
import type { StoreLog } from '../store/log.ts';

export type Log = Logger;

/**
 * Structured lines on stderr, redacted as whole lines: stdout belongs to the protocol. An agent may read them where the daemon runs
 * in the cluster, so what it wrote itself stands in none: masked or not, a guess would be answered. See `unquoted`.
 */
export function createLog(level: string, redactor: Redactor, destination?: DestinationStream): Log {
  return pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: (error: unknown) => (error instanceof Unquoted ? error.logged : describeError(error, asIs)) },
      hooks: { streamWrite: (line) => `${redactor.text(line.trimEnd()).text}\n` },
    },
    destination ?? pino.destination({ dest: 2, sync: true }),
  );
}

/**
 * An error for the log without what an agent sent: its words are taken out of it, whether they are secrets or not. Where nobody
 * knows what was sent (a frame that could not be read), there is no message at all.
 */
export function unquoted(error: unknown, sent?: readonly string[]): Unquoted {
  return new Unquoted(describeError(error, sent === undefined ? framesAlone : withoutWords(sent)));
}

/** As groups have it: they do not know who sent what an error of theirs may quote. */
export function lentLog(log: Log): StoreLog {
  const told = (fields: object): object => ('err' in fields ? { ...fields, err: unquoted(fields.err) } : fields);
  return {
    info: (fields, event) => log.info(told(fields), event),
    warn: (fields, event) => log.warn(told(fields), event),
    error: (fields, event) => log.error(told(fields), event),
  };
}

class Unquoted {
  readonly logged: LoggedError;

  constructor(logged: LoggedError) {
    this.logged = logged;
  }
}

/** What the log keeps of an error. */
interface LoggedError {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  readonly cause?: LoggedError;
}

/** What is logged of a message, and of a stack, which begins with it. */
interface Telling {
  message(text: string): string;
  stack(stack: string, message: string): string;
}

const deepestCause = 3;

/** A driver's error can carry a request, with its headers, on itself: of its properties only these are logged. */
function describeError(error: unknown, told: Telling, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: told.message(String(error)) };
  const { name: type, message, stack, cause } = error;
  return {
    type,
    message: told.message(message),
    ...('code' in error && typeof error.code === 'string' ? { code: error.code } : {}),
    ...(stack === undefined ? {} : { stack: told.stack(stack, message) }),
    ...(cause === undefined || depth >= deepestCause ? {} : { cause: describeError(cause, told, depth + 1) }),
  };
}

const asIs: Telling = { message: (text) => text, stack: (stack) => stack };

const framesAlone: Telling = {
  message: () => '«not told»',
  stack: (stack, message) => {
    const at = stack.indexOf(message);
    return at === -1 ? '«not told»' : stack.slice(at + message.length).trim();
  },
};

/** No value that is looked for is shorter. */
const shortestWord = 4;
const mostWords = 2_000;
const longestSent = 100_000;

function withoutWords(sent: readonly string[]): Telling {
  if (sent.reduce((sum, { length }) => sum + length, 0) > longestSent) return framesAlone;
  const words = new Set(sent.flatMap(formsOf).filter(({ length }) => length >= shortestWord));
  if (words.size > mostWords) return framesAlone;
  const longestFirst = [...words].sort((a, b) => b.length - a.length);
  const without = (text: string): string =>
    longestFirst.reduce((rest, word) => rest.replaceAll(word, () => '«sent»'), text);
  return { message: without, stack: without };
}

/** As it was sent, as it stands in JSON, and each word of it. */
function formsOf(text: string): readonly string[] {
  return [text, JSON.stringify(text).slice(1, -1), ...text.split(/\s+/), ...text.split(/[^\p{L}\p{N}]+/u)];
}
