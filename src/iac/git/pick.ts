import type { ObjectId, TreeChange } from '../repository.ts';
import { gitError } from './errors.ts';
import { readTree } from './listing.ts';
import { editTree, idIn } from './make.ts';
import { assertObjectId } from './names.ts';
import { changesBetween } from './patch.ts';
import type { Git } from './program.ts';

/** See Repository.pick. Only what the change itself changes is taken along: nothing of its surroundings, nothing is merged. */
export async function pick(git: Git, commit: ObjectId, onto: ObjectId): Promise<ObjectId> {
  const { parents, people, message } = readCommit(
    (await git.run(['cat-file', 'commit', assertObjectId(commit)])).stdout,
  );
  const [parent, ...others] = parents;
  if (parent === undefined || others.length > 0) throw conflict('it is not the change of one commit to another');
  const changes = await changesBetween(git, parent, commit);
  await assertFits(git, changes, onto);
  const tree = await editTree(
    git,
    onto,
    changes.map(({ path, after }) => ({ path, to: after })),
  );
  const head = Buffer.from(`tree ${tree}\nparent ${assertObjectId(onto)}\n${people.join('\n')}\n\n`, 'latin1');
  const written = await git.run(['hash-object', '-t', 'commit', '-w', '--stdin'], {
    input: Buffer.concat([head, message]),
  });
  return idIn(written.stdout);
}

async function assertFits(git: Git, changes: readonly TreeChange[], onto: ObjectId): Promise<void> {
  const listed = await git.run(['ls-tree', '-r', '-z', '--long', '--full-tree', assertObjectId(onto)]);
  const there = new Map(readTree(listed.stdout).map((file) => [file.path, file]));
  for (const { path, before, after } of changes) {
    const found = there.get(path);
    if (found?.blob !== before?.blob || found?.mode !== before?.mode) throw conflict('somebody changed a file of it');
    if (after === undefined || before !== undefined) continue;
    const folders = path.split('/').map((_, index, parts) => parts.slice(0, index).join('/'));
    const blocked = folders.some((folder) => there.has(folder) && !changes.some((one) => one.path === folder));
    const below = [...there.keys()].some((other) => other.startsWith(`${path}/`));
    if (blocked || below) throw conflict('what is a file here is a folder there');
  }
}

/** Raw, as it is stored: words and times go over byte for byte. */
function readCommit(raw: Buffer) {
  const end = raw.indexOf('\n\n');
  const lines = raw.toString('latin1', 0, end).split('\n');
  return {
    parents: lines.filter((line) => line.startsWith('parent ')).map((line) => line.slice('parent '.length)),
    people: lines.filter((line) => /^(author|committer) /.test(line)),
    message: raw.subarray(end + 2),
  };
}

function conflict(why: string): Error {
  return gitError('change-conflicts', {
    message: `the change does not fit on the other commit: ${why}`,
    next: 'bring the files that it changes back to what it was made on, or bring the change in by hand',
  });
}
