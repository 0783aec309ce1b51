import { signedDocument } from '../../change/document/documents.ts';
import { CastellanError } from '../../kit/index.ts';
import type { ApplyOutcome } from '../applier/port.ts';
import type { Profile } from '../config/valid.ts';
import type { StoredChange } from '../journal/change-table.ts';
import type { StateFacts } from '../planner/port.ts';
import { parseQuietly } from '../planner/quiet-json.ts';
import { profileOf } from '../runs/profiles.ts';
import type { FollowParts, Progress } from './parts.ts';
import { begunText } from './words.ts';

/**
 * One approved change, applied once. Before the applier is called a row is written that can be written only once for this change
 * and attempt: whoever finds it never calls the applier again, whatever the change's state says.
 */
const fence = 'begin';

export async function applyChange(
  change: StoredChange,
  earlier: readonly StoredChange[],
  parts: FollowParts,
  signal: AbortSignal,
): Promise<Progress> {
  const { changes, journal, freeze, applier, now, log } = parts;
  const { id, attempt } = change.view;
  const until = expiryOf(change);
  if (until === undefined) return stale(change, 'what was signed cannot be read', parts);
  if (until <= now()) return expired(change, until, parts);
  const { since, why: frozen } = await freeze.look();
  if (since !== undefined) return waitForThaw(change, since, frozen, parts);
  const begun = await journal.steps.of(id, attempt);
  if (begun.length > 0) {
    return stale(
      change,
      `an apply was prepared before and ended before anything was changed; ${begunText(begun)}`,
      parts,
    );
  }
  const problem = await problemOf(change, parts);
  if (typeof problem === 'string') return stale(change, problem, parts);
  if ((await hangsOn(change, earlier, parts)) && (await movedSince(id, parts, signal))) return 'on';
  if (signal.aborted) return 'rest';

  await journal.steps.begin(id, attempt, fence, now());
  log.info({ change: id, attempt, stack: change.view.stack }, 'apply.begin');
  let entered = false;
  let outcome: ApplyOutcome;
  try {
    outcome = await applier.apply(
      {
        change: id,
        ...problem,
        signatures: change.facts.signatures,
        onStep: (step) => journal.steps.begin(id, attempt, step, now()),
        enter: async () => {
          if (entered) throw new Error(`${id} enters its apply a second time`);
          entered = true;
          await changes.move(id, 'applying', 'applier', { view: { why: undefined } });
        },
      },
      signal,
    );
  } catch (error) {
    log.error({ err: error, change: id }, 'apply.fault');
    const code = error instanceof CastellanError ? error.code : 'a fault of the keep';
    outcome = { outcome: 'refused', reasons: [`it could not be prepared (${code})`], stale: false };
  }
  return settle(id, outcome, parts);
}

/** Writes down what came of it, in whichever state the change is found. */
async function settle(id: string, outcome: ApplyOutcome, parts: FollowParts): Promise<Progress> {
  const { changes, notifier, log } = parts;
  const found = await changes.stored(id);
  const { state, stack } = found.view;
  log.info({ change: id, state, outcome: outcome.outcome }, 'apply.end');
  if (outcome.outcome === 'refused') {
    const reasons = outcome.reasons.join('; ');
    if (state === 'approved') await stale(found, `it was not applied: ${reasons}`, parts);
    // Nothing was begun, and yet it is written down as begun: somebody has to look.
    else if (state === 'applying') await interrupt(id, `it was entered and then refused: ${reasons}`, parts);
    return 'on';
  }
  const isOverruled = found.view.brokenGlass && outcome.outcome === 'applied';
  await seeState(stack, outcome.state, isOverruled, parts);
  const { report: apply } = outcome;
  if (state === 'approved') {
    log.error({ change: id, outcome: outcome.outcome }, 'apply.never-entered');
    await changes.move(id, 'applying', 'applier', { view: { apply } });
    await interrupt(id, 'the applier never said that it would begin', parts);
    return 'on';
  }
  switch (outcome.outcome) {
    case 'interrupted':
      await interrupt(id, outcome.why, parts, { apply });
      return 'on';
    case 'applied':
      await changes.move(id, 'applied', 'applier', { view: { apply, why: undefined } });
      return 'on';
    default: {
      const { done, failed, unknown } = apply;
      const why = `the engine failed: ${done.length} done, ${failed.length} failed, ${unknown.length} unknown`;
      await changes.move(id, outcome.outcome, 'applier', { view: { apply, why } });
      notifier.tell({ what: 'failed', id, urgent: outcome.outcome === 'partially-applied' });
      return 'on';
    }
  }
}

