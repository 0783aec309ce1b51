import type { ObjectId, PushCredential, Repository } from '../../iac/repository.ts';
import { CastellanError } from '../../kit/index.ts';
import type { LandedTable } from '../journal/landed-table.ts';
import { landingError } from './errors.ts';

/** Where the keep lands, and with what. */
export interface TargetBranch {
  readonly git: Repository;
  readonly branch: string;
  /** `repository.push` of keep.yaml; undefined: nothing is pushed. */
  readonly push: PushCredential | undefined;
  readonly landed: LandedTable;
  readonly now: () => Date;
  /** The keep's own end. */
  readonly signal: AbortSignal;
  /** From the remote, now. Errors: `repository-unreachable`. */
  fetch(): Promise<void>;
}

/** Others push to the branch as well; whoever is always faster than this is no accident. */
const mostTries = 5;

/**
 * Puts a commit on the branch: `make` gives one for the head it is told, or one that is on the branch already. A head that moves in
 * between is asked for again. What is on the branch then is written down as the keep's own.
 */
export async function putOnBranch(
  target: TargetBranch,
  change: string,
  make: (head: ObjectId) => Promise<{ readonly commit: ObjectId; readonly there: boolean }>,
): Promise<ObjectId> {
  const { git, branch, landed, now } = target;
  for (let tries = 1; ; tries += 1) {
    await target.fetch();
    const head = await git.resolve(branch);
    const { commit, there } = await make(head);
    try {
      if (!there) await pushRefs(target, [{ ref: `refs/heads/${branch}`, to: commit, seen: head }]);
    } catch (error) {
      if (isMoved(error) && tries < mostTries) continue;
      throw error;
    }
    await landed.add({ id: commit, change, at: now() });
    return commit;
  }
}

export async function pushRefs(
  { git, push, signal }: Pick<TargetBranch, 'git' | 'push' | 'signal'>,
  updates: Parameters<Repository['push']>[0],
): Promise<void> {
  if (push === undefined) {
    throw landingError('landing-failed', {
      message: 'the keep has no credential to push to the infra repository with',
      next: 'give keep.yaml a `repository.push` section, and start the keep again',
    });
  }
  await git.push(updates, push, signal);
}

export function isMoved(error: unknown): boolean {
  return error instanceof CastellanError && error.code === 'push-moved';
}
