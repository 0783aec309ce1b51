import { type DestinationStream, type Logger, pino } from 'pino';
import type { Redactor } from '../redaction/redactor.ts';

export type Log = Logger;

/** Structured lines on stderr, redacted as whole lines: stdout belongs to the protocol. */
export function createLog(level: string, redactor: Redactor, destination?: DestinationStream): Log {
  return pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: (error: unknown) => describeError(error) },
      hooks: { streamWrite: (line) => `${redactor.text(line.trimEnd()).text}\n` },
    },
    destination ?? pino.destination({ dest: 2, sync: true }),
  );
}

/** What the log keeps of an error. */
interface LoggedError {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  readonly cause?: LoggedError;
}

const deepestCause = 3;

/** A driver's error can carry a request, with its headers, on itself: of its properties only these are logged. */
function describeError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  const { name: type, message, stack, cause } = error;
  return {
    type,
    message,
    ...('code' in error && typeof error.code === 'string' ? { code: error.code } : {}),
    ...(stack === undefined ? {} : { stack }),
    ...(cause === undefined || depth >= deepestCause ? {} : { cause: describeError(cause, depth + 1) }),
  };
}
