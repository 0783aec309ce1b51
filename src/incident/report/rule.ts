import type { ReportPage } from './page.ts';
import type { Problem, ReportInput } from './port.ts';

/**
 * One rule of the validator. It looks at the narrative, at the record behind it and at the rendered page, and says what is wrong;
 * it never throws, whatever stands in them.
 *
 *  breach   one place where a rule is broken, without the rule's id
 */
export interface ReportRule {
  /** `V11`. */
  readonly id: string;
  /** What has to hold, one sentence. */
  readonly title: string;
  /** What its breaches may be. */
  readonly severities: readonly Problem['severity'][];
  /** Where it has nothing to look at, it does not count in the score. Absent: always. */
  applies?(input: ReportInput): boolean;
  check(input: ReportInput, page: ReportPage): Iterable<Breach>;
}

export type Breach = Omit<Problem, 'rule'>;

export function error(path: string, message: string, fix: string): Breach {
  return { severity: 'error', path, message, fix };
}

export function warning(path: string, message: string, fix: string): Breach {
  return { severity: 'warning', path, message, fix };
}

/** At most this much of a foreign text is shown in a message. */
export function shown(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
