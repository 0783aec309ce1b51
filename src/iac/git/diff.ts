import { isUtf8 } from 'node:buffer';
import type { ObjectId } from '../repository.ts';
import { gitError } from './errors.ts';
import { assertObjectId } from './names.ts';
import type { Git } from './program.ts';

/** A unified diff of two trees, as `applyPatch` takes it. Errors: `diff-unusable`. */
export async function diffBetween(git: Git, base: ObjectId, proposed: ObjectId, mostBytes: number): Promise<string> {
  const shape = ['--patch', '-r', '--binary', '--full-index', '--no-renames', '--no-color'];
  const plain = ['--no-ext-diff', '--no-textconv', '--src-prefix=a/', '--dst-prefix=b/'];
  const trees = [`${assertObjectId(base)}^{tree}`, `${assertObjectId(proposed)}^{tree}`];
  const args = ['diff-tree', ...shape, ...plain, ...trees];
  const done = await git.attempt(args, { mostBytes });
  if (done.ended === 'too-much-output') throw unusable(`it is larger than ${mostBytes} bytes`);
  if (done.exitCode !== 0) await git.run(args, { mostBytes });
  if (!isUtf8(done.stdout)) throw unusable('a file of it is not UTF-8');
  return done.stdout.toString('utf8');
}

function unusable(why: string): Error {
  return gitError('diff-unusable', {
    message: `the difference of two trees cannot be given as text: ${why}`,
    next: 'look at it in the repository: the commit is under refs/castellan',
  });
}
