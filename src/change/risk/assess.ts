import { type AddressPrinter, withoutKeys } from '../../convention/address.ts';
import { fits } from '../../convention/pattern.ts';
import type { Finding } from '../finding.ts';
import type { PlanReading } from '../plan/reading.ts';
import { type RiskLevel, riskLevels, type WireBlastRadius, type WireRiskReason } from '../wire/run.ts';
import { factsOf, holds, isKind, type PlanFacts } from './match.ts';
import { isRecorded, type StackRecord } from './record.ts';
import type { PlanFlag, RiskRule, RiskRules } from './rule.ts';
import { type Subject, subjectsOf } from './subject.ts';

export interface RiskQuestion {
  readonly plan: PlanReading;
  readonly findings: readonly Finding[];
  readonly stack: {
    /** `stacks/mail` */
    readonly path: string;
    readonly tier: string;
    /** Stacks the proposal changes, this one among them: more than one when it touches a shared module. */
    readonly changed: number;
  };
  /** What the keep recorded of the stack; undefined: nothing yet. */
  readonly record: StackRecord | undefined;
  /** The state the plan was made from; undefined: there is none. */
  readonly state: StackRecord | undefined;
  readonly blastRadius: WireBlastRadius;
  readonly rules: RiskRules;
  /** Without instance keys unless given. */
  readonly printAddress?: AddressPrinter;
}

export interface Risk {
  readonly level: RiskLevel;
  readonly reasons: readonly WireRiskReason[];
}

/** A reason before it is worded: which rule, and of which addresses. */
interface Ground {
  readonly rule: string;
  readonly level: RiskLevel;
  readonly sentence: string;
  readonly destroys: boolean;
  readonly addresses: readonly string[];
}

/**
 * How dangerous a plan is, and why: what denies it first, then what destroys, then by level. Reasons name addresses and hold no
 * value. No rule fits: low, without a reason.
 */
export function assessRisk(question: RiskQuestion): Risk {
  const { plan, rules, stack, blastRadius, printAddress = withoutKeys } = question;
  const facts = factsOf(plan);
  const applicable = rules.rules.filter(({ tiers }) => tiers === undefined || tiers.includes(stack.tier));
  const grounds = [
    ...subjectsOf(plan).flatMap((subject) => groundsOfChange(subject, applicable, rules, facts)),
    ...applicable.flatMap((rule) => groundsOfWhole(rule, question)),
  ];
  const level = highest(grounds.map((ground) => ground.level));
  const unbacked = blastRadius.volumes.some(({ newestBackup }) => Number.isNaN(Date.parse(newestBackup)));
  if (unbacked) {
    const raised = { rule: 'unknown-backup', level: raise(level), sentence: rules.raises.backup };
    grounds.push({ ...raised, destroys: true, addresses: [] });
  }
  const reasons = merged(grounds, printAddress);
  return { level: highest(reasons.map((reason) => reason.level)), reasons };
}

function groundsOfChange(
  subject: Subject,
  applicable: readonly RiskRule[],
  { raises, known }: RiskRules,
  facts: PlanFacts,
): readonly Ground[] {
  const judged = applicable.flatMap(({ when, ...rule }) =>
    when.change === undefined ? [] : [{ ...rule, truth: holds(when.change, subject, facts) }],
  );
  const certain = judged.filter(({ truth }) => truth === 'yes');
  const telling = certain.filter(
    ({ fallback, level }) =>
      !fallback || !certain.some((other) => !other.fallback && rankOf(other.level) >= rankOf(level)),
  );
  const { destroys, change } = subject;
  const addresses = [change.address];
  const grounds = telling.map(
    ({ id, level, sentence }): Ground => ({ rule: id, level, sentence, destroys, addresses }),
  );
  const raisedTo = raise(highest(telling.map(({ level }) => level)));
  const raised = (rule: string, sentence: string, levels: readonly RiskLevel[] = []): Ground => {
    return { rule, level: highest([raisedTo, ...levels.map(atMostCritical)]), sentence, destroys, addresses };
  };
  const doubtful = judged.filter(({ truth }) => truth === 'unknown').map(({ level }) => level);
  if (subject.unreadable) grounds.push(raised('unknown-manifest', raises.manifest, doubtful));
  else if (doubtful.length > 0) grounds.push(raised('unknown-value', raises.value, doubtful));
  if (destroys && !isKnown(subject, known)) grounds.push(raised('unknown-type', raises.type));
  return grounds;
}

