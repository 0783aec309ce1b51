/**
 * The infra repository, as the keep sees it: objects named by their full id, never a work tree that somebody can edit.
 *
 *  commit, tree, blob   what git means by them; an `ObjectId` is the full id, 40 lower-case hex digits
 *  base                 the tree of the trusted base
 *  proposed             the tree a patch or a ref leads to; what differs between the two is what is judged
 */
export type ObjectId = string;

export type FileMode = '100644' | '100755' | '120000' | '160000';

export interface TreeFile {
  /** Relative to the root, `/` between its parts. */
  readonly path: string;
  /** `120000` is a symbolic link, `160000` a submodule. */
  readonly mode: FileMode;
  readonly blob: ObjectId;
  /** Bytes; undefined for a submodule. */
  readonly size: number | undefined;
}

/** One path that differs. Renames are not guessed: they are a removal and an addition. */
export interface TreeChange {
  readonly path: string;
  readonly before: Pick<TreeFile, 'mode' | 'blob'> | undefined;
  readonly after: Pick<TreeFile, 'mode' | 'blob'> | undefined;
}

export interface Commit {
  readonly id: ObjectId;
  readonly tree: ObjectId;
  readonly author: string;
  readonly at: Date;
  readonly subject: string;
}

/** Read access to the keep's own mirror. Errors: `git-failed`, `ref-unknown`, `patch-unusable`, `repository-unreachable`. */
export interface Repository {
  /** Brings the mirror up to date with its remote. */
  fetch(signal: AbortSignal): Promise<void>;
  /** A branch, a tag or a full commit id, to a commit id, once. Anything else is refused. */
  resolve(name: string): Promise<ObjectId>;
  commit(id: ObjectId): Promise<Commit>;
  /** Whether `ancestor` is `descendant` or an ancestor of it. */
  isAncestor(ancestor: ObjectId, descendant: ObjectId): Promise<boolean>;
  /** Commits reachable from `to` and not from `from`, newest first, at most `limit`. */
  commitsBetween(from: ObjectId, to: ObjectId, limit: number): Promise<readonly Commit[]>;
  /** The newest commit that touched the path, as seen from `commit`. */
  lastTouched(commit: ObjectId, path: string): Promise<Commit | undefined>;
  files(tree: ObjectId): Promise<readonly TreeFile[]>;
  /** Blobs by their id. Links give their target as text. */
  read(blobs: readonly ObjectId[]): Promise<ReadonlyMap<ObjectId, Buffer>>;
  changes(base: ObjectId, proposed: ObjectId): Promise<readonly TreeChange[]>;
  /** The tree that a unified diff makes of `base`; nothing is checked out. The patch is bounded: 256 KB. */
  applyPatch(base: ObjectId, patch: string): Promise<ObjectId>;
  /** Writes the tree into a new directory as a clone that shares the mirror's objects. No hook, filter or submodule runs. */
  checkOut(tree: ObjectId, directory: string): Promise<void>;
}

/** The text files of one tree that parsing needs, by path. Links and binaries are left out. */
export interface SourceTree {
  readonly files: ReadonlyMap<string, string>;
}
