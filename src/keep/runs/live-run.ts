import type { RunState, RunView } from '../../change/wire/run.ts';
import type { Redactor } from '../../redaction/redactor.ts';
import { createTurns } from '../../store/turns.ts';
import type { RunTable } from '../journal/run-table.ts';
import { isOpen } from './states.ts';
import { writableView } from './view-text.ts';

/** A run that is open, in the keep's memory: what of it is written down, and what never is. */
export interface LiveRun {
  readonly id: string;
  readonly view: RunView;
  readonly signal: AbortSignal;
  /** One step, written down first. Errors: `run-moved`, when somebody else ended it meanwhile. */
  move(state: RunState, more?: Partial<RunView>): Promise<void>;
  /** Ends it from wherever it is; work on it is told to stop. False when it had ended before. */
  end(state: 'withdrawn' | 'interrupted', more?: Partial<RunView>): Promise<boolean>;
  /** Resolves with the next step, whichever it is. */
  changed(): Promise<void>;
}

export interface LiveRunOptions {
  readonly table: Pick<RunTable, 'move'>;
  readonly redactor: Pick<Redactor, 'text'>;
  readonly now: () => Date;
  onEnd(id: string): void;
}

export function createLiveRun(first: RunView, { table, redactor, now, onEnd }: LiveRunOptions): LiveRun {
  const ending = new AbortController();
  let view = first;
  let change = Promise.withResolvers<void>();
  /** Steps come one after the other: two at once would both start from the same state. */
  const turns = createTurns();

  const moveNow = async (state: RunState, more: Partial<RunView>): Promise<void> => {
    const after = writableView({ ...view, ...more, state, changedAt: now().toISOString() }, redactor);
    await table.move(view.state, after);
    view = after;
    if (!isOpen(state)) {
      onEnd(view.id);
      ending.abort(new Error(`the run is ${state}`));
    }
    change.resolve();
    change = Promise.withResolvers<void>();
  };

  return {
    id: first.id,
    get view() {
      return view;
    },
    signal: ending.signal,
    move: (state, more = {}) => turns.take(() => moveNow(state, more)),
    end: (state, more = {}) =>
      turns.take(async () => {
        if (!isOpen(view.state)) return false;
        await moveNow(state, more);
        return true;
      }),
    changed: () => change.promise,
  };
}
