/** mutation: changes the homelab; reach: into a pod; secret: prints one; unknown: a verb that cannot be known. */
export type Kind = 'mutation' | 'reach' | 'secret' | 'unknown';

/** What is wrong with one call of a guarded program. */
export interface Verdict {
  readonly kind: Kind;
  readonly verb?: string | undefined;
  /** Words that follow the verb; never what may be the value of a flag. */
  readonly targets?: readonly string[];
}

/** A simple command that is denied. */
export interface Finding extends Verdict {
  readonly program: string;
  /** Which command of the text it is, from 1. */
  readonly place: number;
  /** What is read, where it is no call of a guarded program. */
  readonly what?: string;
  readonly argv?: readonly string[];
  readonly stdin?: string | undefined;
}
