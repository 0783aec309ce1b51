import { performance } from 'node:perf_hooks';
import type { Finding } from '../../change/finding.ts';
import type { RunView } from '../../change/wire/run.ts';
import type { ObjectId, TreeChange } from '../../iac/repository.ts';
import type { Authority } from '../config/authority.ts';
import type { KeepConfig, Profile } from '../config/valid.ts';
import type { RecordTable } from '../journal/record-table.ts';
import type { Planned, PlannedBadly, Planner } from '../planner/port.ts';
import type { TrustedRepository } from '../repository/trusted-repository.ts';
import { consentDigest } from './consent.ts';
import { runError } from './errors.ts';
import type { LiveRun } from './live-run.ts';
import type { RunParts, Tree } from './parts.ts';
import { plannableProfile } from './profiles.ts';
import type { Slots } from './slots.ts';
import type { Trees } from './trees.ts';

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
  /** What an agent sees of all this. */
  readonly seen: Partial<RunView>;
}

export interface WorkParts {
  readonly config: Pick<KeepConfig, 'profiles'>;
  readonly repository: TrustedRepository;
  readonly trees: Trees;
  readonly parts: RunParts;
  readonly planner: Pick<Planner, 'plan'>;
  readonly records: RecordTable;
  readonly authority: Pick<Authority, 'hasConsent' | 'refusal'>;
  readonly slots: Slots;
  readonly now: () => Date;
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
  const findings = [
    ...(changes.length === 0 ? [] : await parts.judge({ base, proposed, changes, stack })),
    ...touchingMany(stack, touched),
  ];
  const digest = findings.some(({ verdict }) => verdict === 'consent')
    ? consentDigest(proposed.tree, changes, profile)
    : undefined;
  const seen: Partial<RunView> = {
    stack,
    findings: [...findings],
    changedFiles: changes.map(({ path, before, after }) => ({
      path,
      change: before === undefined ? 'added' : after === undefined ? 'removed' : 'modified',
    })),
    ...(digest === undefined ? {} : { consent: digest }),
    took: { ...run.view.took, judge: Math.round(performance.now() - fetched) },
  };
  const judged: Judged = { stack, profile, base: base.tree, proposed: proposed.tree, findings, touched, seen };
  if (findings.some(({ verdict }) => verdict === 'deny')) {
    await run.move('denied', seen);
    return undefined;
  }
  if (changes.length === 0 && (proposal.patch !== undefined || proposal.ref !== undefined)) {
    await run.move('no-changes', seen);
    return undefined;
  }
  if (digest !== undefined && !authority.hasConsent(digest).value) {
    await run.move('needs-consent', { ...seen, findings: [...findings, ...unheard(authority.refusal)] });
    wait(judged);
    return undefined;
  }
  return judged;
}

/** From a free slot to the end of the run. */
export async function planRun(run: LiveRun, judged: Judged, work: WorkParts): Promise<void> {
  const { stack, profile } = judged;
  const giveBack = await work.slots.take(stack, 'agent', run.signal);
  try {
    await run.move('planning', judged.seen);
    const planned = await work.planner.plan(
      { run: run.id, tree: judged.proposed, baseTree: judged.base, stack, profile, onStep: () => undefined },
      run.signal,
    );
    await finish(run, judged, planned, work);
  } finally {
    giveBack();
  }
}

async function finish(run: LiveRun, judged: Judged, planned: Planned, work: WorkParts): Promise<void> {
  const { stack, profile, findings, touched } = judged;
  const base = await work.trees.read(judged.base);
  const proposed = await work.trees.read(judged.proposed);
  const started = performance.now();
  const record = await work.records.get(stack);
  const facts = (): Partial<RunView> => ({
    engine: planned.engine,
    findings: [...findings, ...refusedTo(planned)],
    ...(planned.state === undefined
      ? {}
      : { stateOf: { lineage: planned.state.lineage, serial: planned.state.serial } }),
    took: { ...run.view.took, ...planned.took, read: Math.round(performance.now() - started) },
  });
  if (planned.outcome === 'failed') {
    const lines = await work.parts.explain({ planned, base, proposed, stack, profile });
    await run.move('failed', { ...facts(), failure: failureOf(planned, lines) });
    return;
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
    signal: run.signal,
  });
  // A plan that was denied may be denied for a state that was lost: what was known of it before must not be.
  if (planned.state !== undefined && summary.risk.level !== 'deny') {
    await work.records.see(stack, planned.state, work.now());
  }
  const verdict = summary.risk.level === 'deny' ? 'denied' : changes ? 'planned' : 'no-changes';
  await run.move(verdict, { ...facts(), summary });
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

async function proposedTreeOf(
  { patch, ref }: Proposal,
  base: ObjectId,
  { git }: Pick<TrustedRepository, 'git'>,
): Promise<ObjectId> {
  if (patch !== undefined) return git.applyPatch(base, patch);
  if (ref === undefined) return base;
  // Once: whatever the name means afterwards is another proposal.
  return (await git.commit(await git.resolve(ref))).tree;
}

function stackOf(name: string, base: Tree, proposed: Tree): string {
  const found = base.graph.find(name) ?? proposed.graph.find(name);
  if (found !== undefined) return found;
  throw runError('stack-unknown', {
    message: `no stack is called ${name}, or several are`,
    next: 'name the folder, like stacks/mail; without a stack, stack_show lists them',
  });
}

function touchedBy(changes: readonly TreeChange[], base: Tree, proposed: Tree): readonly string[] {
  const paths = changes.map(({ path }) => path);
  return [...new Set([...base.graph.stacksUsing(paths), ...proposed.graph.stacksUsing(paths)])].toSorted();
}

/** Where root's word does not count, waiting for it is in vain: whoever asked must know. */
function unheard(refusal: string | undefined): readonly Finding[] {
  if (refusal === undefined) return [];
  return [{ rule: 'consent-not-counted', verdict: 'note', message: `nobody can consent to it here: ${refusal}` }];
}

/** A plan is of one stack; whoever reads it must know of the others that the same files change. */
function touchingMany(stack: string, touched: readonly string[]): readonly Finding[] {
  const others = touched.filter((one) => one !== stack);
  if (others.length === 0) return [];
  const own = touched.includes(stack) ? '' : `; nothing of it is used by ${stack}`;
  const message = `what is changed is used by ${others.length} other stack(s), which this plan says nothing of: ${others.join(', ')}${own}`;
  return [{ rule: 'touches-stacks', verdict: 'note', message }];
}
