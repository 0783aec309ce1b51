import type { ObjectId } from '../repository.ts';
import { gitError } from './errors.ts';
import { assertObjectId } from './names.ts';
import type { Git } from './program.ts';

/** Blobs by their id, in one process. Errors: `git-failed` also where one is missing or is no blob. */
export async function readBlobs(git: Git, blobs: readonly ObjectId[]): Promise<ReadonlyMap<ObjectId, Buffer>> {
  const wanted = [...new Set(blobs.map(assertObjectId))];
  if (wanted.length === 0) return new Map();
  const { stdout } = await git.run(['cat-file', '--batch'], { input: `${wanted.join('\n')}\n` });
  const found = new Map<ObjectId, Buffer>();
  let at = 0;
  for (const id of wanted) {
    const end = stdout.indexOf(0x0a, at);
    const [, size] = new RegExp(`^${id} blob (\\d+)$`).exec(stdout.toString('latin1', at, Math.max(end, at))) ?? [];
    if (size === undefined) {
      throw gitError('git-failed', {
        message: `the repository has no file content ${id}`,
        next: 'fetch again; if it stays so, remove the mirror and let it be made anew',
      });
    }
    const start = end + 1;
    found.set(id, stdout.subarray(start, start + Number(size)));
    at = start + Number(size) + 1;
  }
  return found;
}
