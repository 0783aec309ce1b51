import {
  type Check,
  type CheckResult,
  type SweepSight,
  type SweepSource,
  type SweepStatus,
  type Swept,
  sweepStatuses,
} from './port.ts';

export interface SweepOptions {
  readonly checks: readonly Check[];
  /** Checks of these sources are not made, and not counted as unknown: somebody said so. */
  readonly without: readonly SweepSource[];
}

/** Worst first, and among equals in the order of the checks. */
export function sweep(sight: SweepSight, { checks, without }: SweepOptions): Swept {
  const asked = checks.filter(({ needs }) => !needs.some((source) => without.includes(source)));
  const results = asked.map((check) => ({ ...resultOf(check, sight), id: check.id, title: check.title }));
  return {
    at: sight.at,
    worst: worstOf(results.map(({ status }) => status)),
    checks: results.toSorted((a, b) => sweepStatuses.indexOf(a.status) - sweepStatuses.indexOf(b.status)),
    failed: [...sight.failed]
      .map(([source, why]) => ({ source, why }))
      .filter(({ source }) => !without.includes(source)),
    without,
  };
}

/** Nothing that was looked at is unknown: nobody looked. */
export function worstOf(statuses: readonly SweepStatus[]): SweepStatus {
  return statuses.length === 0 ? 'unknown' : (sweepStatuses.find((one) => statuses.includes(one)) ?? 'unknown');
}

/** What a program is told: 0 well, 1 warnings, 2 something fails, 3 something could not be measured and nothing fails. */
export const exitCodes: Readonly<Record<SweepStatus, number>> = { pass: 0, warn: 1, fail: 2, unknown: 3 };

function resultOf(check: Check, sight: SweepSight): CheckResult {
  const missing = check.needs.find((source) => sight.failed.has(source) || !isSeen(sight, source));
  if (missing !== undefined)
    return { status: 'unknown', detail: `${missing}: ${sight.failed.get(missing) ?? 'nobody looked'}`, items: [] };
  for (const query of check.queries ?? []) {
    const found = sight.samples.get(query);
    if (found === undefined) return { status: 'unknown', detail: 'metrics: it was not asked', items: [] };
    if (typeof found === 'string') return { status: 'unknown', detail: `metrics: ${found}`, items: [] };
  }
  try {
    return check.look(sight);
  } catch {
    // Whoever can shape what a check sees must not be able to end the sweep; and a check that broke saw nothing.
    return { status: 'unknown', detail: 'the check itself failed: a defect of ours', items: [] };
  }
}

function isSeen(sight: SweepSight, source: SweepSource): boolean {
  return source === 'cluster' ? sight.survey !== undefined : sight[source] !== undefined;
}