function isKnown({ change, kinds }: Subject, known: RiskRules['known']): boolean {
  if (fits(change.type, known.types)) return true;
  return kinds.length > 0 && kinds.every((kind) => kind !== undefined && isKind(kind, known.kinds) === 'yes');
}

function groundsOfWhole(rule: RiskRule, question: RiskQuestion): readonly Ground[] {
  const { id, level, sentence, when } = rule;
  const { plan, stack, record, state, blastRadius, findings } = question;
  const ground = { rule: id, level, sentence, destroys: false, addresses: [] };
  const told = (is: boolean, addresses: readonly string[] = []): readonly Ground[] =>
    is ? [{ ...ground, addresses }] : [];
  if (when.plan !== undefined) {
    const addresses = flagged[when.plan](plan);
    return told(addresses !== undefined, addresses ?? []);
  }
  if (when.record !== undefined) {
    const creates = plan.changes.filter(({ action }) => action === 'create').length;
    return told(isRecorded(when.record, { record, state, creates }));
  }
  if (when.findings !== undefined) {
    const { rules, verdicts } = when.findings;
    return told(
      findings.some(
        (one) =>
          (rules === undefined || fits(one.rule, rules)) && (verdicts === undefined || verdicts.includes(one.verdict)),
      ),
    );
  }
  if (when.stacks !== undefined) return told(fits(stack.path, when.stacks));
  if (when.count !== undefined) {
    const counts = {
      changes: subjectsOf(plan).length,
      stacks: stack.changed,
      dependants: blastRadius.stacks.length,
    };
    return told(counts[when.count.of] > when.count.over);
  }
  return [];
}

/** The addresses a flag is about, none where it is about the plan; undefined when it is not set. */
const flagged: Readonly<Record<PlanFlag, (plan: PlanReading) => readonly string[] | undefined>> = {
  errored: ({ errored }) => (errored ? [] : undefined),
  // A plan without any change is not applyable either, and harms nobody.
  'not-applyable': (plan) => (!plan.applyable && subjectsOf(plan).length > 0 ? [] : undefined),
  incomplete: ({ complete }) => (complete ? undefined : []),
  'failed-check': ({ checks }) =>
    some(checks.filter(({ status }) => status === 'fail' || status === 'error').map(({ address }) => address)),
  deferred: ({ deferred }) => some(deferred.map(({ address }) => address)),
  drifted: ({ drift }) => some(drift.filter(({ action }) => action !== 'no-op').map(({ address }) => address)),
  'runs-action': ({ actionInvocations }) => some(actionInvocations.map(({ address }) => address)),
};

function some(addresses: readonly string[]): readonly string[] | undefined {
  return addresses.length > 0 ? addresses : undefined;
}

function rankOf(level: RiskLevel): number {
  return riskLevels.indexOf(level);
}

function highest(levels: readonly RiskLevel[]): RiskLevel {
  return levels.reduce((one, other) => (rankOf(other) > rankOf(one) ? other : one), 'low');
}

/** One class up, and no further than critical. */
function raise(level: RiskLevel): RiskLevel {
  return level === 'deny' ? 'deny' : atMostCritical(riskLevels[rankOf(level) + 1] ?? 'critical');
}

/** What is not known is no reason to deny, only what is known is: a human may know it. */
function atMostCritical(level: RiskLevel): RiskLevel {
  return level === 'deny' ? 'critical' : level;
}

const mostAddresses = 3;

function merged(grounds: readonly Ground[], print: AddressPrinter): readonly WireRiskReason[] {
  const byRule = new Map<string, Ground>();
  for (const ground of grounds) {
    const key = `${ground.rule} ${ground.level}`;
    const known = byRule.get(key);
    byRule.set(key, {
      ...ground,
      destroys: ground.destroys || known?.destroys === true,
      addresses: [...(known?.addresses ?? []), ...ground.addresses],
    });
  }
  const order = ({ level, destroys }: Ground): number =>
    (level === 'deny' ? 100 : 0) + (destroys ? 10 : 0) + rankOf(level);
  return [...byRule.values()]
    .sort((one, other) => order(other) - order(one))
    .map(({ rule, level, sentence, addresses }) => {
      const shown = [...new Set(addresses.map(print))];
      const names = shown.slice(0, mostAddresses).join(', ');
      const more = shown.length > mostAddresses ? ` and ${shown.length - mostAddresses} more` : '';
      return { rule, level, text: shown.length === 0 ? sentence : `${sentence}: ${names}${more}` };
    });
}
