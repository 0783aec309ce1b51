import { z } from 'zod';
import { CastellanError, type JsonObject } from '../kit/index.ts';
import { type DaemonAddress, linkToRunning } from '../server/shim/daemon-link.ts';
import { LineSplitter } from '../server/shim/lines.ts';
import { daemonGone } from './agent-session.ts';

/** A connection on which the commands of groups are asked, one after another. */
export interface OperatorSession extends AsyncDisposable {
  /**
   * Sends the command behind those that were sent before it. Errors: what the daemon says, as a `CastellanError` with its code;
   * `daemon-gone`.
   */
  request(command: string, input: JsonObject, onProgress?: (told: OperatorProgress) => void): Promise<JsonObject>;
}

export interface OperatorProgress {
  readonly message: string;
  readonly done?: number | undefined;
  readonly total?: number | undefined;
}

const line = z.union([
  z.object({
    progress: z.object({ message: z.string(), done: z.number().optional(), total: z.number().optional() }),
  }),
  z.object({
    answer: z.custom<JsonObject>((value) => typeof value === 'object' && value !== null),
    notSeen: z.string().optional(),
  }),
  z.object({ error: z.object({ code: z.string(), message: z.string(), next: z.string() }) }),
]);

interface Waiting {
  resolve(answer: JsonObject): void;
  reject(error: Error): void;
  readonly onProgress: ((told: OperatorProgress) => void) | undefined;
}

/**
 * To the daemon of this data directory; undefined when none runs, and none is started. `note` is told what the daemon could not
 * see or mask, and of a daemon that is older than this program.
 */
export async function openOperatorSession(
  address: DaemonAddress,
  note: (line: string) => void = () => undefined,
): Promise<OperatorSession | undefined> {
  const link = await linkToRunning(address, 'operator', note);
  if (link === undefined) return undefined;
  const { socket } = link;
  // Answers come in the order of the commands.
  const waiting: Waiting[] = [];
  const lines = new LineSplitter();
  let gone = false;

  const receive = (text: string): void => {
    const told = line.parse(JSON.parse(text));
    if ('progress' in told) {
      waiting[0]?.onProgress?.(told.progress);
      return;
    }
    const asked = waiting.shift();
    if ('error' in told) {
      const { code, message, next } = told.error;
      asked?.reject(new CastellanError(code, 'operator', { message, next }));
      return;
    }
    if (told.notSeen !== undefined) note(`NOT SEEN: ${told.notSeen}`);
    asked?.resolve(told.answer);
  };

  socket.on('data', (chunk: Buffer) => {
    try {
      for (const text of lines.push(chunk)) if (text !== '') receive(text);
    } catch {
      // Whatever speaks there is no daemon: whoever waits is told by the close.
      socket.destroy();
    }
  });
  socket.once('close', () => {
    gone = true;
    for (const { reject } of waiting.splice(0)) reject(daemonGone());
  });
  socket.resume();

  return {
    request: (command, input, onProgress) => {
      if (gone) return Promise.reject(daemonGone());
      const { promise, resolve, reject } = Promise.withResolvers<JsonObject>();
      waiting.push({ resolve, reject, onProgress });
      socket.write(`${JSON.stringify({ command, input })}\n`);
      return promise;
    },
    [Symbol.asyncDispose]: async () => {
      socket.destroy();
    },
  };
}
