import { performance } from 'node:perf_hooks';
import type { Finding } from '../../change/finding.ts';
import type { ChangeView } from '../../change/wire/change.ts';
import { CastellanError } from '../../kit/index.ts';
import type { Profile } from '../config/valid.ts';
import type { StoredChange } from '../journal/change-table.ts';
import { judgeTrees, touchedBy, unheard } from '../runs/judging.ts';
import { type PlannedStack, planStack } from '../runs/planning.ts';
import { writableView } from '../runs/view-text.ts';
import type { Board } from './board.ts';
import { documentOf, policyOf } from './document.ts';
import { endSet } from './ending.ts';
import { movedUnder } from './freshness.ts';
import type { Told } from './inside.ts';
import type { ChangesOptions } from './options.ts';
import { pageOf } from './paging.ts';
import { applicable } from './planned-stacks.ts';
import { isBroken, readinessOf } from './sets.ts';

/**
 * The work on a set that has its stacks: every change is judged, and planned once it may be. Each works for itself and ends where a
 * human has to say something, or nothing more can be done.
 */
export interface Workers {
  /** All of a set, `scanning` now. Does not wait. */
  begin(changes: readonly StoredChange[]): void;
  /** Those whose consent came: they are `planning` now. Does not wait. */
  goOn(changes: readonly StoredChange[]): void;
  replan(id: string, signal: AbortSignal): Promise<'same' | 'moved'>;
  /** Whether somebody works on it. */
  has(id: string): boolean;
  /** Its state changed: who works on what is not worked on any more stops. */
  onStep(change: StoredChange): void;
  stop(): Promise<void>;
}

