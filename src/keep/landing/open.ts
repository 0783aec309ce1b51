import type { ObjectId, Person, Repository } from '../../iac/repository.ts';
import type { StoreLog } from '../../store/log.ts';
import { isMoved, pushRefs, putOnBranch, type TargetBranch } from './branch.ts';
import { landingError, landingFailed } from './errors.ts';
import { messageOf } from './message.ts';
import { type MovedParts, movedSince } from './moved.ts';
import type { Landing } from './port.ts';

/**
 * What the keep brings into the repository.
 *
 *  refs/castellan/<change>           here and, once announced, at the remote: the commit that was signed
 *  refs/castellan/landing/<commit>   here alone: as what a signed commit was last pushed to the branch
 *  the journal's landed commits      what did arrive there; the trusted base is made of them, see repository/landed-line.ts
 */
export interface LandingOptions extends TargetBranch, MovedParts {
  readonly log: StoreLog;
}

/** Who commits: the keep, whoever asked for it. */
export const keepItself: Person = { name: 'castellan', email: 'castellan@localhost' };

export function openLanding(options: LandingOptions): Landing {
  const { git, log } = options;

  const commitOnto = async (signed: ObjectId, head: ObjectId): Promise<{ commit: ObjectId; there: boolean }> => {
    const found = await findOn(git, signed, head);
    if (found !== undefined) return { commit: found, there: true };
    const [parent] = (await git.commit(signed)).parents;
    const commit = parent === head ? signed : await git.pick(signed, head);
    // Before it is pushed: whoever dies in between finds it again.
    await git.keepRef(`landing/${signed}`, commit);
    return { commit, there: false };
  };

  return {
    commit: async (proposal) => {
      const commit = await git.writeCommit({
        tree: proposal.tree,
        parents: [proposal.base],
        message: messageOf(proposal),
        author: keepItself,
        committer: keepItself,
        at: proposal.at,
      });
      for (const change of new Set([proposal.change, ...(proposal.changes ?? [])])) await git.keepRef(change, commit);
      return commit;
    },
    announce: async (change, commit) => {
      try {
        const ref = `refs/castellan/${change}`;
        await pushRefs(options, [{ ref, to: commit, seen: undefined }]).catch(async (error: unknown) => {
          // An earlier attempt of the change was announced already; what is announced is never taken back.
          if (!isMoved(error)) throw error;
          await pushRefs(options, [{ ref: `${ref}.${commit}`, to: commit, seen: undefined }]);
        });
      } catch (error) {
        throw landingFailed(error);
      }
    },
    moved: (document) => movedSince(document, options),
    land: async (change, signed) => {
      try {
        const landed = await putOnBranch(options, change, (head) => commitOnto(signed, head));
        log.info({ change, signed, landed }, 'change.on-branch');
        return landed;
      } catch (error) {
        throw landingFailed(error);
      }
    },
  };
}

/**
 * The signed commit on the branch, where it is there: itself, or as what the keep pushed it, or a commit that changes exactly the
 * same. A message that names the change proves nothing, for everybody who pushes can write one.
 */
async function findOn(git: Repository, signed: ObjectId, head: ObjectId): Promise<ObjectId | undefined> {
  for (const known of [signed, await git.keptRef(`landing/${signed}`)]) {
    if (known !== undefined && (await git.isAncestor(known, head))) return known;
  }
  const [parent] = (await git.commit(signed)).parents;
  const changes = parent === undefined ? [] : await git.changes(parent, signed);
  const [first] = changes;
  if (first === undefined) throw failed('the commit changes nothing', 'this is a defect of Castellan');
  const there = new Map((await git.files(head)).map((file) => [file.path, file]));
  const isThere = changes.every(({ path, after }) => {
    const found = there.get(path);
    return found?.blob === after?.blob && found?.mode === after?.mode;
  });
  if (!isThere) return undefined;
  const last = await git.lastTouched(head, first.path);
  const [before, ...more] = last?.parents ?? [];
  if (last !== undefined && before !== undefined && more.length === 0) {
    const same = JSON.stringify(await git.changes(before, last.id)) === JSON.stringify(changes);
    if (same) return last.id;
  }
  throw failed(
    'the branch has what the change brings already, by commits that nobody signed here',
    'look at them and adopt the branch',
  );
}

function failed(message: string, next: string): Error {
  return landingError('landing-failed', { message, next });
}
