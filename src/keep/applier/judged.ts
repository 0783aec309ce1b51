import type { ChangeDocument } from '../../change/document/documents.ts';
import { canonicalJson } from '../../store/canonical-json.ts';
import type { Profile } from '../config/valid.ts';
import type { StateFacts } from '../planner/port.ts';
import { type Flaw, forged, moved } from './flaw.ts';

/** What a plan does, as the keep's present rules see it: made by the same that made the document. */
export type JudgedPlan = Pick<ChangeDocument, 'risk'> &
  Pick<ChangeDocument['plan'], 'semantic' | 'format' | 'counts' | 'executes' | 'complete'>;

export interface JudgeQuestion {
  readonly document: ChangeDocument;
  readonly profile: Profile;
  /** `show -json` of the plan that would be applied. */
  readonly json: string;
  readonly state: StateFacts | undefined;
  readonly signal: AbortSignal;
}

export function proveJudged({ plan, risk }: ChangeDocument, judged: JudgedPlan): readonly Flaw[] {
  const same = (one: unknown, other: unknown): boolean => canonicalJson(one) === canonicalJson(other);
  return [
    ...(judged.semantic === plan.semantic
      ? []
      : [forged('semantic: the plan does something else than what was signed')]),
    ...(judged.format === plan.format ? [] : [forged('format: the plan is of another format than what was signed')]),
    ...(same(judged.counts, plan.counts) ? [] : [forged('counts: the plan changes more or less than what was signed')]),
    ...(same(judged.executes, plan.executes)
      ? []
      : [forged('executes: the plan would run something else than what was signed')]),
    ...(judged.complete === plan.complete ? [] : [forged('complete: whether the plan is whole is told otherwise')]),
    ...(judged.risk.level === risk.level
      ? []
      : [moved(`risk: it was ${risk.level} when it was signed, and is ${judged.risk.level} now`)]),
    ...(same(judged.risk.rules.toSorted(), risk.rules.toSorted())
      ? []
      : [moved('rules: other rules of risk hold now than when it was signed')]),
  ];
}
