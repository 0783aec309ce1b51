/**
 * A sweep looks at everything once and says of each check how it is. A check that could not look is unknown, never well; each
 * ships a fixture that turns it red, in a file beside it, as the rules of findings do.
 */
export interface Check {
  /** `certificates-expiring`; the file's name. */
  readonly id: string;
  readonly title: string;
  /** What it needs to be asked at all: without it, unknown. */
  readonly needs: readonly SweepSource[];
  look(sight: SweepSight): CheckResult;
}

export const sweepSources = [
  'cluster',
  'metrics',
  'alerts',
  'logs',
  'probes',
  'repository',
  'vault',
  'keep',
  'record',
] as const;
export type SweepSource = (typeof sweepSources)[number];

export interface CheckResult {
  readonly status: 'pass' | 'warn' | 'fail' | 'unknown';
  /** One line of ours. */
  readonly detail: string;
  /** What is wrong, at most 20, worst first. */
  readonly items: readonly string[];
  readonly next?: string | undefined;
}

/** Filled in by what could be asked; a source that failed is absent from here and named in `failed`. sweep/sight.ts extends it. */
export interface SweepSight {
  readonly at: Date;
  readonly failed: ReadonlyMap<SweepSource, string>;
}
