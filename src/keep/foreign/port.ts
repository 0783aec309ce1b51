/** Applies that nobody signed here: a state that moved without a change of ours. */
export interface ForeignApply {
  readonly stack: string;
  readonly at: Date;
  /** `its state went from serial 4 to 6`, `its sealed state changed in commit …`. */
  readonly what: string;
}
