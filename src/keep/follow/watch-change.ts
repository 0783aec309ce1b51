import type { ExpectationResult } from '../../change/expect/predicates.ts';
import { CastellanError } from '../../kit/index.ts';
import type { StoredChange } from '../journal/change-table.ts';
import type { FollowParts, Progress } from './parts.ts';

/** A change that was applied: whether the world is now as it was to be. What nobody could measure is no yes. */
export async function watchChange(change: StoredChange, parts: FollowParts, signal: AbortSignal): Promise<Progress> {
  const { changes, notifier, log } = parts;
  const { id, expect, apply } = change.view;
  const fail = async (why: string, expected?: readonly ExpectationResult[]): Promise<Progress> => {
    const told = expected === undefined ? {} : { expected: [...expected] };
    await changes.move(id, 'failed-expectation', 'applier', { view: { ...told, why } });
    log.warn({ change: id, why }, 'change.expectation.failed');
    notifier.tell({ what: 'failed-expectation', id, urgent: true });
    return 'on';
  };
  if (apply?.converged !== true) {
    return fail(
      apply?.converged === false
        ? 'a plan after the apply is not empty'
        : 'whether a plan after the apply is empty is not known',
    );
  }
  let results: readonly ExpectationResult[];
  try {
    results = await parts.expectations.watch(expect, signal);
  } catch (error) {
    // Nobody knows yet: the next keep looks again.
    if (signal.aborted) return 'rest';
    log.error({ err: error, change: id }, 'change.expectation.fault');
    return fail('what was expected could not be measured: a fault of the keep');
  }
  const missed = results.filter(({ result }) => result !== 'pass');
  if (missed.length > 0 || results.length !== expect.length) {
    const told = missed.map(({ what, result, detail }) => `${what}: ${result}, ${detail}`);
    return fail(`what was expected does not hold. ${told.join('; ')}`, results);
  }
  await changes.move(id, 'verified', 'applier', { view: { expected: [...results], why: undefined } });
  log.info({ change: id }, 'change.verified');
  await supersedeReverted(change, parts);
  return 'on';
}

/** The revert of a change that failed its expectation takes its place once it is verified itself. */
export async function supersedeReverted({ view }: StoredChange, { changes }: FollowParts): Promise<void> {
  if (view.reverts === undefined) return;
  const reverted = await changes.stored(view.reverts);
  if (reverted.view.state !== 'failed-expectation') return;
  await changes.move(view.reverts, 'superseded', 'keep', {
    view: { why: `${view.id} brought back what was before it` },
  });
}

const noRevert = '. No revert of it could be planned';

/**
 * Plans back what was before it, to wait for one signature. Whoever looks into incidents is told first: a keep that ends in between
 * tells them twice rather than never.
 */
export async function revertChange({ view }: StoredChange, parts: FollowParts): Promise<Progress> {
  const { changes, log } = parts;
  try {
    await parts.onFailedExpectation(view);
  } catch (error) {
    log.error({ err: error, change: view.id }, 'change.incident.untold');
  }
  const there = (await changes.open()).find((one) => one.view.reverts === view.id);
  try {
    const revert = there?.view ?? (await changes.revert(view.id, { agent: 'castellan', human: view.human }))[0];
    const { view: after } = await changes.stored(view.id);
    if (revert !== undefined && after.revertedBy === undefined) {
      await changes.note(view.id, { view: { revertedBy: revert.id } });
    }
    return revert === undefined ? 'rest' : 'on';
  } catch (error) {
    if (!(error instanceof CastellanError)) throw error;
    log.warn({ err: error, change: view.id }, 'change.revert.failed');
    const [failed = ''] = (view.why ?? '').split(noRevert);
    const why = `${failed}${noRevert} (${error.code})`;
    await changes.note(view.id, { view: { why } });
    return 'rest';
  }
}
