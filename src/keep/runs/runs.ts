import { createHash } from 'node:crypto';
import type { RunView } from '../../change/wire/run.ts';
import { CastellanError } from '../../kit/index.ts';
import type { Redactor } from '../../redaction/redactor.ts';
import type { StoreLog } from '../../store/log.ts';
import { createTurns } from '../../store/turns.ts';
import type { ConsentParts } from '../changes/port.ts';
import { journalError } from '../journal/errors.ts';
import type { Journal } from '../journal/journal.ts';
import type { Requester } from '../journal/quota-table.ts';
import { runError } from './errors.ts';
import { assertOneSource } from './judging.ts';
import { createLiveRun, type LiveRun } from './live-run.ts';
import { newRunId } from './run-id.ts';
import { isOpen } from './states.ts';
import { writableView } from './view-text.ts';
import { within } from './waiting.ts';
import { type Judged, judgeRun, type Proposal, planRun, type WorkParts } from './work.ts';

/** Plan runs, from the asking to the answer; states.ts has their life. */
export interface Runs extends AsyncDisposable {
  /**
   * Begins a run, or finds the open one of the same proposal.
   * Errors: `proposal-ambiguous`, `plan-quota-spent`, `keep-stopping`, `audit-write-failed`.
   */
  propose(proposal: Proposal, by: Requester): Promise<RunView>;
  /** Errors: `run-unknown`, `run-foreign`. One that has ended stays as it is. */
  withdraw(id: string, by: Requester): Promise<RunView>;
  /** Waits so long for an end, or for what only a human can do. Errors: `run-unknown`. */
  status(id: string, waitMs: number, signal?: AbortSignal): Promise<RunView>;
  latest(limit: number): Promise<readonly RunView[]>;
  /** Of a stack by its folder. */
  openRunOf(stack: string): RunView | undefined;
  /** What consent to a run binds; undefined: it waits for none. */
  consentOf(id: string): ConsentParts | undefined;
  /** Somebody consented: whatever waits for it goes on. */
  consented(): void;
}

export interface RunsOptions extends WorkParts {
  readonly journal: Pick<Journal, 'runs' | 'quota'>;
  readonly plansPerHour: number;
  readonly redactor: Pick<Redactor, 'text'>;
  readonly log: StoreLog;
  readonly consentEveryMs?: number;
}

/** Nobody consents to what they have forgotten. */
const consentWaitsMs = 24 * 3_600_000;

