import type { ObjectId } from '../../iac/repository.ts';
import type { Profile } from '../config/valid.ts';
import type { Refusal } from '../sandbox/doors/refusals.ts';
import type { SandboxResult } from '../sandbox/port.ts';
import type { SealedWork } from '../sealed/port.ts';
import type { PlannedForApply, StateFacts } from './port.ts';

/**
 * The surroundings a plan was made in, made again for its apply: the same paths, programs, providers and addresses inside, the
 * working directory the planner left, and the credentials that write in place of those that read.
 *
 *   const surroundings = await openApplySurroundings(options, request, signal);   // src/keep/planner/apply-surroundings.ts
 *
 * `options` are the planner's. Opening runs nothing of the repository: it proves both digests, unpacks the archive in the sandbox
 * and opens the doors. Disposing closes the doors and wipes the folder; a run that is not over is ended by its signal first.
 * Errors: `profile-unusable` (no `apply` in the profile, a program that is gone), `sealed-unfit` (bytes of another digest, or an
 * archive that does not unpack), `work-not-tmpfs`, `sandbox-unavailable`, `sandbox-door-failed`.
 */
export interface ApplyRequest {
  /** Names the folder: `apply_…`. */
  readonly run: string;
  /** `stacks/mail` */
  readonly stack: string;
  /** With `apply`. */
  readonly profile: Profile;
  readonly work: SealedWork;
  /** As signed. */
  readonly planSha256: string;
  readonly workdirSha256: string;
  readonly engineFolder: string;
}

export interface ApplySurroundings extends AsyncDisposable {
  /** Inside: the first word of an engine's command. */
  readonly engine: string;
  /** Inside: the saved plan, as it was sealed. */
  readonly plan: string;
  /** What is installed in the working directory and named by the profile now, as `PlannedForApply.programs`. Errors: `profile-unusable`. */
  programs(): Promise<PlannedForApply['programs']>;
  /** Of `.terraform.lock.hcl` in the engine's folder now. */
  lockFileSha256(): Promise<string | undefined>;
  /** Runs a command in the engine's folder; never throws for an exit code. `gentle` is as the sandbox has it. */
  run(argv: readonly [string, ...string[]], options: ApplyRunOptions): Promise<SandboxResult>;
  /**
   * The state as the engine sees it now: pulled from its backend, or the plain file beside the tree. Undefined when there is none.
   * Errors: `state-unreadable`.
   */
  state(signal: AbortSignal): Promise<PulledState | undefined>;
  /**
   * Where the state is sealed in git: that of a tree, decrypted, without touching what the engine sees. Undefined when the tree has
   * none, and for other kinds of state. Errors: `state-unreadable`.
   */
  stateInTree(tree: ObjectId, signal: AbortSignal): Promise<PulledState | undefined>;
  /**
   * Where the state is sealed in git: the plain state the engine left, encrypted for the same recipients as the file of that tree.
   * Errors: `state-unreadable`.
   */
  encryptedState(
    tree: ObjectId,
    signal: AbortSignal,
  ): Promise<{ readonly path: string; readonly bytes: Buffer } | undefined>;
  /** A plain file that the engine left in its folder (`errored.tfstate`); undefined when there is none. */
  leftBehind(name: string): Promise<Buffer | undefined>;
  /** What went through the doors: requests that reached the API server by method, and what was refused. */
  traffic(): { readonly forwarded: Readonly<Record<string, number>>; readonly refused: readonly Refusal[] };
}

export interface ApplyRunOptions {
  readonly signal: AbortSignal;
  readonly wallMs: number;
  readonly outputBytes: number;
  onLine?(stream: 'stdout' | 'stderr', line: string): void;
  /** How long the engine may take to end by itself once `signal` aborts or `wallMs` are over; without it it is killed at once. */
  readonly gentleMs?: number;
}

export interface PulledState {
  readonly bytes: Buffer;
  readonly facts: StateFacts;
}
