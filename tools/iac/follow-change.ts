import { setTimeout as sleep } from 'node:timers/promises';
import type { ChangeState } from '../../src/change/life/states.ts';
import type { ChangeView } from '../../src/change/wire/change.ts';
import type { KeepClient } from '../../src/change/wire/keep-port.ts';
import type { KeepReply } from '../../src/change/wire/protocol.ts';
import { CastellanError } from '../../src/kit/index.ts';
import { iacError } from './errors.ts';
import { plainName } from './words.ts';

/** The tool itself is stopped after 45 s: what was waited for must be told before. */
export const longestSeconds = 40;
const lookMs = 10_000;
const graceMs = 3_000;

/** Moves by itself; everything else waits for somebody, or is over. */
const moving: readonly ChangeState[] = ['draft', 'scanning', 'planning', 'approved', 'applying', 'applied', 'verified'];

export interface Followed {
  readonly reply: KeepReply;
  /** Why it could not be looked at any more: it exists all the same, and its id must reach the agent. */
  readonly lost?: string;
}

export interface Following {
  readonly keep: KeepClient;
  /** By `performance.now()`. */
  readonly until: number;
  readonly signal: AbortSignal;
  progress(message: string): void;
}

/** Looks at a set until nothing of it moves by itself any more, or the time is over. */
export async function followChanges(first: KeepReply, { keep, until, signal, progress }: Following): Promise<Followed> {
  let reply = first;
  let told = '';
  for (;;) {
    const changes = changesOf(reply);
    const said = changes.map(({ stack, state }) => `${plainName(stack)}: ${state}`).join(', ');
    if (said !== told) progress(said.slice(0, 300));
    told = said;
    const left = until - performance.now();
    const id = changes.length === 1 ? changes[0]?.id : changes[0]?.set;
    if (id === undefined || left <= 0 || !changes.some(({ state }) => moving.includes(state))) return { reply };
    const waitMs = Math.round(Math.min(left, lookMs));
    const late = AbortSignal.timeout(waitMs + graceMs);
    try {
      const asked = performance.now();
      reply = await keep.ask({ verb: 'status', of: 'change', id, waitMs }, AbortSignal.any([signal, late]));
      // A keep that does not wait is not asked in a circle.
      if (performance.now() - asked < 200) await sleep(300, undefined, { signal });
    } catch (error) {
      if (signal.aborted) throw error;
      if (late.aborted) return { reply, lost: 'it did not answer in time' };
      if (error instanceof CastellanError) return { reply, lost: `${error.code}: ${error.message}` };
      throw error;
    }
  }
}

export function changesOf({ changes }: KeepReply): readonly ChangeView[] {
  if (changes !== undefined && changes.length > 0) return changes;
  throw iacError('keep-reply-invalid', {
    message: 'what came back from the keep tells of no change',
    next: 'run keep and daemon of one version: restart both after an upgrade',
  });
}
