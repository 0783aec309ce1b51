import type { RequestView, SecretWish } from '../../change/wire/secret.ts';
import { canonicalJson } from '../../store/canonical-json.ts';
import type { StoreLog } from '../../store/log.ts';
import { createTurns } from '../../store/turns.ts';
import { principalOf, type RequestTable } from '../journal/request-table.ts';
import type { Notifier } from '../notify/port.ts';
import { newId } from '../runs/run-id.ts';
import { within } from '../runs/waiting.ts';
import type { RequestBoard } from './board.ts';
import { noVault } from './bodies.ts';
import { notPossible, requestError, requestOver } from './errors.ts';
import type { Requests } from './port.ts';
import type { Sights } from './sights.ts';
import { isOver } from './states.ts';

export interface AskingOptions {
  readonly board: RequestBoard;
  readonly requests: RequestTable;
  readonly sights: Sights | undefined;
  readonly notifier: Pick<Notifier, 'tell'>;
  readonly hours: number;
  /** Of one principal that may wait at a time. */
  readonly pending: number;
  readonly log: StoreLog;
  readonly now: () => Date;
  readonly signal: AbortSignal;
}

/** Of one principal within an hour. */
export const perHour = 12;
/** Who asks is a label that the daemon gives: so all together have no more than a handful of principals. */
const handful = 5;
const hourMs = 3_600_000;
const longestReason = 1_000;
const longestWords = 1_000;

/** What agents ask, and what becomes of it without a signature. */
export function createRequests(options: AskingOptions): Requests {
  const { board, requests, sights, notifier, now } = options;
  const turns = createTurns();

  const assertQuota = async (by: Parameters<RequestTable['counts']>[0]): Promise<void> => {
    const counts = await requests.counts(by, new Date(now().getTime() - hourMs));
    const { pending } = options;
    if (counts.waiting >= pending) throw quota(`${counts.waiting} of yours wait for a human already`);
    if (counts.allWaiting >= pending * handful) throw quota(`${counts.allWaiting} wait, which is all that may`);
    if (counts.lately >= perHour) throw quota(`${counts.lately} of yours were made within the hour`);
    if (counts.allLately >= perHour * handful) throw quota(`${counts.allLately} were made within the hour`);
  };

  const assertReadable = (wish: SecretWish): void => {
    if (canonicalJson(board.clean(wish)) === canonicalJson(wish)) return;
    throw notPossible('what it names has characters that nobody sees', 'name it in letters that can be read');
  };

  const request: Requests['request'] = async (wish, reason, by) => {
    if (sights === undefined) throw noVault();
    assertReadable(wish);
    if (reason.trim() === '') throw notPossible('nobody says what it is for', 'give a reason, for the human to judge');
    await board.sweep();
    // Also before Vault is asked: whoever has spent theirs is not to ask it of anything.
    await assertQuota(by);
    const version = await sights.look(wish);
    return turns.take(async () => {
      await assertQuota(by);
      const at = now();
      const view = board.clean<RequestView>({
        id: newId('req'),
        wish,
        state: 'waiting',
        agent: by.agent,
        human: by.human,
        reason: reason.slice(0, longestReason),
        createdAt: at.toISOString(),
        changedAt: at.toISOString(),
        expiresAt: new Date(at.getTime() + options.hours * hourMs).toISOString(),
        ...(version === undefined ? {} : { version }),
      });
      await requests.add(view);
      notifier.tell({ what: 'secret-request', id: view.id, urgent: false });
      return view;
    });
  };

  const waiting = async (id: string): Promise<RequestView> => {
    const view = await board.get(id);
    if (view.state !== 'waiting') throw requestOver(id, view.state);
    return view;
  };

  return {
    request,
    status: async (id, waitMs, signal) => {
      const until = performance.now() + waitMs;
      let changed = board.changed();
      const before = await board.get(id);
      let view = before;
      while (view.state === before.state && !isOver(view.state)) {
        const left = until - performance.now();
        if (left <= 0 || signal.aborted || options.signal.aborted) break;
        await within(changed, Math.min(left, untilDue(view, now())), AbortSignal.any([signal, options.signal]));
        changed = board.changed();
        view = await board.get(id);
      }
      return view;
    },
    latest: async (limit, open) => {
      await board.sweep();
      return requests.latest(limit, open === true);
    },
    withdraw: async (id, by) => {
      const view = await waiting(id);
      if (principalOf(view) !== principalOf(by)) {
        throw requestError('request-not-yours', {
          message: `${id} was made by somebody else`,
          next: 'leave it to them, or to a human',
        });
      }
      return board.move('waiting', { ...view, state: 'withdrawn' });
    },
    reject: async (id, words, by) => {
      const view = await waiting(id);
      const told = words.trim() === '' ? {} : { words: words.slice(0, longestWords) };
      return board.move('waiting', { ...view, ...told, state: 'rejected', by }, by);
    },
  };
}

function quota(reason: string): Error {
  return requestError('request-quota', {
    message: `no more can be asked of humans now: ${reason}`,
    next: 'withdraw what is not needed any more, or wait for a human',
  });
}

/** Somebody who waits hears also of what ends by the clock. */
function untilDue({ expiresAt }: RequestView, at: Date): number {
  const left = expiresAt === undefined ? hourMs : Date.parse(expiresAt) - at.getTime();
  return Math.max(left, 0) + 50;
}
