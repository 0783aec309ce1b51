import { posix } from 'node:path';
import type { Repository } from '../../iac/repository.ts';
import { CastellanError } from '../../kit/index.ts';
import type { StoreLog } from '../../store/log.ts';
import type { Profile } from '../config/valid.ts';
import type { ChangeTable } from '../journal/change-table.ts';
import type { ForeignTable, KnownState, StateMark } from '../journal/foreign-table.ts';
import type { LandedTable } from '../journal/landed-table.ts';
import type { Notifier } from '../notify/port.ts';
import { difference, unexplained } from './account.ts';
import { ownApplies } from './own-applies.ts';
import type { PgStates } from './pg-state.ts';
import type { ForeignApply } from './port.ts';

/**
 * Watches the state of every planned stack for what was done to it by other hands.
 *
 *  mark        what a state is known by: lineage, serial and digest, or the blob of its encrypted file on the branch
 *  accounted   the last mark that was explained, by an apply of ours or by having been told; a stack seen first is accounted as it is
 *  foreign     a mark that differs from it and that no apply of ours explains; told once, shown until a human has seen it
 *  unknown     a mark that cannot be read: a problem as long as it lasts, and nothing is accounted
 */
export interface ForeignWatch extends AsyncDisposable {
  /** Looks at all stacks now; whoever asks during a look waits for the next. */
  look(): Promise<void>;
  /** That nobody has seen yet, oldest first. */
  foreign(): Promise<readonly ForeignApply[]>;
  seen(stack: string, at: Date, approver: string): Promise<void>;
  problems(): readonly string[];
}

export interface ForeignWatchOptions {
  /** Every stack that is planned. */
  stacks(): Promise<readonly { readonly stack: string; readonly profile: Profile }[]>;
  readonly states: Pick<PgStates, 'markOf'>;
  readonly git: Pick<Repository, 'commit' | 'files' | 'lastTouched' | 'resolve'>;
  readonly branch: string;
  /** Content with what was fetched a minute ago. */
  fetch(): Promise<void>;
  readonly landed: Pick<LandedTable, 'all'>;
  readonly changes: Pick<ChangeTable, 'latest'>;
  readonly table: ForeignTable;
  readonly notifier: Pick<Notifier, 'tell'>;
  readonly log: StoreLog;
  readonly now: () => Date;
  /** Ten minutes unless given. */
  readonly everyMs?: number;
}

interface Seen {
  readonly mark: StateMark;
  /** What of it is foreign, where the mark alone does not tell. */
  readonly foreign: readonly string[] | undefined;
}

type Unknown = { readonly unknown: string };

const tenMinutes = 600_000;

export function openForeignWatch(options: ForeignWatchOptions): ForeignWatch {
  const { table, notifier, log, now } = options;
  const problems = new Map<string, string>();
  let looking: Promise<void> = Promise.resolve();

  const account = async (stack: string, known: KnownState | undefined, seen: Seen, at: Date): Promise<void> => {
    const { ended } = await ownApplies(options.changes, stack, known?.at);
    const whats = known === undefined ? [] : (seen.foreign ?? unexplained(known.mark, ended, seen.mark));
    const foreign = whats.length === 0 ? [] : [{ stack, at, what: whats.join('; ') }];
    await table.account(stack, { mark: seen.mark, at }, foreign);
    for (const one of foreign) {
      log.warn({ stack, what: one.what }, 'foreign.apply');
      notifier.tell({ what: 'foreign-apply', id: stack, urgent: true });
    }
  };

  const lookAt = async (stack: string, profile: Profile): Promise<void> => {
    // Taken before the look: what ends after it is looked at again.
    const at = now();
    const known = await table.known(stack);
    if ((await ownApplies(options.changes, stack, known?.at)).isRunning) return;
    const seen = await seenOf(stack, profile, known, options);
    if (seen === undefined) return;
    if ('unknown' in seen) {
      problems.set(stack, `whether somebody else applied ${stack} is unknown: ${seen.unknown}`);
      return;
    }
    // One that began, or ended, while it was looked at explains what the next look sees.
    const { isRunning, ended } = await ownApplies(options.changes, stack, at);
    if (isRunning || ended.length > 0) return;
    await account(stack, known, seen, at);
    problems.delete(stack);
  };

  const lookAtAll = async (): Promise<void> => {
    // First: a keep that has just started may have no commit yet to read the stacks from.
    await options.fetch().then(
      () => problems.delete(everything),
      (error: unknown) => problems.set(everything, `whether a sealed state moved is unknown: ${wordsOf(error)}`),
    );
    const stacks = await options.stacks();
    for (const stack of problems.keys())
      if (stack !== everything && !stacks.some((one) => one.stack === stack)) problems.delete(stack);
    for (const { stack, profile } of stacks) {
      try {
        await lookAt(stack, profile);
      } catch (error) {
        log.error({ err: error, stack }, 'foreign.look.failed');
        problems.set(stack, `whether somebody else applied ${stack} is unknown: ${wordsOf(error)}`);
      }
    }
  };

  const look = (): Promise<void> => {
    const turn = looking.then(lookAtAll).catch((error: unknown) => {
      log.error({ err: error }, 'foreign.look.failed');
      problems.set(everything, `whether somebody else applied anything is unknown: ${wordsOf(error)}`);
    });
    looking = turn;
    return turn;
  };

  const timer = setInterval(() => void look(), options.everyMs ?? tenMinutes).unref();
  return {
    look,
    foreign: () => table.unseen(),
    seen: (stack, at, approver) => table.seen(stack, at, approver),
    problems: () => [...problems.values()],
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      await looking;
    },
  };
}

/** No stack has this name. */
const everything = '';

/** Undefined: nothing of its state can be seen from here, as a profile without one says. */
async function seenOf(
  stack: string,
  { state }: Profile,
  known: KnownState | undefined,
  options: ForeignWatchOptions,
): Promise<Seen | Unknown | undefined> {
  switch (state.kind) {
    case 'pg': {
      const mark = await options.states.markOf(stack, state.connection);
      return 'unknown' in mark ? mark : { mark, foreign: undefined };
    }
    case 'sops':
      return sealedOf(posix.normalize(state.encrypted.replaceAll('{name}', posix.basename(stack))), known, options);
    case 'none':
      return undefined;
  }
}

/** A file of the branch is accounted for by the commit that last touched it: one this keep put there since. */
async function sealedOf(
  path: string,
  known: KnownState | undefined,
  { git, branch, landed }: ForeignWatchOptions,
): Promise<Seen> {
  const head = await git.resolve(branch);
  const file = (await git.files((await git.commit(head)).tree)).find((one) => one.path === path);
  const mark: StateMark = file === undefined ? { kind: 'none' } : { kind: 'blob', blob: file.blob };
  if (known === undefined || difference(known.mark, mark) === undefined) return { mark, foreign: [] };
  const last = await git.lastTouched(head, path);
  const own = (await landed.all()).find(({ id }) => id === last?.id);
  if (own !== undefined && own.at > known.at) return { mark, foreign: [] };
  const where = last === undefined ? '' : ` in commit ${last.id.slice(0, 12)}`;
  return {
    mark,
    foreign: [file === undefined ? `its sealed state is gone${where}` : `its sealed state changed${where}`],
  };
}

function wordsOf(error: unknown): string {
  return error instanceof CastellanError ? error.message : 'it failed; the log has more';
}
