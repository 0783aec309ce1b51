import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectId, TreeChange } from '../repository.ts';
import { gitError } from './errors.ts';
import { readChanges } from './listing.ts';
import { assertObjectId } from './names.ts';
import { endInWords, type Git } from './program.ts';

const mostBytes = 256 * 1024;
const mostFiles = 500;
const longestPath = 1_024;

/**
 * The tree that a unified diff makes of another. It is made in an index of its own: no file is ever written. Git refuses
 * paths that lead out of the tree, into `.git` or through a link; what a tree may hold beyond that is the gate's to judge.
 * Errors: `patch-unusable`.
 */
export async function applyPatch(
  git: Git,
  base: ObjectId,
  patch: string,
  { binary = false }: { readonly binary?: boolean } = {},
): Promise<ObjectId> {
  assertPatch(patch, binary);
  const scratch = await mkdtemp(join(git.mirror, 'castellan-index-'));
  const env = { GIT_INDEX_FILE: join(scratch, 'index') };
  try {
    await git.run(['read-tree', assertObjectId(base)], { env });
    const applied = await git.attempt(['apply', '--cached', '--whitespace=nowarn', '-p1', '-'], { env, input: patch });
    // Of a patch with a damaged end Git takes what was before it, and is content.
    if (applied.exitCode !== 0 || /^error: corrupt/m.test(applied.stderr))
      throw unusable(whyRefused(applied.stderr), new Error(applied.stderr || endInWords(applied)));
    const tree = assertObjectId((await git.run(['write-tree'], { env })).stdout.toString('latin1').trim());
    assertOutcome(await changesBetween(git, base, tree));
    return tree;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** What differs, by path. */
export async function changesBetween(git: Git, base: ObjectId, proposed: ObjectId): Promise<readonly TreeChange[]> {
  const shape = ['-r', '-z', '--raw', '--no-abbrev', '--no-renames', '--no-ext-diff'];
  const ids = [`${assertObjectId(base)}^{tree}`, `${assertObjectId(proposed)}^{tree}`];
  return readChanges((await git.run(['diff-tree', ...shape, ...ids])).stdout);
}

function assertPatch(patch: string, binary: boolean): void {
  if (Buffer.byteLength(patch) > mostBytes) throw unusable(`it is larger than ${mostBytes / 1_024} KB`);
  if (patch.includes('\0')) throw unusable('it holds NUL characters');
  if (!patch.isWellFormed()) throw unusable('it is not Unicode');
  if (!binary && /^GIT binary patch\r?$|^Binary files .* differ\r?$/m.test(patch))
    throw unusable('it changes a binary file');
}

function assertOutcome(changes: readonly TreeChange[]): void {
  if (changes.length === 0) throw unusable('it changes nothing');
  if (changes.length > mostFiles) throw unusable(`it changes more than ${mostFiles} files`);
  for (const { path, before, after } of changes) {
    if (before?.mode === '160000' || after?.mode === '160000') throw unusable('it changes a submodule');
    if (Buffer.byteLength(path) > longestPath) throw unusable('it names a path that is too long');
    // Line breaks, escape sequences and letters that turn the reading direction.
    if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(path)) throw unusable('it names a path with characters that do not show');
  }
}

function whyRefused(stderr: string): string {
  const [, path, line] = /^error: patch failed: ([\w./-]+):(\d+)$/m.exec(stderr) ?? [];
  if (path !== undefined) return `its part for line ${line} of ${path} does not fit the base`;
  const [, missing] = /^error: ([\w./-]+): does not exist in index$/m.exec(stderr) ?? [];
  if (missing !== undefined) return `the base has no file ${missing}`;
  const [, there] = /^error: ([\w./-]+): already exists in index$/m.exec(stderr) ?? [];
  if (there !== undefined) return `the base has ${there} already`;
  if (/invalid path|beyond a symbolic link/.test(stderr)) return 'it names a path that is not allowed';
  if (/corrupt patch|unrecognized input|No valid patches|garbage/.test(stderr)) return 'it is not a unified diff';
  return 'git does not accept it';
}

function unusable(why: string, cause?: Error): Error {
  return gitError('patch-unusable', {
    message: `the patch cannot be used: ${why}`,
    next: 'send a unified diff with a/ and b/ paths from the root of the repository, made against the base commit (git diff)',
    ...(cause === undefined ? {} : { cause }),
  });
}
