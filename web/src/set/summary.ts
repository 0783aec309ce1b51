import type { PlanSummary, RiskLevel, WireResourceChange, WireRiskReason } from '../../../src/change/wire/run.ts';
import type { SetPage } from '../../../src/keep/console/api.ts';
import type { ChangePage } from '../../../src/keep/console/page.ts';
import { addCounts, highest, isDangerous } from '../text/words.ts';

/** The one screen: what all changes of a set come to together. Whatever is not known is said, never left out. */
export type ChangeOfSet = SetPage['changes'][number];

export interface SetSummary {
  /** Undefined: nothing of it is planned yet. */
  readonly level: RiskLevel | undefined;
  readonly reasons: readonly (WireRiskReason & { readonly stacks: readonly string[] })[];
  readonly counts: PlanSummary['counts'];
  /** Deleted, replaced and forgotten, the stack beside each. */
  readonly dangerous: readonly (WireResourceChange & { readonly stack: string })[];
  readonly executes: readonly { readonly stack: string; readonly what: string; readonly text: string }[];
  readonly fetches: readonly string[];
  readonly reaches: readonly string[];
  readonly others: ChangePage['others'];
  /** The earliest of what waits. */
  readonly expiresAt: string | undefined;
  /** Stacks whose plan is there, but not what their apply would do beside it. */
  readonly unknown: readonly string[];
  readonly incomplete: readonly string[];
  readonly asks: readonly { readonly agent: string; readonly human: string; readonly reason: string }[];
}

const waiting = ['needs-consent', 'awaiting-approval', 'denied'];

export function summarise(changes: readonly ChangeOfSet[]): SetSummary {
  const planned = changes.filter(({ view }) => view.summary !== undefined);
  const summaries = planned.flatMap(({ view }) => (view.summary === undefined ? [] : [view.summary]));
  const pages = changes.flatMap(({ page }) => (page === undefined ? [] : [page]));
  return {
    level: highest(summaries.map(({ risk }) => risk.level)),
    reasons: mergeReasons(planned),
    counts: addCounts(summaries.map(({ counts }) => counts)),
    dangerous: planned.flatMap(({ view }) =>
      (view.summary?.changes ?? [])
        .filter(({ action }) => isDangerous(action))
        .map((change) => ({ ...change, stack: view.stack })),
    ),
    executes: changes.flatMap(executesOf),
    fetches: unique(pages.flatMap(({ fetches }) => fetches)),
    reaches: unique(pages.flatMap(({ reaches }) => reaches)),
    others: [...new Map(pages.flatMap(({ others }) => others).map((other) => [other.commit, other])).values()],
    expiresAt: changes
      .filter(({ view }) => waiting.includes(view.state))
      .flatMap(({ view }) => view.expiresAt ?? [])
      .sort()[0],
    unknown: planned.filter(({ page }) => page === undefined).map(({ view }) => view.stack),
    incomplete: planned.filter(({ view }) => view.summary?.complete === false).map(({ view }) => view.stack),
    asks: [
      ...new Map(
        changes.map(({ view: { agent, human, reason } }) => [
          `${agent}\n${human}\n${reason}`,
          { agent, human, reason },
        ]),
      ).values(),
    ],
  };
}

/** What the page was made of says it verbatim; the plan alone can only name it. */
function executesOf({ view, page }: ChangeOfSet): SetSummary['executes'] {
  if (page !== undefined) return page.executes.map((entry) => ({ stack: view.stack, ...entry }));
  return (view.summary?.executes ?? []).map((what) => ({ stack: view.stack, what, text: '' }));
}

function mergeReasons(changes: readonly ChangeOfSet[]): SetSummary['reasons'] {
  const merged = new Map<string, WireRiskReason & { stacks: string[] }>();
  for (const { view } of changes) {
    for (const reason of view.summary?.risk.reasons ?? []) {
      const key = `${reason.rule}\n${reason.text}`;
      const known = merged.get(key);
      if (known === undefined) merged.set(key, { ...reason, stacks: [view.stack] });
      else known.stacks.push(view.stack);
    }
  }
  const rank: readonly RiskLevel[] = ['deny', 'critical', 'high', 'medium', 'low'];
  return [...merged.values()].sort((a, b) => rank.indexOf(a.level) - rank.indexOf(b.level));
}

const unique = (texts: readonly string[]): readonly string[] => [...new Set(texts)];

/** The state of the whole set, where it has one. */
export function sameState(page: SetPage): ChangeOfSet['view']['state'] | undefined {
  const states = new Set(page.changes.map(({ view }) => view.state));
  return states.size === 1 ? page.changes[0]?.view.state : undefined;
}

/** What was read is what may be signed: when this differs, the set was planned again. */
export function digestsOf(page: SetPage): string {
  return page.changes
    .map(({ view, documentSha256 }) => `${view.id} ${documentSha256 ?? view.consent ?? 'none'}`)
    .join('\n');
}
