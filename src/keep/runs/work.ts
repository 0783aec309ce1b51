import { performance } from 'node:perf_hooks';
import type { Finding } from '../../change/finding.ts';
import type { RunView } from '../../change/wire/run.ts';
import type { ObjectId } from '../../iac/repository.ts';
import type { ConsentParts } from '../changes/port.ts';
import type { KeepConfig, Profile } from '../config/valid.ts';
import type { Authority } from '../decisions/authority.ts';
import type { TrustedRepository } from '../repository/trusted-repository.ts';
import { changedFilesOf, judgeTrees, proposedTreeOf, stackOf, touchedBy, unheard } from './judging.ts';
import type { LiveRun } from './live-run.ts';
import { type PlanningParts, planStack } from './planning.ts';
import { plannableProfile } from './profiles.ts';
import type { Slots } from './slots.ts';

/** What an agent asked for. It stays in memory: a patch that is written down cannot be taken back out of a database. */
export interface Proposal {
  readonly stack: string;
  readonly patch: string | undefined;
  readonly ref: string | undefined;
  readonly reason?: string | undefined;
}

/** What is left of a proposal once it was judged: objects of git by their ids. */
export interface Judged {
  readonly stack: string;
  readonly profile: Profile;
  readonly base: ObjectId;
  readonly proposed: ObjectId;
  readonly findings: readonly Finding[];
  readonly touched: readonly string[];
  /** What consent would bind, where it is asked for. */
  readonly consent: ConsentParts | undefined;
  /** What an agent sees of all this. */
  readonly seen: Partial<RunView>;
}

export interface WorkParts extends PlanningParts {
  readonly config: Pick<KeepConfig, 'profiles'>;
  readonly repository: TrustedRepository;
  readonly authority: Pick<Authority, 'hasConsent' | 'refusal'>;
  readonly slots: Slots;
}

/**
 * From queued to a verdict of gate and scan. What is returned may be planned; undefined: the run ended, or waits for consent,
 * and then `wait` was called with what to go on with.
 */
export async function judgeRun(
  run: LiveRun,
  proposal: Proposal,
  work: WorkParts,
  wait: (judged: Judged) => void,
): Promise<Judged | undefined> {
  const { repository, trees, parts, authority } = work;
  const started = performance.now();
  await run.move('fetching');
  // A ref was pushed a moment ago, as often as not.
  await repository.fetch(proposal.ref === undefined ? 'soon' : 'now');
  const baseCommit = await repository.base();
  const proposedTree = await proposedTreeOf(proposal, baseCommit.tree, repository);
  const fetched = performance.now();
  await run.move('judging', {
    base: baseCommit.id,
    ...(proposal.patch === undefined && proposal.ref === undefined ? {} : { proposed: proposedTree }),
    took: { fetch: Math.round(fetched - started) },
  });

  const changes = await repository.git.changes(baseCommit.tree, proposedTree);
  const base = await trees.read(baseCommit.tree);
  const proposed = await trees.read(proposedTree);
  const stack = stackOf(proposal.stack, base, proposed);
  const profile = plannableProfile(work.config.profiles, stack);
  const touched = touchedBy(changes, base, proposed);
  const { findings: found, denied, consent } = await judgeTrees({ base, proposed, changes, stack, profile }, parts);
  const findings = [...found, ...touchingMany(stack, touched)];
  const seen: Partial<RunView> = {
    stack,
    findings,
    changedFiles: changedFilesOf(changes),
    ...(consent === undefined ? {} : { consent: consent.digest }),
    took: { ...run.view.took, judge: Math.round(performance.now() - fetched) },
  };
  const judged: Judged = {
    stack,
    profile,
    base: base.tree,
    proposed: proposed.tree,
    findings,
    touched,
    consent,
    seen,
  };
  if (denied) {
    await run.move('denied', seen);
    return undefined;
  }
  if (changes.length === 0 && (proposal.patch !== undefined || proposal.ref !== undefined)) {
    await run.move('no-changes', seen);
    return undefined;
  }
  if (consent !== undefined && !authority.hasConsent(consent.digest).value) {
    await run.move('needs-consent', { ...seen, findings: [...findings, ...unheard(authority)] });
    wait(judged);
    return undefined;
  }
  return judged;
}

/** From a free slot to the end of the run. */
export async function planRun(run: LiveRun, judged: Judged, work: WorkParts): Promise<void> {
  const giveBack = await work.slots.take(judged.stack, 'agent', run.signal);
  try {
    await run.move('planning', judged.seen);
    const result = await planStack({ ...judged, id: run.id, took: run.view.took }, work, run.signal);
    if (result.verdict === 'failed') await run.move('failed', { ...result.facts, failure: result.failure });
    else await run.move(result.verdict, { ...result.facts, summary: result.summary });
  } finally {
    giveBack();
  }
}

/** A plan is of one stack; whoever reads it must know of the others that the same files change. */
function touchingMany(stack: string, touched: readonly string[]): readonly Finding[] {
  const others = touched.filter((one) => one !== stack);
  if (others.length === 0) return [];
  const own = touched.includes(stack) ? '' : `; nothing of it is used by ${stack}`;
  const message = `what is changed is used by ${others.length} other stack(s), which this plan says nothing of: ${others.join(', ')}${own}`;
  return [{ rule: 'touches-stacks', verdict: 'note', message }];
}