export function openRuns(options: RunsOptions): Runs {
  const { journal, log, now, authority } = options;
  const live = new Map<string, LiveRun>();
  const byProposal = new Map<string, string>();
  const waiting = new Map<string, Judged>();
  /** They go on as soon as there is room for them. */
  const consented = new Set<string>();
  const working = new Set<Promise<void>>();
  /** Two proposals that come together could each find that the other is not there yet. */
  const turns = createTurns();
  let stopping = false;

  /** Runs in the background; whatever goes wrong in it ends the run, and never the keep. */
  const goOn = (run: LiveRun, step: () => Promise<void>): void => {
    const done = step()
      .catch((error: unknown) => fail(run, error))
      .finally(() => working.delete(done));
    working.add(done);
  };

  const fail = async (run: LiveRun, error: unknown): Promise<void> => {
    if (!isOpen(run.view.state)) {
      // It was withdrawn or the keep stops: what that broke off is no failure, but it may have left something behind.
      log.warn({ err: error, run: run.id, state: run.view.state }, 'run.broken-off');
      return;
    }
    if (!(error instanceof CastellanError)) log.error({ err: error, run: run.id }, 'run.fault');
    const { code, message, next } =
      error instanceof CastellanError
        ? error
        : { code: 'keep-fault', message: 'this is a fault of Castellan', next: "the keep's log has more" };
    try {
      await run.move('failed', { failure: { step: run.view.state, code, message, lines: [`next: ${next}`] } });
    } catch (failure) {
      log.error({ err: failure, run: run.id }, 'run.not-failed');
      await interrupt(run);
    }
  };

  /** What cannot even be written down is forgotten here, and interrupted by the next start of the keep. */
  const interrupt = async (run: LiveRun): Promise<void> => {
    await run.end('interrupted').catch((error: unknown) => {
      log.error({ err: error, run: run.id }, 'run.not-ended');
      live.delete(run.id);
    });
  };

  const judge = async (run: LiveRun, proposal: Proposal): Promise<void> => {
    const judged = await judgeRun(run, proposal, options, (waits) => waiting.set(run.id, waits));
    if (judged !== undefined) await planRun(run, judged, options);
  };

  const lookForConsent = (): void => {
    for (const [id, judged] of waiting) {
      const run = live.get(id);
      const { consent } = judged;
      if (run === undefined || consent === undefined) waiting.delete(id);
      else if (authority.hasConsent(consent.digest).value) {
        waiting.delete(id);
        consented.add(id);
        goOn(run, () => planRun(run, judged, options));
      } else if (now().getTime() - Date.parse(run.view.changedAt) > consentWaitsMs) {
        waiting.delete(id);
        const message = 'nobody consented to it within a day';
        goOn(run, async () => {
          await run.end('interrupted', { failure: { step: 'consent', code: 'consent-not-given', message, lines: [] } });
        });
      }
    }
  };
  const timer = setInterval(lookForConsent, options.consentEveryMs ?? 2_000).unref();

  const stored = async (id: string): Promise<RunView> => {
    const view = await journal.runs.get(id);
    if (view !== undefined) return view;
    throw journalError('run-unknown', { message: `there is no run ${id}`, next: 'ask for a plan anew' });
  };

  return {
    propose: (proposal, by) =>
      turns.take(async () => {
        if (stopping) throw stoppingError();
        assertOneSource(proposal);
        const key = keyOf(proposal);
        const same = key === undefined ? undefined : live.get(byProposal.get(key) ?? '');
        if (same !== undefined) return same.view;
        if (!(await journal.quota.spend(by, options.plansPerHour, now()))) {
          throw runError('plan-quota-spent', {
            message: `${options.plansPerHour} plans were asked for within the last hour, which is all there are`,
            next: 'wait; what was planned can still be read by its run id',
          });
        }
        const view = writableView(newView(proposal, by, now()), options.redactor);
        const run = createLiveRun(view, {
          table: journal.runs,
          redactor: options.redactor,
          now,
          onEnd: (id) => {
            live.delete(id);
            waiting.delete(id);
            consented.delete(id);
            if (key !== undefined && byProposal.get(key) === id) byProposal.delete(key);
          },
        });
        await journal.runs.add(view);
        live.set(run.id, run);
        if (key !== undefined) byProposal.set(key, run.id);
        goOn(run, () => judge(run, proposal));
        return run.view;
      }),

    withdraw: async (id, by) => {
      const run = live.get(id);
      const view = run?.view ?? (await stored(id));
      if (view.agent !== by.agent) {
        throw runError('run-foreign', {
          message: `${id} was asked for by another agent`,
          next: 'leave it to that agent, or to a human',
        });
      }
      await run?.end('withdrawn');
      return run?.view ?? view;
    },

    status: async (id, waitMs, signal) => {
      const until = performance.now() + waitMs;
      const run = live.get(id);
      lookForConsent();
      while (run !== undefined && isOpen(run.view.state) && (run.view.state !== 'needs-consent' || consented.has(id))) {
        const left = until - performance.now();
        if (left <= 0 || signal?.aborted === true) break;
        await within(run.changed(), left, signal);
      }
      return run?.view ?? (await stored(id));
    },

    latest: (limit) => journal.runs.latest(limit),
    consentOf: (id) => waiting.get(id)?.consent,
    consented: lookForConsent,
    openRunOf: (stack) => [...live.values()].map(({ view }) => view).find((view) => view.stack === stack),

    [Symbol.asyncDispose]: async () => {
      stopping = true;
      clearInterval(timer);
      // Whoever is about to begin a run is among them, or told no.
      await turns.take(async () => undefined);
      for (const run of [...live.values()]) await interrupt(run);
      await Promise.allSettled(working);
    },
  };
}

function stoppingError(): Error {
  return runError('keep-stopping', { message: 'the keep is being stopped', next: 'ask again when it is back' });
}

/** One proposal, one run. What the name of a branch means may change, so two of one name are never the same. */
function keyOf({ stack, patch, ref }: Proposal): string | undefined {
  if (ref !== undefined && !/^[0-9a-f]{40}$/.test(ref)) return undefined;
  return createHash('sha256')
    .update(JSON.stringify([stack, patch ?? null, ref ?? null]))
    .digest('hex');
}

function newView({ stack, reason }: Proposal, by: Requester, at: Date): RunView {
  const time = at.toISOString();
  return {
    id: newRunId(),
    stack,
    state: 'queued',
    createdAt: time,
    changedAt: time,
    agent: by.agent,
    human: by.human,
    ...(reason === undefined ? {} : { reason }),
    base: '',
    changedFiles: [],
    findings: [],
    took: {},
  };
}
