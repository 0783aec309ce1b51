import { mkdir, rm, writeFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { ObjectId } from '../repository.ts';
import { gitError } from './errors.ts';
import { assertObjectId } from './names.ts';
import type { Git } from './program.ts';

/** Stands above every `.gitattributes` of the tree: each file is written byte for byte as it is in the repository. */
const attributes = '* -text !eol -crlf -ident -filter !working-tree-encoding -export-subst -export-ignore\n';

const nobody = 'castellan';
const identity = {
  GIT_AUTHOR_NAME: nobody,
  GIT_AUTHOR_EMAIL: `${nobody}@localhost`,
  GIT_AUTHOR_DATE: '2000-01-01T00:00:00Z',
  GIT_COMMITTER_NAME: nobody,
  GIT_COMMITTER_EMAIL: `${nobody}@localhost`,
  GIT_COMMITTER_DATE: '2000-01-01T00:00:00Z',
};

/**
 * A clone in a new directory, on a commit of its own that has this tree and no parent: always the same commit for the same
 * tree. It has no remote, and finds the objects where the mirror has them.
 */
export async function checkOut(git: Git, tree: ObjectId, directory: string): Promise<void> {
  const id = assertObjectId(tree);
  if (!isAbsolute(directory)) throw unusable('it is not absolute');
  try {
    await mkdir(directory, { mode: 0o700 });
  } catch (cause) {
    throw unusable('it is there already, or its parent is not', cause);
  }
  try {
    await fill(git, id, directory);
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

async function fill(git: Git, tree: ObjectId, directory: string): Promise<void> {
  const folder = join(directory, '.git');
  const env = { GIT_DIR: folder, GIT_WORK_TREE: directory, ...identity };
  await git.run(['init', '--quiet', '--template=', '--object-format=sha1', '--initial-branch=none'], { env });
  await mkdir(join(folder, 'info'), { recursive: true });
  await writeFile(join(folder, 'info', 'attributes'), attributes);
  await writeFile(join(folder, 'objects', 'info', 'alternates'), `${join(git.mirror, 'objects')}\n`);
  await git.run(['read-tree', `${tree}^{tree}`], { env });
  await git.run(['checkout-index', '--all', '--quiet'], { env });
  const commit = await git.run(['commit-tree', '-m', 'proposed', `${tree}^{tree}`], { env });
  const head = assertObjectId(commit.stdout.toString('latin1').trim());
  await git.run(['update-ref', '--no-deref', 'HEAD', head], { env });
}

function unusable(why: string, cause?: unknown): Error {
  return gitError('git-failed', {
    message: `the directory for a clone cannot be used: ${why}`,
    next: 'choose a new directory under the work directory',
    cause,
  });
}
