import { join } from 'node:path';
import { keepSocket } from '../../../tools/iac/keep-socket.ts';
import type { KeepReply, KeepRequest } from '../../change/wire/protocol.ts';
import { loadKeepDirectories } from '../../keep/index.ts';

/**
 * Asks the keep of this keep.yaml on the humans' socket; `mostMs` for what takes longer than an answer usually does. Errors: those
 * of the configuration, of the socket and of the keep.
 */
export function askKeep(keepFile: string, request: KeepRequest, mostMs?: number): Promise<KeepReply> {
  const { humans } = loadKeepDirectories(keepFile, { seatBelt: false });
  const socket = keepSocket(join(humans, 'human.sock'), mostMs === undefined ? {} : { patienceMs: mostMs });
  return socket.ask(request, AbortSignal.timeout(mostMs ?? 30_000));
}
