import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KeepReply, KeepRequest } from '../../../src/change/wire/protocol.ts';
import type { RunView } from '../../../src/change/wire/run.ts';
import { keepSocket } from '../../../tools/iac/keep-socket.ts';
import type { ScratchKeep } from './scratch-keep.ts';

/** Nobody who asks here gives up. */
const patient = new AbortController().signal;

export function ask(keep: ScratchKeep, request: KeepRequest): Promise<KeepReply> {
  return keepSocket(keep.socket).ask(request, patient);
}

export const someone = { agent: 'agent:suite', human: 'human:ada' } as const;

const open: readonly RunView['state'][] = ['queued', 'fetching', 'judging', 'planning'];

/** Proposes a plan, and gives the run once it has ended. */
export async function planned(
  keep: ScratchKeep,
  proposal: Partial<Extract<KeepRequest, { verb: 'propose' }>> = {},
): Promise<RunView> {
  const proposed = await ask(keep, { verb: 'propose', kind: 'plan', by: someone, stack: 'stacks/mail', ...proposal });
  return ended(keep, required(proposed).id);
}

/** Waits until a run has ended. */
export async function ended(keep: ScratchKeep, id: string): Promise<RunView> {
  for (;;) {
    const run = required(await ask(keep, { verb: 'status', of: 'run', id, waitMs: 20_000 }));
    if (!open.includes(run.state)) return run;
    await sleep(50);
  }
}

/** Root consents to a run that waits for it, and the run goes on by itself. */
export async function consented(keep: ScratchKeep, { id, consent }: RunView): Promise<RunView> {
  if (consent === undefined) throw new Error('the run asks for no consent');
  writeFileSync(join(keep.configuration, 'consents', consent), '');
  for (;;) {
    const run = await ended(keep, id);
    if (run.state !== 'needs-consent') return run;
    await sleep(100);
  }
}

function required({ run, error }: KeepReply): RunView {
  if (run === undefined)
    throw new Error(error === undefined ? 'the keep told of no run' : `${error.code}: ${error.message}`);
  return run;
}
