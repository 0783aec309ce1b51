import { type Actor, type ChangeState, holdingStates, isOver, waitingStates } from '../../change/life/states.ts';
import type { ChangeView } from '../../change/wire/change.ts';
import type { Redactor } from '../../redaction/redactor.ts';
import type { StoreLog } from '../../store/log.ts';
import { createTurns } from '../../store/turns.ts';
import type { StoredChange } from '../journal/change-table.ts';
import type { Journal } from '../journal/journal.ts';
import { writableView } from '../runs/view-text.ts';
import type { SealedPlans } from '../sealed/port.ts';
import { changeError } from './errors.ts';
import type { Told } from './inside.ts';

/**
 * Where every change stands. All steps go through here, one after the other: each is written down first, and with it go what hangs
 * on it, the lease of its stack, its sealed plan, and whoever waits to hear of it.
 */
export interface Board {
  /** Alone: no other step is taken while `work` runs. What it does through its `Steps` is not turned back when it throws. */
  take<Result>(work: (steps: Steps) => Promise<Result>): Promise<Result>;
  move(id: string, to: ChangeState, actor: Actor, more?: Told): Promise<StoredChange>;
  note(id: string, more: Told): Promise<StoredChange>;
  /** Errors: `change-unknown`. */
  get(id: string): Promise<StoredChange>;
  ofSet(set: string): Promise<readonly StoredChange[]>;
  /** Not over, oldest first. */
  open(): readonly StoredChange[];
  /** Resolves with the next step. */
  changed(): Promise<void>;
}

export interface Steps {
  add(changes: readonly StoredChange[]): Promise<void>;
  move(id: string, to: ChangeState, actor: Actor, more?: Told): Promise<StoredChange>;
  note(id: string, more: Told): Promise<StoredChange>;
  giveBack(stack: string, change: string): Promise<void>;
}

export interface BoardOptions {
  readonly journal: Pick<Journal, 'changes' | 'leases'>;
  readonly sealed: Pick<SealedPlans, 'drop'>;
  readonly redactor: Pick<Redactor, 'text'>;
  readonly approvalHours: number;
  readonly now: () => Date;
  readonly log: StoreLog;
  /** After a step: whoever works on the change must know. */
  onStep(change: StoredChange): void;
  /** A stack is free. Called within the turn. */
  onFree(): void;
}

/** What is sealed is of use to nobody in any other state. */
export const sealedStates: ReadonlySet<ChangeState> = new Set<ChangeState>([
  'planning',
  'awaiting-approval',
  'denied',
  'approved',
  'applying',
  'applied',
  'verified',
  'landing-failed',
  'interrupted',
]);

export async function openBoard(options: BoardOptions): Promise<Board> {
  const { journal, now, log } = options;
  const live = new Map((await journal.changes.open()).map((change) => [change.view.id, change]));
  const turns = createTurns();
  let change = Promise.withResolvers<void>();

  const tellAll = (): void => {
    change.resolve();
    change = Promise.withResolvers<void>();
  };

  const get = async (id: string): Promise<StoredChange> => {
    const found = live.get(id) ?? (await journal.changes.get(id));
    if (found !== undefined) return found;
    throw unknown(id);
  };

  const remember = (stored: StoredChange): void => {
    if (isOver(stored.view.state)) live.delete(stored.view.id);
    else live.set(stored.view.id, stored);
  };

  const writable = ({ view, facts }: StoredChange): StoredChange => ({
    view: writableView(view, options.redactor),
    facts,
  });

  const steps: Steps = {
    add: async (changes) => {
      const added = changes.map(writable);
      await journal.changes.add(added);
      for (const one of added) remember(one);
      tellAll();
    },
    move: async (id, to, actor, more = {}) => {
      const before = await get(id);
      // What was said of the state it leaves is not true of the next.
      const { expiresAt: _expiresAt, why: _why, queuedBehind: _queuedBehind, ...view } = before.view;
      const at = now();
      const after = writable({
        view: {
          ...view,
          ...deadline(to, at, options.approvalHours),
          ...more.view,
          state: to,
          changedAt: at.toISOString(),
        },
        facts: { ...before.facts, ...more.facts },
      });
      await journal.changes.move(before.view.state, after, actor);
      remember(after);
      options.onStep(after);
      tellAll();
      if (sealedStates.has(before.view.state) && !sealedStates.has(to)) await drop(id);
      if (!holdingStates.includes(to) && to !== 'interrupted') await steps.giveBack(after.view.stack, id);
      if (to === 'verified' && after.view.reverts !== undefined)
        await supersedeReverted(after.view, after.view.reverts);
      return after;
    },
    note: async (id, more) => {
      const before = await get(id);
      const after = writable({ view: { ...before.view, ...more.view }, facts: { ...before.facts, ...more.facts } });
      await journal.changes.update(after);
      remember(after);
      tellAll();
      return after;
    },
    giveBack: async (stack, id) => {
      await journal.leases.giveBack(stack, id);
      options.onFree();
    },
  };

  const drop = async (id: string): Promise<void> => {
    // Sealed as it is, it waits for the next start's cleaning.
    await options.sealed
      .drop(id)
      .catch((error: unknown) => log.warn({ err: error, change: id }, 'change.sealed.not-dropped'));
  };

  const supersedeReverted = async (by: ChangeView, id: string): Promise<void> => {
    const reverted = await get(id);
    if (reverted.view.state !== 'failed-expectation') return;
    await steps.move(id, 'superseded', 'keep', { view: { why: `${by.id} brought back what was before it` } });
  };

  const take: Board['take'] = (work) => turns.take(() => work(steps));
  return {
    take,
    move: (id, to, actor, more) => take((inTurn) => inTurn.move(id, to, actor, more)),
    note: (id, more) => take((inTurn) => inTurn.note(id, more)),
    get,
    ofSet: async (set) => {
      const stored = await journal.changes.ofSet(set);
      return stored.map((one) => live.get(one.view.id) ?? one);
    },
    open: () =>
      [...live.values()].toSorted(
        ({ view: one }, { view: other }) =>
          one.createdAt.localeCompare(other.createdAt) || one.set.localeCompare(other.set) || one.order - other.order,
      ),
    changed: () => change.promise,
  };
}

function deadline(to: ChangeState, at: Date, hours: number): { readonly expiresAt?: string } {
  if (!waitingStates.includes(to)) return {};
  return { expiresAt: new Date(at.getTime() + hours * 3_600_000).toISOString() };
}

export function unknown(id: string): Error {
  return changeError('change-unknown', {
    message: `there is no change and no set ${id}`,
    next: 'ask for the status without an id: it lists them',
  });
}
