import type { ObjectId, Repository } from '../../iac/repository.ts';
import { CastellanError } from '../../kit/index.ts';

/**
 * How what the keep landed becomes trusted.
 *
 * The branch may be ahead of the trusted base: others push to it, and nobody has adopted that yet. A change that is landed then
 * gets on top of commits that no approver has seen, and the commit on the branch cannot be trusted for what is below it. So not
 * the commit is trusted but what it changes:
 *
 *   start     the commit that was adopted last, or the first of keep.yaml
 *   line      start, and on it, one after the other, what each landed commit changes. Where the landed commit's parent is the
 *             line's end, the landed commit itself is the new end; where it is not (somebody's commits are between), the end is a
 *             commit of the keep's own with the same change, which no branch has
 *   base      the end of the line
 *
 *   branch    B ── x ── L1 ── L2        x: nobody adopted it
 *   line      B ── L1' ── L2'           until x, or anything after it, is adopted: then the line is on the branch again
 *
 * Two things follow. The base never holds a byte that neither an approver adopted nor a signature covered. And nothing that was
 * landed is lost for what is planned next, whatever else is on the branch: also where somebody takes it off the branch again, for
 * which commits are ours is in the journal, not on the branch. An adoption is the last word: what does not descend from the
 * adopted commit is not put on it.
 *
 * The line is a function of what was adopted, what was landed and of commits, which never change: it is the same at every keep
 * start, and nothing of it has to be kept.
 */
export interface LandedLine {
  end(start: ObjectId, landed: readonly ObjectId[]): Promise<LineEnd>;
}

export interface LineEnd {
  readonly base: ObjectId;
  /** Why the line ends before the last that was landed. */
  readonly problem: string | undefined;
}

type Git = Pick<Repository, 'commit' | 'isAncestor' | 'keepRef' | 'pick'>;

export function openLandedLine(git: Git): LandedLine {
  let last: { readonly start: ObjectId; readonly landed: readonly ObjectId[]; readonly end: ObjectId } | undefined;

  const next = async (start: ObjectId, end: ObjectId, landed: ObjectId): Promise<ObjectId> => {
    if (!(await git.isAncestor(start, landed)) || (await git.isAncestor(landed, end))) return end;
    const { parents } = await git.commit(landed);
    if (parents.length === 1 && parents[0] === end) return landed;
    const own = await git.pick(landed, end);
    await git.keepRef('base', own);
    return own;
  };

  return {
    end: async (start, landed) => {
      const known = last?.start === start && last.landed.every((id, index) => landed[index] === id) ? last : undefined;
      let end = known?.end ?? start;
      const done = [...(known?.landed ?? [])];
      for (const id of landed.slice(done.length)) {
        try {
          end = await next(start, end, id);
        } catch (error) {
          if (!(error instanceof CastellanError)) throw error;
          return { base: end, problem: `the landed commit ${id} cannot be trusted: ${error.message}` };
        }
        done.push(id);
        last = { start, landed: [...done], end };
      }
      return { base: end, problem: undefined };
    },
  };
}
