import type { PlanSummary } from '../../change/wire/run.ts';
import type { Commit } from '../../iac/repository.ts';
import { CastellanError } from '../../kit/index.ts';
import type { StoreLog } from '../../store/log.ts';
import type { KeepConfig, Profile } from '../config/valid.ts';
import type { DriftResult, DriftTable } from '../journal/drift-table.ts';
import type { Tree } from '../runs/parts.ts';
import { profileOf } from '../runs/profiles.ts';
import { newRunId } from '../runs/run-id.ts';
import type { WorkParts } from '../runs/work.ts';

/**
 * Whether what stands in the trusted base is what is there: every stack planned as it is, at night.
 *
 *  clean     the plan would do nothing
 *  differs   it would do something; confirmed when a second plan says the same
 *  unknown   it could not be planned, and why
 */
export interface Drift {
  /** Plans them all once, some at a time, after whatever agents wait for. A pass that is under way is joined. */
  pass(): Promise<void>;
}

export interface DriftOptions extends Omit<WorkParts, 'config' | 'authority'> {
  readonly config: Pick<KeepConfig, 'profiles' | 'drift'>;
  readonly table: Pick<DriftTable, 'put'>;
  readonly log: StoreLog;
  /** Fires when the keep stops. */
  readonly signal: AbortSignal;
}

interface StackToPlan {
  readonly stack: string;
  readonly profile: Profile;
}

interface Seen {
  readonly counts: string;
  readonly addresses: readonly string[];
  readonly digest: string;
}

export function openDrift(options: DriftOptions): Drift {
  const { repository, trees, parts, planner, slots, records, now, config, table, log, signal } = options;
  let passing: Promise<void> | undefined;

  /** Undefined: the plan would do nothing. Throws when it cannot be said. */
  const planOnce = async ({ stack, profile }: StackToPlan, base: Tree): Promise<Seen | undefined> => {
    const giveBack = await slots.take(stack, 'drift', signal);
    try {
      const planned = await planner.plan(
        { run: newRunId(), tree: base.tree, baseTree: base.tree, stack, profile, onStep: () => undefined },
        signal,
      );
      const question = { base, proposed: base, stack, profile };
      if (planned.outcome === 'failed') {
        const [first = 'without a word'] = await parts.explain({ ...question, planned });
        throw new UnknownDrift(`the plan failed at ${planned.step}: ${first}`);
      }
      const record = await records.get(stack);
      const { summary, changes } = await parts.summarise({
        ...question,
        planned,
        findings: [],
        touched: [stack],
        record,
        signal,
      });
      if (planned.state !== undefined && summary.risk.level !== 'deny') await records.see(stack, planned.state, now());
      if (!summary.complete) throw new UnknownDrift('the plan is not complete');
      return changes ? seenIn(summary) : undefined;
    } finally {
      giveBack();
    }
  };

  const planStack = async (one: StackToPlan, base: Tree, commit: Commit): Promise<DriftResult> => {
    const result = (state: DriftResult['state'], more: Partial<DriftResult> = {}): DriftResult => ({
      stack: one.stack,
      state,
      at: now(),
      commit: commit.id,
      why: undefined,
      counts: undefined,
      addresses: [],
      digest: undefined,
      confirmed: false,
      ...more,
    });
    try {
      const first = await planOnce(one, base);
      if (first === undefined) return result('clean');
      const second = await planOnce(one, base);
      // What differs once and not again was on its way: not clean, and not the same finding either.
      if (second === undefined) return result('unknown', { why: 'one plan differed and the next one did not' });
      return result('differs', { ...second, confirmed: second.digest === first.digest });
    } catch (error) {
      if (signal.aborted) throw error;
      if (!(error instanceof CastellanError) && !(error instanceof UnknownDrift)) {
        log.error({ err: error, stack: one.stack }, 'drift.fault');
        return result('unknown', { why: 'a fault of the keep; its log has more' });
      }
      return result('unknown', { why: error.message });
    }
  };

  const passOnce = async (): Promise<void> => {
    await repository.fetch('soon').catch((error: unknown) => {
      // What was fetched before is planned all the same; the results say of which commit they are.
      log.warn({ err: error }, 'drift.fetch.failed');
    });
    const commit = await repository.base();
    const base = await trees.read(commit.tree);
    const waiting = plannable(base, config.profiles);
    const worker = async (): Promise<void> => {
      for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
        if (signal.aborted) return;
        await table.put(await planStack(one, base, commit));
      }
    };
    await Promise.all(Array.from({ length: config.drift.parallel }, worker));
  };

  return {
    pass: () => {
      passing ??= passOnce().finally(() => {
        passing = undefined;
      });
      return passing;
    },
  };
}

/** What keeps a stack from being judged, in words that may be shown. */
class UnknownDrift extends Error {}

export function plannable(base: Tree, profiles: readonly Profile[]): StackToPlan[] {
  return [...base.graph.stacks.keys()].flatMap((stack) => {
    const found = profileOf(profiles, stack);
    return found === undefined || found.skipped !== undefined ? [] : [{ stack, profile: found.profile }];
  });
}

const words = {
  delete: 'delete',
  replace: 'replace',
  forget: 'forget',
  create: 'create',
  update: 'update',
  import: 'import',
  move: 'move',
} as const;

function seenIn({ counts, changes, digest }: PlanSummary): Seen {
  const told = Object.entries(words).flatMap(([key, word]) => {
    const count = counts[key as keyof typeof words];
    return count === 0 ? [] : [`${count} to ${word}`];
  });
  const addresses = changes.filter(({ action }) => action !== 'no-op' && action !== 'read').map((one) => one.address);
  return { counts: told.join(', '), addresses, digest };
}
