import type { ChangeDocument } from '../../change/document/documents.ts';
import type { ObjectId, TreeChange } from '../../iac/repository.ts';
import { CastellanError } from '../../kit/index.ts';
import type { Trees } from '../runs/trees.ts';
import type { TargetBranch } from './branch.ts';
import { madeOf } from './made-of.ts';
import type { Moved } from './port.ts';

export interface MovedParts extends Pick<TargetBranch, 'git' | 'branch' | 'landed' | 'fetch'> {
  readonly trees: Pick<Trees, 'read'>;
  /** Ids of the changes of a set. */
  changesOfSet(set: string): Promise<readonly string[]>;
}

/**
 * Where the branch is, seen from the base a change was planned on. Trees are compared, not commits: what was changed and changed
 * back is not there. What the change itself brings, and what its set has landed by now, is no move.
 */
export async function movedSince(document: ChangeDocument, parts: MovedParts): Promise<Moved> {
  const { git } = parts;
  const { base, commit } = document.repository;
  await parts.fetch();
  const head = await git.resolve(parts.branch);
  if (head === base) return { where: 'nowhere' };
  const [baseTree, ownTree, headTree] = await Promise.all(
    [base, commit, head].map(async (id) => (await git.commit(id)).tree),
  );
  if (baseTree === undefined || ownTree === undefined || headTree === undefined)
    throw new Error('a commit has no tree');
  const own = new Map((await git.changes(baseTree, ownTree)).map((change) => [change.path, change]));
  const others = (await git.changes(baseTree, headTree)).filter((change) => !isSame(change, own.get(change.path)));
  const paths = await notOfSet(others, head, document.set, parts);
  const inside = await insideOf(paths, [baseTree, ownTree, headTree], document.stack, parts);
  return inside.length === 0 ? { where: 'elsewhere', head } : { where: 'inside', head, paths: inside };
}

async function insideOf(
  paths: readonly string[],
  trees: readonly ObjectId[],
  stack: string,
  parts: MovedParts,
): Promise<readonly string[]> {
  if (paths.length === 0) return [];
  try {
    const read = [];
    for (const id of new Set(trees)) read.push(await parts.trees.read(id));
    const tests = read.map((tree) => madeOf(tree, stack));
    return paths.filter((path) => tests.some((test) => test(path)));
  } catch (error) {
    // A tree that cannot be read says nothing of what the stack is made of.
    if (error instanceof CastellanError) return paths;
    throw error;
  }
}

/** A commit of the keep's own set: its encrypted states, which are pushed while the set is still being applied. */
async function notOfSet(
  changes: readonly TreeChange[],
  head: ObjectId,
  set: string,
  { git, landed, changesOfSet }: MovedParts,
): Promise<readonly string[]> {
  if (changes.length === 0) return [];
  const mine = new Set(await changesOfSet(set));
  const commits = new Set((await landed.all()).filter(({ change }) => mine.has(change)).map(({ id }) => id));
  const kept: string[] = [];
  for (const { path } of changes) {
    const last = commits.size === 0 ? undefined : await git.lastTouched(head, path);
    if (last === undefined || !commits.has(last.id)) kept.push(path);
  }
  return kept;
}

function isSame(one: TreeChange, other: TreeChange | undefined): boolean {
  return other !== undefined && one.after?.blob === other.after?.blob && one.after?.mode === other.after?.mode;
}
