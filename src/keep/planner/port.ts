import type { ObjectId } from '../../iac/repository.ts';
import type { Profile } from '../config/valid.ts';
import type { Refusal } from '../sandbox/doors/refusals.ts';

/**
 * A plan of one stack at one tree, made in the sandbox. What comes back holds every secret of the plan: it stays in the keep's
 * memory. When `plan` returns or throws, nothing of the run is left on disk and nothing of it runs.
 */
export interface Planner {
  /** Errors: `work-not-tmpfs`, `sandbox-unavailable`, `profile-unusable`, `state-unreadable`, `encrypted-in-tree`, `backend-credential`. */
  plan(request: PlanRequest, signal: AbortSignal): Promise<Planned>;
  /** Ends and wipes what an earlier keep left behind. */
  cleanUp(): Promise<void>;
}

export interface PlanRequest {
  readonly run: string;
  readonly tree: ObjectId;
  /** Where wrapper scripts are taken from. */
  readonly baseTree: ObjectId;
  /** `stacks/mail` */
  readonly stack: string;
  readonly profile: Profile;
  onStep(step: PlanStep): void;
  /** What an applier needs comes back as `sealed`; otherwise nothing of it is kept. */
  readonly seal?: boolean;
}

export type PlanStep = 'checkout' | 'state' | 'init' | 'plan' | 'show';

export type Planned = PlannedWell | PlannedBadly;

interface PlannedFacts {
  readonly engine: string;
  readonly took: Readonly<Record<string, number>>;
  /** The state as it was before the plan; undefined when there is none yet. */
  readonly state: StateFacts | undefined;
  /** What the run asked the API server or the chart mirror for and did not get; absent when there is nothing. */
  readonly refused?: readonly Refusal[];
}

export interface StateFacts {
  readonly lineage: string;
  readonly serial: number;
  /** Of its bytes. */
  readonly sha256: string;
  readonly resources: number;
}

export interface PlannedWell extends PlannedFacts {
  readonly outcome: 'planned';
  /** `terraform show -json` of the saved plan. */
  readonly json: string;
  readonly planSha256: string;
  /** Where it was asked for. */
  readonly sealed?: PlannedForApply;
}

/** What an applier needs to apply this plan and nothing else. */
export interface PlannedForApply {
  readonly plan: Buffer;
  /** The clone after the plan, as a tar archive. */
  readonly workdir: Buffer;
  readonly workdirSha256: string;
  /** Where the engine ran, relative to the clone. */
  readonly engineFolder: string;
  /** Of `.terraform.lock.hcl` in the engine's folder; undefined when there is none. */
  readonly lockFileSha256: string | undefined;
  /** Engine, Terragrunt or wrapper, and every provider that was installed, by name: SHA-256 of the file. */
  readonly programs: readonly { readonly name: string; readonly sha256: string }[];
}

export interface PlannedBadly extends PlannedFacts {
  readonly outcome: 'failed';
  readonly step: PlanStep;
  readonly ended: 'exit' | 'signal' | 'timeout' | 'too-much-output' | 'cancelled';
  /** Raw text of the engine, which may quote anything: masked before it leaves. */
  readonly diagnostics: readonly RawDiagnostic[];
  /** The plan's JSON if it was written all the same (a failed precondition); its secrets mask the diagnostics. */
  readonly json: string | undefined;
}

export interface RawDiagnostic {
  readonly summary: string;
  readonly detail: string;
  readonly file?: string;
  readonly line?: number;
  readonly address?: string;
}
