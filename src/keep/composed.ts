import type { ObjectOrigin } from '../change/wire/stacks.ts';
import type { ObjectName } from '../iac/origin/find-object.ts';
import type { Repository } from '../iac/repository.ts';
import type { KeepConfig, Profile } from './config/valid.ts';
import type { Expectations } from './expect/port.ts';
import type { PgStates } from './foreign/pg-state.ts';
import type { ApplyRequest, ApplySurroundings } from './planner/apply-port.ts';
import type { Planner } from './planner/port.ts';
import type { RunParts, Tree } from './runs/parts.ts';
import type { Sandbox } from './sandbox/port.ts';
import type { EditOf } from './stacks/prepared-edit.ts';
import type { LockState } from './stacks/views.ts';

/** The parts a keep is made of, real ones from compose.ts, or a test's own. */
export interface KeepParts extends AsyncDisposable {
  readonly git: Repository;
  readonly planner: Planner;
  readonly sandbox: Pick<Sandbox, 'probe'>;
  readonly runs: RunParts;
  /** The surroundings of a plan, made again for its apply. */
  openSurroundings(request: ApplyRequest, signal: AbortSignal): Promise<ApplySurroundings>;
  readonly expectations: Expectations;
  /** What the state of a stack is known by, read where it lies. */
  readonly states: Pick<PgStates, 'markOf'>;
  /** Who holds the lock of a stack's state, as far as its backend tells; never throws. */
  lockOf(stack: string, profile: Profile): Promise<LockState>;
  /** Where an object of the cluster comes from in the tree; undefined when no stack has it. */
  originOf(base: Tree, object: ObjectName): Promise<ObjectOrigin | undefined>;
  readonly editOf: EditOf;
}

export type Compose = (config: KeepConfig) => Promise<KeepParts>;
