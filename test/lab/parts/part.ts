import type { Lab } from '../lab.ts';
import type { LabEnv } from '../lab-env.ts';
import type { Command } from '../process.ts';

/**
 * A part of the lab: one server process.
 *
 * A part starts when all it needs are ready, and is stopped before any of them. `prepare` runs before the process exists,
 * `settle` after it is ready and before the parts that need it start.
 */
export interface Part {
  readonly name: string;
  /** Programs it cannot do without. None: it is a script of the lab's own. */
  readonly programs: readonly string[];
  readonly needs: readonly string[];
  /** Names of the free loopback ports it wants. */
  readonly ports: readonly string[];
  prepare?(lab: Lab): Promise<void>;
  command(lab: Lab): Omit<Command, 'log' | 'cwd'>;
  ready(lab: Lab): Promise<boolean>;
  settle?(lab: Lab): Promise<void>;
  /** What `env` says of it. */
  env?(lab: Lab): Partial<LabEnv>;
}