export function createWorkers(board: () => Board, options: ChangesOptions): Workers {
  const { log, repository, trees, parts, authority } = options;
  const working = new Map<string, AbortController>();
  const jobs = new Map<Promise<void>, readonly StoredChange[]>();
  const policy = policyOf(options.config, options.build);
  const replanning = new Set<string>();
  let stopping = false;

  const inBackground = (changes: readonly StoredChange[], job: () => Promise<void>): void => {
    const done = job()
      .catch((error: unknown) => log.error({ err: error }, 'change.work.fault'))
      .finally(() => jobs.delete(done));
    jobs.set(done, changes);
  };

  /** Whatever goes wrong in work on a change is told of the change, and never ends the keep. */
  const watched = async (id: string, work: (signal: AbortSignal) => Promise<void>): Promise<void> => {
    const ending = new AbortController();
    working.set(id, ending);
    try {
      if (stopping) ending.abort(new Error('the keep is being stopped'));
      await work(ending.signal);
    } catch (error) {
      await fail(id, error);
    } finally {
      if (working.get(id) === ending) working.delete(id);
    }
  };

  const fail = async (id: string, error: unknown): Promise<void> => {
    const { view } = await board().get(id);
    if (stopping || (view.state !== 'scanning' && view.state !== 'planning')) {
      log.warn({ err: error, change: id, state: view.state }, 'change.broken-off');
      return;
    }
    if (!(error instanceof CastellanError)) log.error({ err: error, change: id }, 'change.fault');
    const { code, message, next } =
      error instanceof CastellanError
        ? error
        : { code: 'keep-fault', message: 'this is a fault of Castellan', next: "the keep's log has more" };
    const failure = { step: view.state, code, message, lines: [`next: ${next}`] };
    // What cannot even be written down is found by the watch, once nobody works on it.
    await board()
      .move(id, 'plan-failed', 'keep', { view: { failure } })
      .catch((failed: unknown) => log.error({ err: failed, change: id }, 'change.not-failed'));
  };

  const judge = async ({ view, facts }: StoredChange): Promise<'plan' | undefined> => {
    const started = performance.now();
    const { profile, finding } = applicable(view.stack, options.config);
    if (profile === undefined) {
      await board().move(view.id, 'blocked', 'keep', { view: { findings: [...view.findings, finding] } });
      return undefined;
    }
    const moved = await movedUnder({ view, facts }, options);
    if (moved !== undefined) {
      await board().take((steps) => endSet(steps, board(), view.set, 'stale', { why: moved }));
      return undefined;
    }
    const changes = await repository.git.changes(facts.baseTree, facts.tree);
    const [base, proposed] = [await trees.read(facts.baseTree), await trees.read(facts.tree)];
    const question = { base, proposed, changes, stack: view.stack, profile };
    const { findings, denied, consent } = await judgeTrees(question, parts);
    const took = { ...view.took, judge: Math.round(performance.now() - started) };
    const seen = { findings: [...view.findings, ...findings], took };
    if (denied) {
      await board().move(view.id, 'blocked', 'keep', { view: seen });
      return undefined;
    }
    const commit = changes.length === 0 ? facts.base : await commitOf({ view, facts });
    if (consent === undefined) {
      await board().note(view.id, { view: { ...seen, commit }, facts: { commit } });
      return 'plan';
    }
    const told = { ...seen, commit, consent: consent.digest };
    if (authority.hasConsent(consent.digest).value) {
      await board().note(view.id, { view: told, facts: { commit, consent } });
      return 'plan';
    }
    const waiting = { ...told, findings: [...told.findings, ...unheard(authority)] };
    // What is consented to is read first: nothing of it was planned yet, so that is its files.
    const page = await pageOf({ ...question, baseCommit: facts.base, summary: undefined }, options);
    await board().move(view.id, 'needs-consent', 'keep', { view: waiting, facts: { commit, consent, page } });
    return undefined;
  };

  /** The same one for every change of a set: it lands as one. */
  const commitOf = async ({ view, facts }: StoredChange): Promise<string> => {
    const set = (await board().ofSet(view.set)).map((one) => one.view);
    return options.landing.commit({
      change: view.id,
      set: view.set,
      changes: set.map(({ id }) => id),
      stacks: set.map(({ stack }) => stack),
      base: facts.base,
      tree: facts.tree,
      agent: view.agent,
      human: view.human,
      reason: view.reason,
      at: new Date(view.createdAt),
    });
  };

  const inSlot = async <Result>(stack: string, signal: AbortSignal, work: () => Promise<Result>): Promise<Result> => {
    const giveBack = await options.slots.take(stack, 'agent', signal);
    try {
      return await work();
    } finally {
      giveBack();
    }
  };

  const planNow = async (id: string, signal: AbortSignal): Promise<Result> => {
    const { view, facts } = await board().get(id);
    const { profile } = applicable(view.stack, options.config);
    if (profile === undefined) throw new Error(`${view.stack} lost its profile`);
    const [base, proposed] = [await trees.read(facts.baseTree), await trees.read(facts.tree)];
    const changes = await repository.git.changes(facts.baseTree, facts.tree);
    const result = await planStack(
      {
        id,
        stack: view.stack,
        profile,
        base: facts.baseTree,
        proposed: facts.tree,
        findings: view.findings.filter(({ rule }) => rule !== refusedRule).map(findingOf),
        touched: touchedBy(changes, base, proposed),
        took: view.took,
        seal: true,
      },
      options,
      signal,
    );
    return { result, profile };
  };

  /** From a plan to the state it leads to; what is sealed is on disk before anybody can sign it. */
  const settle = async (id: string, { result, profile }: Result, signal: AbortSignal): Promise<void> => {
    if (result.verdict === 'failed') {
      await board().move(id, 'plan-failed', 'keep', { view: { ...result.facts, failure: result.failure } });
      return;
    }
    const told: Told = { view: { ...result.facts, findings: [...result.facts.findings], summary: result.summary } };
    const change = await board().get(id);
    const { facts, view } = change;
    // A document, a comment: nothing is applied, and yet a human signs that it lands. In a set it lands with the others.
    const isOfFilesAlone = view.of === 1 && facts.tree !== facts.baseTree;
    if (result.verdict === 'no-changes' && !isOfFilesAlone) {
      await board().move(id, 'no-changes', 'keep', told);
      return;
    }
    const { planned } = result;
    const { sealed } = planned;
    if (sealed === undefined) throw new Error('the planner did not seal the plan');
    const clean = writableView({ summary: result.summary, findings: [...result.facts.findings] }, options.redactor);
    const page = await pageOf(
      {
        base: await trees.read(facts.baseTree),
        proposed: await trees.read(facts.tree),
        baseCommit: facts.base,
        changes: await repository.git.changes(facts.baseTree, facts.tree),
        stack: view.stack,
        profile,
        summary: clean.summary,
      },
      options,
    );
    const document = documentOf(
      { change, profile, planned, sealed, ...clean, page, attempt: view.attempt, commit: facts.commit ?? facts.base },
      { url: options.config.repository.url, policy, boundary: options.boundary },
    );
    await options.sealed.put(id, { plan: sealed.plan, workdir: sealed.workdir });
    signal.throwIfAborted();
    await board().move(id, result.verdict === 'denied' ? 'denied' : 'awaiting-approval', 'keep', {
      view: { ...told.view, ...clean },
      facts: { document, page },
    });
  };

  const plan = (id: string): Promise<void> =>
    watched(id, async (signal) => {
      const { view } = await board().get(id);
      if (view.state !== 'planning') return;
      await settle(id, await inSlot(view.stack, signal, () => planNow(id, signal)), signal);
    });

  /** Says of those who wait in vain why, and tells humans of what waits for them. */
  const review = (set: string): Promise<void> =>
    board().take(async (steps) => {
      const changes = await board().ofSet(set);
      const bad = changes.filter(isBroken);
      if (bad.length === 0) {
        if (readinessOf(changes, 'approve').missing === undefined) {
          options.notifier.tell({ what: 'awaiting-approval', id: set, urgent: false });
        }
        return;
      }
      const why = `the set cannot be signed: ${bad.map(({ view }) => `${view.stack} is ${view.state}`).join(', ')}`;
      for (const { view } of changes) {
        if ((view.state === 'awaiting-approval' || view.state === 'needs-consent') && view.why !== why)
          await steps.note(view.id, { view: { why } });
      }
    });

  const planAll = async (changes: readonly StoredChange[]): Promise<void> => {
    await Promise.all(changes.map(({ view }) => plan(view.id)));
    const [first] = changes;
    if (first !== undefined && !stopping) await review(first.view.set);
  };

  const begin = async (changes: readonly StoredChange[]): Promise<void> => {
    const set = changes[0]?.view.set ?? '';
    const ready: StoredChange[] = [];
    for (const change of changes) {
      await watched(change.view.id, async (signal) => {
        const { view } = await board().get(change.view.id);
        if (view.state !== 'scanning') return;
        if ((await judge(change)) === undefined) return;
        signal.throwIfAborted();
        ready.push(await board().move(change.view.id, 'planning', 'keep'));
      });
    }
    if ((await board().ofSet(set)).some(({ view }) => view.state === 'needs-consent')) {
      options.notifier.tell({ what: 'needs-consent', id: set, urgent: false });
    }
    await planAll(ready);
    if (ready.length === 0 && !stopping) await review(set);
  };

  const replan = async (id: string, signal: AbortSignal): Promise<'same' | 'moved'> => {
    const before = await board().get(id);
    const again = await inSlot(before.view.stack, signal, () => planNow(id, signal));
    if (isSame(before, again.result)) return 'same';
    const attempt = before.view.attempt + 1;
    // From here on nothing is signed any more: what is sealed may be replaced.
    await board().move(id, 'planning', 'keep', {
      view: { attempt, approvedBy: [], brokenGlass: false },
      facts: { signatures: [], document: undefined, page: undefined },
    });
    await watched(id, (own) => settle(id, again, own));
    await review(before.view.set);
    return 'moved';
  };

  return {
    begin: (changes) => inBackground(changes, () => begin(changes)),
    goOn: (changes) => inBackground(changes, () => planAll(changes)),
    has: (id) =>
      working.has(id) ||
      replanning.has(id) ||
      [...jobs.values()].some((changes) => changes.some(({ view }) => view.id === id)),
    onStep: ({ view }) => {
      if (view.state === 'scanning' || view.state === 'planning') return;
      working.get(view.id)?.abort(new Error(`the change is ${view.state}`));
    },
    replan: async (id, signal) => {
      replanning.add(id);
      try {
        return await replan(id, signal);
      } finally {
        replanning.delete(id);
      }
    },
    stop: async () => {
      stopping = true;
      for (const ending of working.values()) ending.abort(new Error('the keep is being stopped'));
      await Promise.allSettled(jobs.keys());
    },
  };
}

interface Result {
  readonly result: PlannedStack;
  readonly profile: Profile;
}

function findingOf({ rule, verdict, file, line, message }: ChangeView['findings'][number]): Finding {
  return { rule, verdict, message, ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line }) };
}

/** What an earlier plan of it was refused is no finding of the next. */
const refusedRule: Finding['rule'] = 'sandbox-refused';

/** It would do what was signed, on the very state that was signed: what was sealed then can be applied. */
function isSame({ facts: { document } }: StoredChange, result: PlannedStack): boolean {
  if (document === undefined || result.verdict === 'failed') return false;
  const { summary, planned } = result;
  const { state } = planned;
  const isOnSameState =
    document.state === null
      ? state === undefined
      : state?.lineage === document.state.lineage &&
        state.serial === document.state.serial &&
        state.sha256 === document.state.sha256;
  return (
    isOnSameState &&
    result.verdict === 'planned' &&
    summary.digest === document.plan.semantic &&
    summary.complete === document.plan.complete
  );
}
