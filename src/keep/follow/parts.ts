import type { ChangeView } from '../../change/wire/change.ts';
import type { StoreLog } from '../../store/log.ts';
import type { Applier } from '../applier/port.ts';
import type { ChangesInside } from '../changes/inside.ts';
import type { KeepConfig } from '../config/valid.ts';
import type { Expectations } from '../expect/port.ts';
import type { FreezeState } from '../freeze/freeze.ts';
import type { Journal } from '../journal/journal.ts';
import type { Landing } from '../landing/port.ts';
import type { Notifier } from '../notify/port.ts';
import type { Trees } from '../runs/trees.ts';

/** What follow-through works with. */
export interface FollowParts {
  readonly changes: Pick<
    ChangesInside,
    'stored' | 'ofSet' | 'open' | 'move' | 'note' | 'replan' | 'giveBack' | 'revert'
  >;
  readonly journal: {
    readonly steps: Journal['steps'];
    readonly leases: Pick<Journal['leases'], 'all'>;
    readonly records: Pick<Journal['records'], 'see' | 'accept'>;
  };
  readonly applier: Applier;
  readonly expectations: Expectations;
  readonly landing: Pick<Landing, 'land'>;
  readonly notifier: Pick<Notifier, 'tell'>;
  readonly freeze: { look(): Promise<Pick<FreezeState, 'since' | 'why'>> };
  readonly config: Pick<KeepConfig, 'profiles'>;
  readonly trees: {
    read(tree: string): Promise<{ readonly graph: Pick<Awaited<ReturnType<Trees['read']>>['graph'], 'dependantsOf'> }>;
  };
  /** A change that was applied does not do what was expected of it: whoever looks into incidents has a first suspect. May be told twice. */
  onFailedExpectation(view: ChangeView): Promise<void>;
  readonly now: () => Date;
  readonly log: StoreLog;
}

/**
 * What came of a step.
 *
 *  on     the set stands elsewhere now: the next step follows at once
 *  rest   nothing more can be done until somebody wakes it
 */
export type Progress = 'on' | 'rest';
