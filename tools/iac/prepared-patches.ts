import { diffSide } from '../../src/iac/edit/diff-side.ts';
import { oneLine, type Principal, randomDigits, stripHiddenCharacters } from '../../src/kit/index.ts';
import type { Redactor } from '../../src/redaction/redactor.ts';
import type { Queryable } from '../../src/store/database.ts';
import type { LentDatabase } from '../../src/store/port.ts';
import { iacError } from './errors.ts';

/**
 * Edits that denied commands were turned into, under ids that are short enough to be written into a line. An id is nobody's
 * right: it is good for agents of the human it was made for, whichever of them asks, since the guard and the session come
 * through different connections of one human; and for a week.
 */
export interface PreparedPatches {
  /**
   * The id, `patch_` and 26 base32 digits. Errors: `patch-holds-secret` where redaction masks anything of the diff; nothing is
   * kept then. `store-unavailable`.
   */
  keep(patch: NewPatch): Promise<string>;
  /** The diff. Errors: `patch-unknown`, also where it is another human's or too old; `store-unavailable`. */
  diffOf(id: string, of: Pick<Principal, 'human'>, now: Date): Promise<string>;
}

export interface NewPatch {
  readonly by: Pick<Principal, 'agent' | 'human'>;
  readonly stack: string;
  /** What it is for, in any words; kept redacted, on one line. */
  readonly purpose: string;
  readonly diff: string;
  /** What the agent itself put into the diff: whether that is a known value is told to nobody by a refusal. */
  readonly sent: readonly string[];
  readonly now: Date;
}

/** 130 random bits. */
const digits = 26;
const patchId = /^patch_[a-z2-7]{26}$/;
const keptMs = 7 * 24 * 3_600_000;
/** Of one human. */
const mostKept = 200;
const longestPurpose = 300;

export function openPreparedPatches({
  database,
  redactor,
}: {
  readonly database: LentDatabase;
  readonly redactor: Pick<Redactor, 'agentText' | 'echoing' | 'text'>;
}): PreparedPatches {
  return {
    keep: async ({ by: { agent, human }, stack, purpose, diff, sent, now }) => {
      // What was there was written by others: that it holds what the agent sent is told as little as that it does not.
      const before = diffSide(diff, 'before');
      if (redactor.text(before).text !== before || redactor.echoing(sent).text(diff).text !== diff) {
        throw iacError('patch-holds-secret', {
          message: 'a line of the diff, or beside it, holds what redaction masks',
          next: 'edit the file by hand, and propose that with change_propose',
        });
      }
      const id = `patch_${randomDigits(digits)}`;
      const words = oneLine(stripHiddenCharacters(redactor.agentText(purpose).text), longestPurpose).toWellFormed();
      const open = await database.whenOpen();
      await open.transaction(async (transaction) => {
        await transaction.query(
          `insert into castellan.prepared_patch (id, made_at, agent, human, stack, purpose, diff)
           values ($1, $2, $3, $4, $5, $6, $7)`,
          [id, now, agent, human, stack, words, diff],
        );
        await forget(transaction, human, now);
      });
      return id;
    },
    diffOf: async (id, { human }, now) => {
      if (!patchId.test(id)) throw unknown();
      const open = await database.whenOpen();
      const [found] = await open.query<{ diff: string }>(
        `select diff from castellan.prepared_patch where id = $1 and human = $2 and made_at > $3`,
        [id, human, new Date(now.getTime() - keptMs)],
      );
      if (found === undefined) throw unknown();
      return found.diff;
    },
  };
}

/** What is too old, of whomever; and of this human what is too many, the oldest first. */
async function forget(transaction: Queryable, human: string, now: Date): Promise<void> {
  await transaction.query('delete from castellan.prepared_patch where made_at <= $1', [
    new Date(now.getTime() - keptMs),
  ]);
  await transaction.query(
    `delete from castellan.prepared_patch where id in (
       select id from castellan.prepared_patch where human = $1 order by made_at desc, id offset $2)`,
    [human, mostKept],
  );
}

/** Of all of them the same words: whether there is one of another human's is nobody's business. */
function unknown(): Error {
  return iacError('patch-unknown', {
    message: 'no prepared patch of this human has this id; they are kept for a week',
    next: 'ask field_owner with value for the edit again, and give its diff as patch',
  });
}
