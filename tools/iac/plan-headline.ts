import { placeToDecide } from '../../src/change/wire/keep-port.ts';
import type { KeepState } from '../../src/change/wire/protocol.ts';
import type { PlanSummary, RunView } from '../../src/change/wire/run.ts';
import { agoText, plainName } from './words.ts';

export interface ToldRun {
  readonly run: RunView;
  readonly keep: KeepState;
  readonly lost: string | undefined;
  readonly now: Date;
  /** Bytes. */
  readonly room: number;
}

/** Destructive first. */
const countWords = [
  ['delete', 'to delete'],
  ['replace', 'to replace'],
  ['forget', 'to forget'],
  ['create', 'to create'],
  ['update', 'to update'],
  ['import', 'to import'],
  ['move', 'moved'],
  ['read', 'to read'],
] as const;

export function countsText({ counts }: PlanSummary): string {
  const told = countWords.filter(([key]) => counts[key] > 0).map(([key, words]) => `${counts[key]} ${words}`);
  return told.length === 0 ? 'nothing to do to resources' : told.join(', ');
}

export function headlineOf({ run, lost, now }: ToldRun): string {
  const where = `${run.id} · ${plainName(run.stack)}`;
  switch (run.state) {
    case 'planned':
    case 'no-changes':
      return `${where}: ${plannedText(run)}`;
    case 'denied':
      return `${where}: DENIED, nothing was planned; consent does not change it (${rulesOf(run, 'deny')})`;
    case 'needs-consent':
      return `${where}: WAITS FOR A HUMAN, nothing of it was parsed or run yet (${rulesOf(run, 'consent')})`;
    case 'failed':
      return `${where}: FAILED at ${word(run.failure?.step)} (${word(run.failure?.code)}); what the change would do is not known`;
    case 'withdrawn':
      return `${where}: withdrawn ${agoText(run.changedAt, now)}`;
    case 'interrupted':
      return `${where}: INTERRUPTED, the keep was stopped in the middle; what the change would do is not known`;
    default:
      return lost === undefined
        ? `${where}: NOT FINISHED, ${run.state} since ${agoText(run.changedAt, now)}`
        : `${where}: NOT KNOWN, last seen ${run.state}; the keep stopped answering (${lost})`;
  }
}

function plannedText({ state, summary }: RunView): string {
  if (summary === undefined) return `${state}, and the keep told nothing of it`;
  const { risk, digest, drift } = summary;
  const denied = risk.level === 'deny' ? 'risk DENY: it can never be applied from here' : `risk ${risk.level}`;
  const drifted = drift.length === 0 ? [] : [`${drift.length} drifted before this`];
  const parts = [
    state === 'no-changes' ? 'no changes' : countsText(summary),
    denied,
    ...drifted,
    `digest ${word(digest).slice(0, 16)}`,
  ];
  return `${parts.join('; ')}. Nothing was applied`;
}

export function rulesOf({ findings }: Pick<RunView, 'findings'>, verdict: 'deny' | 'consent'): string {
  const rules = [...new Set(findings.filter((one) => one.verdict === verdict).map(({ rule }) => word(rule)))];
  return rules.length === 0 ? 'no rule was told' : rules.slice(0, 6).join(', ') + (rules.length > 6 ? ', …' : '');
}

/** What whoever reads it does now. */
export function nextSteps({ run, lost, keep }: ToldRun): readonly string[] {
  switch (run.state) {
    case 'needs-consent':
      return [
        `next: a human looks at it and consents at ${placeToDecide(keep, run.id)}; you cannot. Then: terragrunt_plan run=${run.id}. Or propose a change without what needs it`,
      ];
    case 'denied':
      return ['next: propose a change without what is denied below'];
    case 'failed':
      return [
        'next: correct what the lines below say and propose again; a step of the keep itself is for the operator (castellan doctor)',
      ];
    case 'interrupted':
      return ['next: propose it again'];
    case 'planned':
    case 'no-changes':
    case 'withdrawn':
      return [];
    default:
      return [
        `next: terragrunt_plan run=${run.id}${lost === undefined ? '' : ', when the keep answers again'}; do other work meanwhile, it goes on without you`,
      ];
  }
}

export function word(text: string | undefined): string {
  return text !== undefined && /^[\w.-]{1,80}$/.test(text) ? text : '?';
}
