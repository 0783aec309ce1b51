import { type DestinationStream, type Logger, pino, type SerializedError, stdSerializers } from 'pino';
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
      serializers: { err: describeError },
      hooks: { streamWrite: (line) => redactor.text(line.trimEnd()).text + '\n' },
    },
    destination ?? pino.destination({ dest: 2, sync: true }),
  );
}

/** A driver's error can hang a request, with its headers, on itself: only type, message and stack are logged. */
function describeError(error: unknown): SerializedError | { message: string } {
  if (!(error instanceof Error)) return { message: String(error) };
  const { type, message, stack } = stdSerializers.err(error);
  return { type, message, stack, raw: error };
}
