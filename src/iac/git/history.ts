import type { Commit, ObjectId } from '../repository.ts';
import { gitError } from './errors.ts';
import { commitFormat, readCommits } from './listing.ts';
import { assertObjectId } from './names.ts';
import { gitProgram } from './program.ts';

/** What became of a branch in a time: each commit of it with the paths that it changed. */
export interface HistoryQuery {
  readonly tip: ObjectId;
  readonly from: Date;
  readonly to: Date;
  /** Files and folders; only commits that touch one of them. Empty: all. */
  readonly under: readonly string[];
  readonly limit: number;
}

export interface HistoryCommit extends Commit {
  /** Sorted; of a merge, what it brought to the branch. */
  readonly paths: readonly string[];
}

const fields = 6;

/**
 * Reads a mirror that `openRepository` made. Of what was merged, the merge is told, because that is when it came to the branch.
 * Times are those of the committer. Errors: `git-failed`.
 */
export async function readHistory(
  mirror: string,
  { tip, from, to, under, limit }: HistoryQuery,
  options: { readonly git?: string | undefined; readonly signal?: AbortSignal } = {},
): Promise<readonly HistoryCommit[]> {
  const git = gitProgram(options.git ?? 'git', mirror);
  const plain = ['--no-color', '--no-decorate', '--no-notes', '--no-show-signature', '--no-ext-diff', '--no-textconv'];
  const paths = [
    '--raw',
    '-r',
    '--no-abbrev',
    '--no-renames',
    '--full-diff',
    '--first-parent',
    '--diff-merges=first-parent',
  ];
  const times = [`--since-as-filter=${seconds(from)}`, `--until=${seconds(to)}`];
  const most = `--max-count=${Math.max(0, Math.trunc(limit))}`;
  const args = [
    'log',
    '-z',
    ...plain,
    ...paths,
    ...times,
    most,
    `--format=${commitFormat}`,
    assertObjectId(tip),
    '--',
    ...under,
  ];
  return readLog((await git.run(args, options.signal === undefined ? {} : { signal: options.signal })).stdout);
}

/** Git takes a number for seconds only when it is large, and a date only until 2099. */
function seconds(at: Date): number {
  return Math.min(4_000_000_000, Math.max(100_000_000, Math.floor(at.getTime() / 1_000)));
}

/** `log -z --raw`: six fields of a commit, then for each change a field that begins with a colon, and its path. */
function readLog(output: Buffer): readonly HistoryCommit[] {
  const parts = output.toString('utf8').split('\0');
  const commits: HistoryCommit[] = [];
  let at = 0;
  while (at < parts.length) {
    // A NUL stands between commits, and behind the last one.
    if (parts[at] === '') {
      at += 1;
      continue;
    }
    const [commit] = readCommits(Buffer.from(parts.slice(at, at + fields).join('\0')));
    if (commit === undefined || !/^[0-9a-f]{40}$/.test(commit.id)) throw unreadable();
    at += fields;
    const paths: string[] = [];
    while (/^\n?:\d{6} \d{6} /.test(parts[at] ?? '')) {
      paths.push(parts[at + 1] ?? '');
      at += 2;
    }
    commits.push({ ...commit, paths: paths.sort() });
  }
  return commits;
}

function unreadable(): Error {
  return gitError('git-failed', {
    message: 'git told the history in a shape that is not known',
    next: 'check that the git program is Git 2.39 or later',
  });
}
