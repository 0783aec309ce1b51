import { performance } from 'node:perf_hooks';
import type { Finding } from '../../change/finding.ts';
import type { PlanSummary, RunView } from '../../change/wire/run.ts';
import type { ObjectId } from '../../iac/repository.ts';
import type { Profile } from '../config/valid.ts';
import type { RecordTable } from '../journal/record-table.ts';
import type { Planned, PlannedBadly, PlannedWell, Planner } from '../planner/port.ts';
import type { RunParts } from './parts.ts';
import type { Trees } from './trees.ts';

/** What runs and changes do with what may be planned: plan it, read the plan, judge what it would do. */
export interface PlanningParts {
  readonly trees: Trees;
  readonly parts: RunParts;
  readonly planner: Pick<Planner, 'plan'>;
  readonly records: RecordTable;
  readonly now: () => Date;
}

export interface PlanningQuestion {
  /** Of a run or a change. */
  readonly id: string;
  readonly stack: string;
  readonly profile: Profile;
  readonly base: ObjectId;
  readonly proposed: ObjectId;
  readonly findings: readonly Finding[];
  readonly touched: readonly string[];
  /** Milliseconds of the steps before. */
  readonly took: Readonly<Record<string, number>>;
  /** Whether what an applier needs is kept. */
  readonly seal?: boolean;
}

/** What an agent sees of a plan in any case. */
type Facts = Pick<RunView, 'engine' | 'findings' | 'stateOf' | 'took'>;

export type PlannedStack =
  | { readonly verdict: 'failed'; readonly facts: Facts; readonly failure: NonNullable<RunView['failure']> }
  | {
      readonly verdict: 'planned' | 'denied' | 'no-changes';
      readonly facts: Facts;
      readonly summary: PlanSummary;
      readonly planned: PlannedWell;
    };

/** Whoever asks has the slot. Errors: those of the planner; the reason of `signal`. */
export async function planStack(
  question: PlanningQuestion,
  work: PlanningParts,
  signal: AbortSignal,
): Promise<PlannedStack> {
  const { id, stack, profile, findings, touched, seal } = question;
  const planned = await work.planner.plan(
    {
      run: id,
      tree: question.proposed,
      baseTree: question.base,
      stack,
      profile,
      onStep: () => undefined,
      ...(seal === undefined ? {} : { seal }),
    },
    signal,
  );
  const base = await work.trees.read(question.base);
  const proposed = await work.trees.read(question.proposed);
  const started = performance.now();
  const record = await work.records.get(stack);
  const facts = (): Facts => ({
    engine: planned.engine,
    findings: [...findings, ...refusedTo(planned)],
    ...(planned.state === undefined
      ? {}
      : { stateOf: { lineage: planned.state.lineage, serial: planned.state.serial } }),
    took: { ...question.took, ...planned.took, read: Math.round(performance.now() - started) },
  });
  if (planned.outcome === 'failed') {
    const lines = await work.parts.explain({ planned, base, proposed, stack, profile });
    return { verdict: 'failed', facts: facts(), failure: failureOf(planned, lines) };
  }
  const { summary, changes } = await work.parts.summarise({
    planned,
    base,
    proposed,
    stack,
    profile,
    findings,
    touched,
    record,
    signal,
  });
  // A plan that was denied may be denied for a state that was lost: what was known of it before must not be.
  if (planned.state !== undefined && summary.risk.level !== 'deny') {
    await work.records.see(stack, planned.state, work.now());
  }
  const verdict = summary.risk.level === 'deny' ? 'denied' : changes ? 'planned' : 'no-changes';
  return { verdict, facts: facts(), summary, planned };
}

const knownMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** What it asked for is not repeated: a path can be made of a secret. */
function refusedTo({ refused = [] }: Planned): readonly Finding[] {
  const times = new Map<string, number>();
  for (const { method, why, times: count } of refused) {
    const asked = `${knownMethods.has(method) ? method : 'another method'}: ${why}`;
    times.set(asked, (times.get(asked) ?? 0) + count);
  }
  return [...times].map(([asked, count]) => ({
    rule: 'sandbox-refused',
    verdict: 'warn',
    message: `while it was planned, it asked ${count} time(s) for what a plan does not get (${asked}); nothing was sent on`,
  }));
}

const endings: Readonly<Record<PlannedBadly['ended'], string>> = {
  exit: 'the engine ended with an error',
  signal: 'the engine was ended by a signal',
  timeout: "the plan took longer than its profile's time limit",
  'too-much-output': 'the engine wrote more than it may',
  cancelled: 'the plan was cancelled',
};

function failureOf({ step, ended }: PlannedBadly, lines: readonly string[]): NonNullable<RunView['failure']> {
  return { step, code: `plan-${ended}`, message: `${endings[ended]} at ${step}`, lines: [...lines] };
}
