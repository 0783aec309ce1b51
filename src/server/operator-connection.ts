import type { Socket } from 'node:net';
import type { JsonObject } from '../kit/index.ts';
import type { Redactor } from '../redaction/redactor.ts';
import type { Log } from './log.ts';
import { unquoted } from './log.ts';
import type { OperatorReply, RunCommand } from './operator-commands.ts';
import type { Caller } from './served.ts';
import { LineSplitter } from './shim/lines.ts';

/**
 * A connection of the purpose `operator`, after the welcome. One JSON object a line, each way:
 *
 *  client  {"command": "memory.export", "input": {…}}
 *  daemon  {"progress": {"message": "…", "done": 3, "total": 9}}   any number, and some may be left out
 *  daemon  {"answer": {…}} or {"error": {"code", "message", "next"}}   one, the last of its command
 *
 * Commands are answered in the order they came, one at a time. A client that hangs up has cancelled them.
 */
export interface OperatorConnectionOptions {
  readonly caller: Caller;
  readonly run: RunCommand;
  readonly redactor: Redactor;
  readonly log: Log;
  /** Fires at shutdown. */
  readonly closing: AbortSignal;
}

/** A client waits for an answer before it asks again; one that does not wait is cut off. */
const mostWaiting = 16;

export function serveOperator(socket: Socket, options: OperatorConnectionOptions): void {
  const { caller, run, redactor, log } = options;
  const gone = new AbortController();
  const signal = AbortSignal.any([gone.signal, options.closing]);
  const lines = new LineSplitter();
  let waiting = 0;
  let turn: Promise<void> = Promise.resolve();

  // The choke point of this connection: whatever goes out passes here, and is taken for an agent's words.
  const send = (line: JsonObject): boolean => socket.write(`${JSON.stringify(redactor.value(line, 'agent').value)}\n`);

  const answer = async (line: string): Promise<void> => {
    const asked = readRequest(line);
    if (asked === undefined) {
      send({ error: notACommand });
      return;
    }
    const reply: OperatorReply = await run({
      ...asked,
      caller,
      signal,
      progress: (told) => {
        // A client that does not read is not told how far it is; its memory is not ours to fill.
        if (!socket.writableNeedDrain) send({ progress: { ...told } });
      },
    });
    if (!send({ ...reply })) await drained(socket);
  };

  socket.once('close', () => gone.abort());
  socket.on('data', (chunk: Buffer) => {
    for (const line of lines.push(chunk)) {
      waiting += 1;
      if (waiting > mostWaiting) {
        socket.destroy();
        return;
      }
      turn = turn
        .then(() => (gone.signal.aborted ? undefined : answer(line)))
        .catch((error: unknown) => {
          log.error({ err: unquoted(error, [line]) }, 'operator.serve');
          socket.destroy();
        })
        .finally(() => {
          waiting -= 1;
        });
    }
  });
  // Paused since the handshake was read, and a listener alone does not undo that.
  socket.resume();
}

const notACommand = {
  code: 'command-unknown',
  message: 'the line was not a command',
  next: 'send one JSON object with `command` and `input`',
};

function readRequest(line: string): { readonly command: string; readonly input: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null || !('command' in value)) return undefined;
    if (typeof value.command !== 'string') return undefined;
    return { command: value.command, input: 'input' in value ? value.input : {} };
  } catch {
    // Not JSON: the caller is told so.
    return undefined;
  }
}

/** Until the client has read what was written, or is gone. */
function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) {
      resolve();
      return;
    }
    const done = (): void => {
      socket.off('drain', done);
      socket.off('close', done);
      resolve();
    };
    socket.on('drain', done);
    socket.on('close', done);
  });
}
