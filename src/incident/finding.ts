export const findingStatuses = ['supported', 'refuted', 'open'] as const;
export type FindingStatus = (typeof findingStatuses)[number];

/** A hypothesis and what speaks for it or against it. Stated again under the same id, it is the same finding with a newer status. */
export interface Finding {
  /** `fi_` and 8 base32 digits. */
  readonly id: string;
  /** One sentence, redacted: somebody else's. */
  readonly hypothesis: string;
  readonly status: FindingStatus;
  /** From 0 to 1, as stated. */
  readonly confidence: number;
  /** At least one, unless it is open. */
  readonly evidence: readonly string[];
  readonly by: string;
  readonly at: Date;
  readonly nextChecks: readonly string[];
}
