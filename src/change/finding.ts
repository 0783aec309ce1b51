/**
 * What the gate, the scan and the plan's rules say of a proposal.
 *
 *  deny      not done, and no consent changes that
 *  consent   done only after a human consented to exactly these trees; until then nothing of the proposal is parsed
 *  warn      done, and shown to whoever decides
 *  note      done, worth knowing
 */
export const verdicts = ['deny', 'consent', 'warn', 'note'] as const;
export type Verdict = (typeof verdicts)[number];

export interface Finding {
  /** Kebab-case, stable: `edit-lock-file`, `scan-new-provider`. */
  readonly rule: string;
  readonly verdict: Verdict;
  readonly file?: string;
  /** From 1, in the proposed tree; in the base where something was removed. */
  readonly line?: number;
  /** What it is and why it matters, one sentence; never a value of the plan. Names from the repository are quoted in it. */
  readonly message: string;
}
