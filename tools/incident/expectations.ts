import type { ChangeView } from '../../src/change/wire/change.ts';
import type { KeepClient } from '../../src/change/wire/keep-port.ts';
import { ourselves } from '../../src/incident/incident.ts';
import { fingerprintOf } from '../../src/incident/record/fingerprint.ts';
import type { IncidentDraft, IncidentRecord } from '../../src/incident/record/port.ts';
import { CastellanError, oneLine, type Reach } from '../../src/kit/index.ts';
import type { StoreLog } from '../../src/store/log.ts';
import { changedNamespaces } from './changed-objects.ts';

/** Looks at the keep's changes again and again: an applied change that did not do what it was expected to is an incident. */
export interface ExpectationWatch extends AsyncDisposable {
  /** One look. Gives how many incidents were opened. */
  look(): Promise<number>;
  keepLooking(): void;
}

export interface Watched {
  readonly keep: Reach<KeepClient>;
  readonly record: Pick<IncidentRecord, 'open'>;
  readonly redact: (text: string) => string;
  readonly log: Pick<StoreLog, 'info' | 'warn'>;
  now(): Date;
}

const everyMs = 30_000;
const lookLimitMs = 20_000;
/** A daemon that was away for longer finds old failures, which somebody has seen by then. */
const oldestMs = 7 * 86_400_000;

export function watchExpectations({ keep, record, redact, log, now }: Watched): ExpectationWatch {
  const done = new Set<string>();
  const ending = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<unknown> = Promise.resolve();
  let isAway = false;

  const openFor = async (view: ChangeView): Promise<boolean> => {
    try {
      // Under a key of the change's own: opened once for ever, also when its incident is long over and the daemon another one.
      const { existing } = await record.open(draftOf(view, redact, now()), {
        by: ourselves,
        key: `expectation/${view.id}`,
        asked: view.id,
        now: now(),
      });
      done.add(view.id);
      return !existing;
    } catch (error) {
      if (!(error instanceof CastellanError) || error.code !== 'incident-key-reused') throw error;
      done.add(view.id);
      return false;
    }
  };

  const look = async (): Promise<number> => {
    const signal = AbortSignal.any([ending.signal, AbortSignal.timeout(lookLimitMs)]);
    const client = await keep();
    // What waits for its revert is open, however many were proposed since; what was taken back is among the newest.
    const open = await client.ask({ verb: 'status', of: 'changes', limit: 50, open: true }, signal);
    const newest = await client.ask({ verb: 'status', of: 'changes', limit: 50 }, signal);
    const views = new Map([...(newest.changes ?? []), ...(open.changes ?? [])].map((view) => [view.id, view]));
    let opened = 0;
    const problems: unknown[] = [];
    for (const view of views.values()) {
      if (done.has(view.id) || !failedIts(view, now())) continue;
      try {
        if (await openFor(view)) opened += 1;
      } catch (error) {
        // One that cannot be written down keeps no other out.
        problems.push(error);
      }
    }
    if (problems.length > 0) throw problems[0];
    return opened;
  };

  const lookQuietly = async (): Promise<void> => {
    try {
      const opened = await look();
      if (opened > 0) log.info({ opened }, 'incident.opened-for-failed-expectation');
      if (isAway) log.info({}, 'incident.keep-is-back');
      isAway = false;
    } catch (error) {
      if (ending.signal.aborted) return;
      // Said once, and again only when it had been back.
      if (!isAway) log.warn({ err: error }, 'incident.expectations-not-watched');
      isAway = true;
    }
  };

  return {
    look,
    keepLooking() {
      if (ending.signal.aborted) return;
      looking = lookQuietly().finally(() => {
        if (ending.signal.aborted) return;
        timer = setTimeout(() => this.keepLooking(), everyMs).unref();
      });
    },
    [Symbol.asyncDispose]: async () => {
      ending.abort();
      clearTimeout(timer);
      await looking;
    },
  };
}

/** The keep says it failed; or it was applied, did not hold, and a revert took its place. */
function failedIts({ state, expected = [], apply, changedAt }: ChangeView, now: Date): boolean {
  if (!(now.getTime() - Date.parse(changedAt) <= oldestMs)) return false;
  const isTakenBack = state === 'superseded' && apply !== undefined;
  return state === 'failed-expectation' || (isTakenBack && expected.some(({ result }) => result !== 'pass'));
}

const minutesBeforeMs = 15 * 60_000;

function draftOf(view: ChangeView, redact: (text: string) => string, now: Date): IncidentDraft {
  const { id, stack, expected = [], apply, changedAt } = view;
  const missed = expected.filter(({ result }) => result !== 'pass');
  // A keep whose clock is ahead noticed nothing in the future.
  const at = new Date(Math.min(Date.parse(changedAt), now.getTime()));
  const startedMs = Date.parse(apply?.startedAt ?? changedAt);
  const appliedMs = Number.isNaN(startedMs) ? at.getTime() : Math.min(startedMs, at.getTime());
  const namespaces = changedNamespaces(view).slice(0, 20);
  const symptom = missed.map(({ what, result, detail }) => oneLine(`${what}: ${result}, ${detail}`, 400)).join('\n');
  return {
    title: redact(`the change of ${stack} did not do what was expected of it`).slice(0, 200),
    symptom: redact(symptom === '' ? `an expectation of ${id} did not hold` : symptom).slice(0, 2_000),
    detectedBy: 'change',
    detectedAt: at,
    window: { from: new Date(appliedMs - minutesBeforeMs), to: undefined },
    services: [],
    namespaces,
    change: id,
    fingerprint: fingerprintOf({ alert: `change:${id}` }),
  };
}
