import type { RequestState, RequestView } from '../../change/wire/secret.ts';
import { CastellanError } from '../../kit/index.ts';
import type { Redactor } from '../../redaction/redactor.ts';
import type { StoreLog } from '../../store/log.ts';
import type { RequestTable } from '../journal/request-table.ts';
import { writableView } from '../runs/view-text.ts';
import { requestError, requestOver } from './errors.ts';
import { isOver } from './states.ts';

/** Where every request stands. All steps go through here, and whoever waits hears of each. */
export interface RequestBoard {
  /** As it is now; one that nobody came for is over. Errors: `request-not-found`. */
  get(id: string): Promise<RequestView>;
  /** Errors: `request-over`, when it is not in that state any more. */
  move(from: RequestState, to: RequestView, human?: string): Promise<RequestView>;
  /** What is told of one that is over. */
  note(id: string, change: (view: RequestView) => RequestView): Promise<void>;
  /** Expires what nobody came for, and ends what is signed and nobody is at. */
  sweep(): Promise<void>;
  /** Somebody is at it from here until it is let go: it is not lost. */
  hold(id: string): void;
  letGo(id: string): void;
  /** Resolves with the next step. */
  changed(): Promise<void>;
  clean<View extends object>(view: View): View;
}

export interface BoardOptions {
  readonly requests: RequestTable;
  readonly redactor: Pick<Redactor, 'agentText'>;
  readonly log: StoreLog;
  readonly now: () => Date;
}

export function createBoard({ requests, redactor, log, now }: BoardOptions): RequestBoard {
  const atWork = new Set<string>();
  let change = Promise.withResolvers<void>();

  // Whoever's words they are: what agents are shown again must answer no guess of theirs.
  const clean = <View extends object>(view: View): View => writableView(view, { text: redactor.agentText });

  const move: RequestBoard['move'] = async (from, to, human) => {
    const written = clean({ ...to, changedAt: now().toISOString() });
    if (!(await requests.move(from, written, human))) {
      throw requestOver(to.id, (await requests.get(to.id))?.state ?? 'gone');
    }
    change.resolve();
    change = Promise.withResolvers<void>();
    return written;
  };

  /** As `move`, where somebody else may have been first. */
  const tryMove = async (from: RequestState, to: RequestView): Promise<void> => {
    try {
      await move(from, to);
    } catch (error) {
      if (!(error instanceof CastellanError && error.code === 'request-over')) throw error;
      log.info({ id: to.id, state: to.state }, 'request.moved-meanwhile');
    }
  };

  const settle = async (view: RequestView): Promise<void> => {
    if (view.state === 'waiting' && isDue(view, now())) {
      await tryMove('waiting', { ...view, state: 'expired', why: 'no human signed it in time' });
    }
    if (view.state === 'signed' && !atWork.has(view.id)) {
      await tryMove('signed', { ...view, state: 'failed', why: whyLost(view) });
    }
  };

  const find = async (id: string): Promise<RequestView> => {
    const view = await requests.get(id);
    if (view !== undefined) return view;
    throw requestError('request-not-found', { message: 'there is no such request', next: 'ask for the latest ones' });
  };

  return {
    clean,
    move,
    get: async (id) => {
      const view = await find(id);
      await settle(view);
      return isOver(view.state) ? view : find(id);
    },
    note: async (id, edit) => {
      await requests.note(clean(edit(await find(id))));
      change.resolve();
      change = Promise.withResolvers<void>();
    },
    sweep: async () => {
      for (const view of await requests.open()) await settle(view);
    },
    hold: (id) => {
      atWork.add(id);
    },
    letGo: (id) => {
      atWork.delete(id);
    },
    changed: () => change.promise,
  };
}

function isDue({ expiresAt }: RequestView, at: Date): boolean {
  return expiresAt !== undefined && Date.parse(expiresAt) <= at.getTime();
}

/** It was signed, and nobody knows how far it came. */
function whyLost({ wish, version }: RequestView): string {
  const after = `version ${(version ?? 0) + 1}`;
  const known = {
    reveal: 'the value may have been shown to who signed',
    write: `whether the value was written is not known: look whether there is a ${after}, and who made it`,
    generate: `whether a value was written is not known: look whether there is a ${after}, and who made it`,
    lease: 'a token may have been lent; it ends by itself',
  }[wish.kind];
  return `the keep ended in the middle of it: ${known}. It is not tried again`;
}