/**
 * Our own apply moved it: nobody is to be told of a foreign one. Where a human overruled what was said of the state, it is the known
 * one now, or its stack would be denied for good. What cannot be noted is no reason to lose the outcome.
 */
async function seeState(
  stack: string,
  state: StateFacts | undefined,
  isOverruled: boolean,
  { journal, now, log }: FollowParts,
): Promise<void> {
  if (state === undefined) return;
  try {
    const { records } = journal;
    await (isOverruled ? records.accept(stack, state, now()) : records.see(stack, state, now()));
  } catch (error) {
    log.error({ err: error, stack }, 'apply.state.unrecorded');
  }
}

/** Its stack stays held until a human signed that they looked. */
export async function interrupt(
  id: string,
  why: string,
  { changes, notifier, log }: FollowParts,
  view: Partial<StoredChange['view']> = {},
  actor: 'applier' | 'keep' = 'applier',
): Promise<void> {
  await changes.move(id, 'interrupted', actor, { view: { ...view, why } });
  log.error({ change: id, why }, 'apply.interrupted');
  notifier.tell({ what: 'interrupted', id, urgent: true });
}

async function stale({ view }: StoredChange, why: string, parts: FollowParts): Promise<Progress> {
  await parts.changes.move(view.id, 'stale', 'applier', { view: { why } });
  parts.log.warn({ change: view.id, why }, 'apply.refused');
  parts.notifier.tell({ what: 'failed', id: view.id, urgent: false });
  return 'on';
}

async function expired({ view }: StoredChange, until: Date, parts: FollowParts): Promise<Progress> {
  const why = `it was approved until ${until.toISOString()} and not begun by then`;
  await parts.changes.move(view.id, 'expired', 'keep', { view: { why } });
  parts.notifier.tell({ what: 'failed', id: view.id, urgent: false });
  return 'on';
}

async function waitForThaw(
  { view }: StoredChange,
  since: Date,
  frozen: string | undefined,
  { changes, log }: FollowParts,
): Promise<Progress> {
  const why = `it is approved and not begun: everything is frozen since ${since.toISOString()}${frozen === undefined ? '' : `, for ${frozen}`}`;
  if (view.why !== why) {
    await changes.note(view.id, { view: { why } });
    log.warn({ change: view.id, since }, 'apply.frozen');
  }
  return 'rest';
}

/** What the applier gets, or why it gets nothing. */
async function problemOf(
  { view, facts }: StoredChange,
  { journal, config }: FollowParts,
): Promise<string | { readonly document: NonNullable<StoredChange['facts']['document']>; readonly profile: Profile }> {
  const { document } = facts;
  if (document === undefined || document.change !== view.id || document.attempt !== view.attempt) {
    return 'what was signed is of another attempt';
  }
  const held = (await journal.leases.all()).find(({ stack }) => stack === view.stack);
  if (held?.change !== view.id) return 'its stack is not held for it';
  const found = profileOf(config.profiles, view.stack);
  if (found === undefined || found.skipped !== undefined) return 'no profile of keep.yaml plans its stack any more';
  return { document, profile: found.profile };
}

/** Whether something was applied that it is planned on. What cannot be told is taken for a yes: it costs a plan. */
async function hangsOn(
  { view, facts }: StoredChange,
  earlier: readonly StoredChange[],
  { trees, log }: FollowParts,
): Promise<boolean> {
  const applied = earlier.filter((one) => one.view.apply !== undefined);
  if (applied.length === 0) return false;
  try {
    const { graph } = await trees.read(facts.tree);
    return applied.some((one) => graph.dependantsOf(one.view.stack).includes(view.stack));
  } catch (error) {
    log.warn({ err: error, change: view.id }, 'apply.graph.unread');
    return true;
  }
}

/** Whether it is not what was signed any more, or not approved any more. */
async function movedSince(id: string, { changes, log }: FollowParts, signal: AbortSignal): Promise<boolean> {
  try {
    return (await changes.replan(id, signal)) === 'moved';
  } catch (error) {
    if (signal.aborted) return false;
    if (!(error instanceof CastellanError && error.code === 'change-moved')) throw error;
    log.warn({ change: id }, 'apply.replan.moved');
    return true;
  }
}

/** The earliest of its signatures' ends; undefined when one cannot be read, or there is none. */
function expiryOf({ facts }: StoredChange): Date | undefined {
  const ends = facts.signatures.map(({ document }) => {
    const read = signedDocument.safeParse(parseQuietly(document));
    return read.success ? Date.parse(read.data.expiresAt) : Number.NaN;
  });
  const first = Math.min(...ends);
  return ends.length === 0 || Number.isNaN(first) ? undefined : new Date(first);
}
