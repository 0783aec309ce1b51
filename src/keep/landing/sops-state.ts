import { posix } from 'node:path';
import type { ObjectId } from '../../iac/repository.ts';
import type { StateKeeper } from '../applier/create.ts';
import { putOnBranch, type TargetBranch } from './branch.ts';
import { landingError, landingFailed } from './errors.ts';
import { keepItself } from './open.ts';

/**
 * A state that is a file of the repository: what the engine left is encrypted where it lies, in memory, and only that is ever
 * committed. It is on the branch before anything else of the change goes on: the next plan starts from it.
 */
export function createStateKeeper(target: TargetBranch): StateKeeper {
  const { git, now, signal } = target;
  return {
    save: async ({ change, stack, tree, surroundings }) => {
      const encrypted = await surroundings.encryptedState(tree, signal);
      if (encrypted === undefined) throw failed(`the engine left no state of ${stack}`);
      const path = posix.normalize(encrypted.path);
      const before = await fileAt(tree, path);
      const at = now();
      const message = [`castellan: state of ${stack}`, `Castellan-Change: ${change}\nCastellan-State: ${stack}`].join(
        '\n\n',
      );
      try {
        await putOnBranch(target, change, async (head) => {
          const kept = await git.keptRef(`state/${change}`);
          if (kept !== undefined && (await git.isAncestor(kept, head))) return { commit: kept, there: true };
          // Somebody else's state must not be lost under ours.
          if ((await fileAt(head, path)) !== before)
            throw failed(`somebody changed the state of ${stack} on the branch meanwhile`);
          const commit = await git.writeCommit({
            tree: await git.writeFile((await git.commit(head)).tree, path, encrypted.bytes),
            parents: [head],
            message: `${message}\n`,
            author: keepItself,
            committer: keepItself,
            at,
          });
          await git.keepRef(`state/${change}`, commit);
          return { commit, there: false };
        });
      } catch (error) {
        throw landingFailed(error);
      }
    },
  };

  async function fileAt(tree: ObjectId, path: string): Promise<string | undefined> {
    const found = (await git.files(tree)).find((file) => file.path === path);
    return found && `${found.mode} ${found.blob}`;
  }
}

function failed(message: string): Error {
  return landingError('landing-failed', {
    message,
    next: 'the state is sealed in the keep: compare it with the one on the branch, and bring the newer one there',
  });
}
