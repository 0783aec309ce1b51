import { join } from 'node:path';
import { keepSocket } from '../../../tools/iac/keep-socket.ts';
import type { KeepReply, KeepRequest } from '../../change/wire/protocol.ts';
import { loadKeepDirectories } from '../../keep/index.ts';

/** Asks the keep of this keep.yaml on the humans' socket. Errors: those of the configuration, of the socket and of the keep. */
export function askKeep(keepFile: string, request: KeepRequest): Promise<KeepReply> {
  const { humans } = loadKeepDirectories(keepFile, { seatBelt: false });
  return keepSocket(join(humans, 'human.sock')).ask(request, AbortSignal.timeout(30_000));
}
