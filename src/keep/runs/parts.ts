import type { Finding } from '../../change/finding.ts';
import type { PlanSummary } from '../../change/wire/run.ts';
import type { SourceTree, TreeChange } from '../../iac/repository.ts';
import type { StackGraph } from '../../iac/stacks/graph.ts';
import type { Profile } from '../config/valid.ts';
import type { StackRecord } from '../journal/record-table.ts';
import type { PlannedBadly, PlannedWell } from '../planner/port.ts';
import type { TreeContent } from '../repository/trusted-repository.ts';

/** What runs are made of beside git and the planner: everything that judges and reads, without I/O of its own. */
export interface RunParts {
  readGraph(source: SourceTree): Promise<StackGraph>;
  /** Gate and scan, in that order. */
  judge(question: JudgeQuestion): Promise<readonly Finding[]>;
  /** What an agent may see of a plan, with its risk, its reach and the conventions it breaks. */
  summarise(question: SummaryQuestion): Promise<Summarised>;
  /** What an agent may see of an engine's diagnostics, a line each. */
  explain(question: ExplainQuestion): Promise<readonly string[]>;
}

/** A tree and what its files say, as far as our own parser reads it. */
export interface Tree extends TreeContent {
  readonly graph: StackGraph;
}

export interface JudgeQuestion {
  readonly base: Tree;
  readonly proposed: Tree;
  readonly changes: readonly TreeChange[];
  readonly stack: string;
}

interface PlanQuestion {
  readonly base: Tree;
  readonly proposed: Tree;
  readonly stack: string;
  readonly profile: Profile;
}

export interface SummaryQuestion extends PlanQuestion {
  readonly planned: PlannedWell;
  readonly findings: readonly Finding[];
  /** Stacks that use what is changed, this one among them. */
  readonly touched: readonly string[];
  /** What the keep had seen of the stack before. */
  readonly record: StackRecord | undefined;
  readonly signal: AbortSignal;
}

export interface Summarised {
  readonly summary: PlanSummary;
  /** False when an apply would do nothing at all. */
  readonly changes: boolean;
}

export interface ExplainQuestion extends PlanQuestion {
  readonly planned: PlannedBadly;
}
