import type { ChangeView } from '../../../src/change/wire/change.ts';
import type { PlanSummary, RiskLevel } from '../../../src/change/wire/run.ts';

/** What states, levels and counts are called on the page. Colour never says more than these words do. */
export type Tone = 'wait' | 'going' | 'good' | 'bad' | 'over';

const states: Readonly<Record<ChangeView['state'], readonly [string, Tone]>> = {
  draft: ['queued', 'going'],
  scanning: ['being checked', 'going'],
  blocked: ['blocked', 'bad'],
  'needs-consent': ['waits for consent', 'wait'],
  planning: ['being planned', 'going'],
  'plan-failed': ['plan failed', 'bad'],
  'no-changes': ['nothing to change', 'over'],
  denied: ['denied by policy', 'bad'],
  'awaiting-approval': ['waits for approval', 'wait'],
  approved: ['approved', 'going'],
  applying: ['being applied', 'going'],
  applied: ['applied, being watched', 'going'],
  'partially-applied': ['applied in part', 'bad'],
  'failed-clean': ['failed, nothing changed', 'bad'],
  interrupted: ['interrupted', 'bad'],
  verified: ['verified, landing', 'going'],
  'failed-expectation': ['expectation failed', 'bad'],
  'landing-failed': ['landing failed', 'bad'],
  landed: ['landed', 'good'],
  rejected: ['rejected', 'over'],
  withdrawn: ['withdrawn', 'over'],
  expired: ['expired', 'over'],
  stale: ['stale', 'over'],
  superseded: ['superseded', 'over'],
};

export const stateWords = (state: ChangeView['state']): string => states[state][0];
export const stateTone = (state: ChangeView['state']): Tone => states[state][1];

export const levels: readonly RiskLevel[] = ['low', 'medium', 'high', 'critical', 'deny'];
export function highest(found: readonly RiskLevel[]): RiskLevel | undefined {
  return levels.findLast((level) => found.includes(level));
}
export const riskWords = (level: RiskLevel): string => (level === 'deny' ? 'denied' : `${level} risk`);

type Counts = PlanSummary['counts'];
/** What cannot be taken back comes first. */
const countWords: readonly (readonly [keyof Counts, string, 'danger' | 'calm'])[] = [
  ['delete', 'to delete', 'danger'],
  ['replace', 'to replace', 'danger'],
  ['forget', 'to forget', 'danger'],
  ['create', 'to create', 'calm'],
  ['update', 'to change', 'calm'],
  ['import', 'to import', 'calm'],
  ['move', 'to move', 'calm'],
  ['read', 'to read', 'calm'],
];

export interface CountWord {
  readonly of: keyof Counts;
  readonly count: number;
  readonly words: string;
  readonly isDanger: boolean;
}

export function countsInWords(counts: Counts): readonly CountWord[] {
  return countWords
    .filter(([of]) => counts[of] > 0)
    .map(([of, words, tone]) => ({ of, count: counts[of], words, isDanger: tone === 'danger' }));
}

export function addCounts(all: readonly Counts[]): Counts {
  const sum: Counts = { create: 0, update: 0, delete: 0, replace: 0, forget: 0, import: 0, move: 0, read: 0 };
  for (const counts of all) for (const [of] of countWords) sum[of] += counts[of];
  return sum;
}

export const actionWords: Readonly<Record<string, string>> = {
  'no-op': 'no change',
  create: 'create',
  read: 'read',
  update: 'change',
  delete: 'delete',
  replace: 'replace',
  forget: 'forget',
  'create-then-forget': 'create, then forget',
};
export const isDangerous = (action: string): boolean =>
  action === 'delete' || action === 'replace' || action === 'forget' || action === 'create-then-forget';

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** The last part of a stack's folder stands out: `stacks/` `mail`. */
export function stackParts(stack: string): { folder: string; name: string } {
  const at = stack.lastIndexOf('/') + 1;
  return { folder: stack.slice(0, at), name: stack.slice(at) };
}

export const shortDigest = (digest: string): string => (digest.slice(0, 16).match(/.{1,4}/g) ?? []).join(' ');
export const shortCommit = (commit: string): string => commit.slice(0, 10);
