import { lstat, mkdir } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import type { Commit, ObjectId, Repository } from '../repository.ts';
import { readBlobs } from './blobs.ts';
import { checkOut } from './check-out.ts';
import { diffBetween } from './diff.ts';
import { gitError } from './errors.ts';
import { commitFormat, readCommits, readTree } from './listing.ts';
import { writeCommit, writeFile } from './make.ts';
import { assertObjectId, isObjectId, isRefName, keptName } from './names.ts';
import { applyPatch, changesBetween } from './patch.ts';
import { pick } from './pick.ts';
import { endInWords, type Git, gitProgram } from './program.ts';
import { push } from './push.ts';
import { type RemoteOptions, reasonOf, remoteOf } from './remote.ts';

export interface RepositoryOptions extends RemoteOptions {
  /** Absolute. Made where it is missing, mode 0700; nobody else writes there. */
  readonly mirror: string;
  /** Must be there after a fetch. */
  readonly branch: string;
  /** `git` in a fixed PATH unless given. */
  readonly git?: string | undefined;
}

const fetchLimitMs = 120_000;
/** Nothing a server offers beside these, such as pull requests of strangers, comes into the mirror. */
const refSpecs = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*'];
const log = [
  'log',
  '-z',
  '--no-color',
  '--no-decorate',
  '--no-notes',
  '--no-show-signature',
  `--format=${commitFormat}`,
];

/**
 * The keep's own bare mirror of the infra repository, worked on by the git program. It may be empty until the first fetch.
 * Errors: `git-failed`, `repository-unreachable` where the options are unusable.
 */
export async function openRepository(options: RepositoryOptions): Promise<Repository> {
  const remote = remoteOf(options);
  const git = gitProgram(options.git ?? 'git', options.mirror);
  await makeMirror(git);

  const resolve = async (name: string): Promise<ObjectId> => {
    if (isObjectId(name)) return (await commitAt(git, name)) === name ? name : unknownRef();
    if (!isRefName(name)) return unknownRef();
    const found = await Promise.all([commitAt(git, `refs/heads/${name}`), commitAt(git, `refs/tags/${name}`)]);
    const [id, other] = new Set(found.filter((one) => one !== undefined));
    if (other !== undefined) return unknownRef('it is the name of a branch and of a tag, which differ');
    return id ?? unknownRef();
  };
  const fetchOnce = async (signal: AbortSignal): Promise<void> => {
    const flags = ['--quiet', '--prune', '--force', '--no-tags', '--no-recurse-submodules', '--no-write-fetch-head'];
    const done = await git.attempt(['fetch', ...flags, ...remote.arguments, '--', remote.url, ...refSpecs], {
      env: remote.env,
      settings: remote.settings,
      limitMs: fetchLimitMs,
      signal,
    });
    if (done.exitCode !== 0)
      throw unreachable(done.ended === 'exit' ? reasonOf(done.stderr) : `git ${endInWords(done)}`, done.stderr);
    if ((await commitAt(git, `refs/heads/${options.branch}`)) === undefined)
      throw unreachable(`it has no branch ${JSON.stringify(options.branch)}`, '');
  };
  let fetching: Promise<unknown> = Promise.resolve();

  return {
    fetch(signal) {
      // One after the other: two would trip over each other's locks.
      const turn = fetching.then(() => fetchOnce(signal));
      fetching = turn.catch(() => undefined); // Its own caller hears of it.
      return turn;
    },
    resolve,
    commit: async (id) => (await commitsOf(git, ['--max-count=1', '--no-walk', assertObjectId(id)]))[0] ?? unknownRef(),
    async isAncestor(ancestor, descendant) {
      const ids = [assertObjectId(ancestor), assertObjectId(descendant)];
      const { exitCode } = await git.run(['merge-base', '--is-ancestor', ...ids], { accept: [0, 1] });
      return exitCode === 0;
    },
    commitsBetween: async (from, to, limit) =>
      commitsOf(git, [`--max-count=${Math.trunc(limit)}`, assertObjectId(to), `^${assertObjectId(from)}`]),
    lastTouched: async (commit, path) =>
      (await commitsOf(git, ['--max-count=1', assertObjectId(commit), '--', path]))[0],
    files: async (tree) =>
      readTree((await git.run(['ls-tree', '-r', '-z', '--long', '--full-tree', assertObjectId(tree)])).stdout),
    read: (blobs) => readBlobs(git, blobs),
    changes: (base, proposed) => changesBetween(git, base, proposed),
    applyPatch: (base, patch, how) => applyPatch(git, base, patch, how),
    diff: (base, proposed, { mostBytes }) => diffBetween(git, base, proposed, mostBytes),
    checkOut: (tree, directory) => checkOut(git, tree, directory),
    writeFile: (tree, path, content) => writeFile(git, tree, path, content),
    writeCommit: (commit) => writeCommit(git, commit),
    pick: (commit, onto) => pick(git, commit, onto),
    async keepRef(name, id) {
      const commit = await commitAt(git, assertObjectId(id));
      if (commit !== id) return unknownRef();
      await git.run(['update-ref', '--no-deref', keptName(name), id]);
    },
    keptRef: (name) => commitAt(git, keptName(name)),
    push: (updates, credential, signal) => push({ git, options, updates, credential, signal }),
  };
}

async function makeMirror(git: Git): Promise<void> {
  if (!isAbsolute(git.mirror)) throw mirrorUnusable('it is not an absolute path');
  const there = await lstat(git.mirror).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw mirrorUnusable('it cannot be looked at', error);
  });
  if (there === undefined) await mkdir(git.mirror, { recursive: true, mode: 0o700 });
  else if (!there.isDirectory()) throw mirrorUnusable('it is not a directory');
  else if ((there.mode & 0o022) !== 0) throw mirrorUnusable('others can write there');
  // Changes nothing where it was made before.
  await git.run(['init', '--bare', '--quiet', '--template=', '--object-format=sha1', '--initial-branch=none']);
}

/** The commit a full name or an id leads to. */
async function commitAt(git: Git, name: string): Promise<ObjectId | undefined> {
  const asked = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`];
  const { stdout, exitCode } = await git.run(asked, { accept: [0, 1, 128] });
  return exitCode === 0 ? assertObjectId(stdout.toString('latin1').trim()) : undefined;
}

async function commitsOf(git: Git, args: readonly string[]): Promise<readonly Commit[]> {
  return readCommits((await git.run([...log, ...args])).stdout);
}

function unknownRef(why = 'the infra repository has none of that name'): never {
  throw gitError('ref-unknown', {
    message: `the ref is not a branch, a tag or a full commit id that can be used: ${why}`,
    next: 'give a branch, a tag, or all 40 digits of a commit; push it first if it is only local',
  });
}

function unreachable(why: string, stderr: string): Error {
  return gitError('repository-unreachable', {
    message: `the infra repository cannot be fetched: ${why}`,
    next: 'check `repository` in keep.yaml, or `incident.repository` in castellan.yaml, and its credential; what was fetched before stays usable',
    cause: new Error(stderr),
  });
}

function mirrorUnusable(why: string, cause?: unknown): Error {
  return gitError('git-failed', {
    message: `the directory of the mirror cannot be used: ${why}`,
    next: 'remove it; it is made anew, for the keep alone',
    cause,
  });
}
