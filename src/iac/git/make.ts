import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileMode, NewCommit, ObjectId } from '../repository.ts';
import { gitError } from './errors.ts';
import { assertObjectId } from './names.ts';
import type { Git } from './program.ts';

/** Objects made out of nothing but bytes and ids: no file is written, no attribute of a tree is asked, no hook runs. */

export interface TreeEdit {
  readonly path: string;
  /** Undefined: it goes. */
  readonly to: { readonly mode: FileMode; readonly blob: ObjectId } | undefined;
}

/** The tree with these files instead. Errors: `git-failed` for a path that Git does not allow. */
export async function editTree(git: Git, tree: ObjectId, edits: readonly TreeEdit[]): Promise<ObjectId> {
  const scratch = await mkdtemp(join(git.mirror, 'castellan-index-'));
  const env = { GIT_INDEX_FILE: join(scratch, 'index') };
  try {
    await git.run(['read-tree', `${assertObjectId(tree)}^{tree}`], { env });
    const lines = edits.map(({ path, to }) =>
      to === undefined ? `0 ${'0'.repeat(40)}\t${path}\0` : `${to.mode} ${assertObjectId(to.blob)}\t${path}\0`,
    );
    // Lines end with NUL, so a path can hold anything else.
    if (edits.some(({ path }) => path.includes('\0'))) throw pathRefused();
    await git.run(['update-index', '-z', '--index-info'], { env, input: lines.join('') });
    return idIn((await git.run(['write-tree'], { env })).stdout);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

export async function writeFile(git: Git, tree: ObjectId, path: string, content: Buffer): Promise<ObjectId> {
  const blob = idIn((await git.run(['hash-object', '-w', '--no-filters', '--stdin'], { input: content })).stdout);
  return editTree(git, tree, [{ path, to: { mode: '100644', blob } }]);
}

export async function writeCommit(git: Git, commit: NewCommit): Promise<ObjectId> {
  const { tree, parents, message, author, committer, at } = commit;
  const time = `@${Math.trunc(at.getTime() / 1_000)} +0000`;
  const { stdout } = await git.run(
    [
      'commit-tree',
      '--no-gpg-sign',
      ...parents.flatMap((parent) => ['-p', assertObjectId(parent)]),
      '-F',
      '-',
      `${assertObjectId(tree)}^{tree}`,
    ],
    {
      input: message,
      env: {
        GIT_AUTHOR_NAME: author.name,
        GIT_AUTHOR_EMAIL: author.email,
        GIT_AUTHOR_DATE: time,
        GIT_COMMITTER_NAME: committer.name,
        GIT_COMMITTER_EMAIL: committer.email,
        GIT_COMMITTER_DATE: time,
      },
    },
  );
  return idIn(stdout);
}

export function idIn(output: Buffer): ObjectId {
  return assertObjectId(output.toString('latin1').trim());
}

function pathRefused(): Error {
  return gitError('git-failed', {
    message: 'a path that should be written holds a NUL character',
    next: 'this is a defect of Castellan',
  });
}
