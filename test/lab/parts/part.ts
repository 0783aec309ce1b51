import type { Lab } from '../lab.ts';
import type { LabEnv } from '../lab-env.ts';
import type { Command } from '../process.ts';

/** Something of a lab that is there only where its programs are. */
export interface Ingredient {
  readonly name: string;
  /** Programs it cannot do without. None: it is a script of the lab's own. */
  readonly programs: readonly string[];
  /** Parts that must be ready before it. */
  readonly needs: readonly string[];
}

/**
 * A part of the lab: one server process.
 *
 * A part starts when all it needs are ready, and is stopped before any of them. `prepare` runs before the process exists,
 * `settle` after it is ready and before the parts that need it start.
 */
export interface Part extends Ingredient {
  /** Names of the free loopback ports it wants. */
  readonly ports: readonly string[];
  /** What asks it to end, if not SIGTERM. */
  readonly stopSignal?: NodeJS.Signals;
  prepare?(lab: Lab): Promise<void>;
  command(lab: Lab): Omit<Command, 'log' | 'cwd'>;
  ready(lab: Lab): Promise<boolean>;
  settle?(lab: Lab): Promise<void>;
  /** What `env` says of it. */
  env?(lab: Lab): Partial<LabEnv>;
}
