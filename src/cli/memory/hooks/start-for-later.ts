import type { DaemonAddress } from '../../../server/shim/daemon-link.ts';
import { startDaemon } from '../../../server/shim/start-daemon.ts';

/**
 * What a hook does where no daemon runs: it starts one that stays, as an agent's session does, and is none itself, because a prompt
 * waits and a database takes seconds to open. The prompt goes on without memories; the next one has them.
 */
export class StartedForLater extends Error {
  override readonly name = 'StartedForLater';

  constructor() {
    super('no daemon ran: one was started, and the next one is answered');
  }
}

/** `waits`: the hook has the time to wait for it, and only starts it. Errors: StartedForLater. */
export function startingForLater(address: DaemonAddress, waits: boolean): () => Promise<undefined> {
  let started = false;
  return async () => {
    if (!started) startDaemon(address, () => undefined);
    started = true;
    if (!waits) throw new StartedForLater();
    return undefined;
  };
}
