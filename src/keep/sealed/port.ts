/**
 * What a planner leaves for the applier: the plan and the working directory it was made in, encrypted with a key that only the keep
 * has. Nothing else of a plan is ever on disk.
 */
export interface SealedWork {
  /** The saved plan's bytes. */
  readonly plan: Buffer;
  /** The whole working directory after the plan, as a tar archive. */
  readonly workdir: Buffer;
}

export interface SealedPlans {
  /** Durable when it resolves; replaces what an earlier attempt left. Errors: `sealed-write-failed`. */
  put(change: string, work: SealedWork): Promise<void>;
  /** Errors: `sealed-missing`, `sealed-damaged`. */
  open(change: string): Promise<SealedWork>;
  drop(change: string): Promise<void>;
  /** A state as it was before an apply, or what an engine could not write back. Kept until somebody removes it. */
  keepState(name: string, bytes: Buffer): Promise<void>;
  /** Removes plans of no change in `open`. */
  cleanUp(open: readonly string[]): Promise<void>;
}
