import { setTimeout as sleep } from 'node:timers/promises';
import type { ChangeView } from '../../../src/change/wire/change.ts';
import type { KeepReply, KeepRequest } from '../../../src/change/wire/protocol.ts';
import type { RunView } from '../../../src/change/wire/run.ts';
import { keepSocket } from '../../../tools/iac/keep-socket.ts';
import type { Human } from './human.ts';
import type { ScratchKeep } from './scratch-keep.ts';

/** Nobody who asks here gives up. */
const patient = new AbortController().signal;

export function ask(keep: ScratchKeep, request: KeepRequest): Promise<KeepReply> {
  // A keep that has just started, beside another on a busy machine, takes its time.
  return keepSocket(keep.socket, { patienceMs: 60_000 }).ask(request, patient);
}

export const someone = { agent: 'agent:suite', human: 'human:ada' } as const;

const open: readonly RunView['state'][] = ['queued', 'fetching', 'judging', 'planning'];

/** Proposes a plan, and gives the run once it has ended. */
export async function planned(
  keep: ScratchKeep,
  proposal: Partial<Extract<KeepRequest, { verb: 'propose'; kind: 'plan' }>> = {},
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

/** A human consents to a run that waits for it, and the run goes on by itself. */
export async function consented(keep: ScratchKeep, { id, consent }: RunView): Promise<RunView> {
  if (consent === undefined) throw new Error('the run asks for no consent');
  await (await keep.human()).sign({ kind: 'consent', id });
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

const moving: readonly ChangeView['state'][] = [
  'draft',
  'scanning',
  'planning',
  'approved',
  'applying',
  'applied',
  'verified',
];

/** Proposes a change, and gives its set once nothing of it moves by itself. */
export async function proposedChange(
  keep: ScratchKeep,
  proposal: Partial<Extract<KeepRequest, { verb: 'propose'; kind: 'change' }>>,
): Promise<readonly ChangeView[]> {
  const { changes } = await ask(keep, {
    verb: 'propose',
    kind: 'change',
    by: someone,
    stacks: [],
    reason: 'the suite asks for it',
    expect: [],
    ...proposal,
  });
  return settled(keep, setOf(changes ?? []));
}

/** Waits until nothing of a set moves by itself. */
export async function settled(
  keep: ScratchKeep,
  set: string,
  isSettled: (view: ChangeView) => boolean = ({ state, queuedBehind }) =>
    !moving.includes(state) || queuedBehind !== undefined,
): Promise<readonly ChangeView[]> {
  // One that is settled may not move in all that time.
  for (let waitMs = 0; ; waitMs = 20_000) {
    const { changes = [] } = await ask(keep, { verb: 'status', of: 'change', id: set, waitMs });
    if (changes.length > 0 && changes.every(isSettled)) return changes;
    await sleep(50);
  }
}

/** A set as it is now. */
export async function standing(keep: ScratchKeep, set: string): Promise<readonly ChangeView[]> {
  const { changes = [] } = await ask(keep, { verb: 'status', of: 'change', id: set, waitMs: 0 });
  return changes;
}

export function setOf(changes: readonly ChangeView[]): string {
  const [first] = changes;
  if (first === undefined) throw new Error('the keep told of no change');
  return first.set;
}

export function onlyOf(changes: readonly ChangeView[]): ChangeView {
  const [first, ...others] = changes;
  if (first === undefined || others.length > 0) throw new Error(`there are ${changes.length} changes, not one`);
  return first;
}

/** Applies the trusted base to stacks that an earlier suite, or one that was broken off, left otherwise. */
export async function restored(keep: ScratchKeep, human: Human, stacks: readonly string[]): Promise<void> {
  for (const stack of stacks) {
    const [change] = await proposedChange(keep, { stacks: [stack], reason: 'back to the base' });
    if (change?.state === 'no-changes') continue;
    if (change?.state !== 'awaiting-approval') throw new Error(`${stack} cannot be restored: ${change?.state}`);
    await human.sign({ kind: 'approve', set: change.set });
    await settled(keep, change.set);
  }
}
