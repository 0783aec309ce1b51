import type { ChangeDocument } from '../../change/document/documents.ts';
import type { ObjectId } from '../../iac/repository.ts';
import type { StoreLog } from '../../store/log.ts';
import type { Approvers } from '../approvers/port.ts';
import type { Profile } from '../config/valid.ts';
import type { Freeze } from '../freeze/freeze.ts';
import type { Landing } from '../landing/port.ts';
import type { ApplyRequest, ApplySurroundings } from '../planner/apply-port.ts';
import type { RawDiagnostic } from '../planner/port.ts';
import type { SealedPlans } from '../sealed/port.ts';
import { type Begun, beginApply } from './begin.ts';
import type { KeepNow, RepositoryNow } from './bound.ts';
import { carryOut } from './carry-out.ts';
import { halted, Refused, wordsOf } from './flaw.ts';
import type { JudgedPlan, JudgeQuestion } from './judged.ts';
import type { Applier, ApplyOrder, ApplyOutcome } from './port.ts';

export interface ApplierOptions {
  readonly approvers: Pick<Approvers, 'verify' | 'isSpent' | 'spend'>;
  readonly freeze: Pick<Freeze, 'assertNotFrozen'>;
  readonly sealed: Pick<SealedPlans, 'open' | 'keepState'>;
  readonly landing: Pick<Landing, 'announce' | 'moved'>;
  readonly repository: RepositoryNow['repository'];
  readonly stateKeeper: StateKeeper;
  readonly keep: KeepNow;
  readonly words: ApplyWords;
  readonly log: StoreLog;
  readonly now: () => Date;
  /** How long an engine may take to end by itself once the keep stops. */
  readonly gentleMs?: number;
  openSurroundings(request: ApplyRequest, signal: AbortSignal): Promise<ApplySurroundings>;
  /** By the rules this keep has now, as the document was made. */
  judge(question: JudgeQuestion): Promise<JudgedPlan>;
}

/** Where a state is a file of the repository: it is encrypted, committed and pushed before anything else goes on. */
export interface StateKeeper {
  save(state: {
    readonly change: string;
    readonly stack: string;
    /** In which its encrypted file was found. */
    readonly tree: ObjectId;
    readonly surroundings: Pick<ApplySurroundings, 'encryptedState'>;
  }): Promise<void>;
}

/** What an agent may see of an apply. */
export interface ApplyWords {
  /** How an address is printed. */
  printer(document: ChangeDocument, profile: Profile): Promise<(address: string) => string>;
  /** What the engine said, masked; `json` is the plan that was applied. */
  explain(question: {
    readonly document: ChangeDocument;
    readonly profile: Profile;
    readonly json: string;
    readonly diagnostics: readonly RawDiagnostic[];
  }): Promise<readonly string[]>;
}

/** What it does is in port.ts; what it proves, in signed.ts, bound.ts and judged.ts. */
export function createApplier(options: ApplierOptions): Applier {
  const { log } = options;
  return {
    async apply(order, signal) {
      const opened = new AsyncDisposableStack();
      try {
        return await applyOnce(options, order, signal, opened);
      } finally {
        // How the apply ended is known: what is left of its surroundings is no reason to lose that.
        await opened.disposeAsync().catch((error: unknown) => {
          log.error({ err: error, change: order.change }, 'apply.surroundings.left');
        });
      }
    },
  };
}

async function applyOnce(
  options: ApplierOptions,
  order: ApplyOrder,
  signal: AbortSignal,
  opened: AsyncDisposableStack,
): Promise<ApplyOutcome> {
  const { log, now } = options;
  const { change } = order;
  let begun: Begun;
  try {
    begun = await beginApply(options, order, signal, opened);
  } catch (error) {
    if (!(error instanceof Refused)) log.error({ err: error, change }, 'apply.refused');
    const flaws = error instanceof Refused ? error.flaws : [halted(`keep: ${wordsOf(error)}`)];
    const reasons = flaws.map(({ text }) => text);
    log.warn({ change, reasons }, 'apply.refused');
    return { outcome: 'refused', reasons, stale: flaws.every(({ kind }) => kind === 'moved') };
  }
  const startedAt = now().toISOString();
  try {
    return await carryOut(options, order, begun, signal);
  } catch (error) {
    log.error({ err: error, change }, 'apply.lost');
    const report = { startedAt, done: [], failed: [], unknown: [], lines: [] };
    return { outcome: 'interrupted', report, why: 'the keep failed while it applied; nobody knows how far it came' };
  }
}
