import type { Secret } from '../kit/index.ts';

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
  readonly parents: readonly ObjectId[];
  readonly author: string;
  readonly at: Date;
  readonly subject: string;
}

export interface NewCommit {
  readonly tree: ObjectId;
  readonly parents: readonly ObjectId[];
  readonly message: string;
  readonly author: Person;
  readonly committer: Person;
  readonly at: Date;
}

export interface Person {
  readonly name: string;
  readonly email: string;
}

/** One ref of the remote, from what it was seen at (undefined: it is not there) to a commit that descends from that. */
export interface RefUpdate {
  /** `refs/heads/main`, `refs/castellan/chg_…`: in full. */
  readonly ref: string;
  readonly to: ObjectId;
  readonly seen: ObjectId | undefined;
}

/** Both undefined: an absolute path. */
export interface PushCredential {
  readonly sshKeyFile: string | undefined;
  readonly token: Secret | undefined;
}

/**
 * The keep's own mirror: to read, to make objects in, and to push from. Refs of the keep's own are under refs/castellan, where no
 * fetch ever writes. Errors: `git-failed`, `ref-unknown`, `patch-unusable`, `repository-unreachable`.
 */
export interface Repository {
  /** Brings the mirror's branches and tags up to date with its remote. */
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
  /**
   * The tree that a unified diff makes of `base`; nothing is checked out. The patch is bounded: 256 KB. One that changes binary
   * files is refused unless `binary` says that it is our own.
   */
  applyPatch(base: ObjectId, patch: string, options?: { readonly binary?: boolean }): Promise<ObjectId>;
  /** What `applyPatch` takes, binary files too. Errors: `diff-unusable` when it is larger, or no text. */
  diff(base: ObjectId, proposed: ObjectId, options: { readonly mostBytes: number }): Promise<string>;
  /** Writes the tree into a new directory as a clone that shares the mirror's objects. No hook, filter or submodule runs. */
  checkOut(tree: ObjectId, directory: string): Promise<void>;

  /** The tree with one plain file more, or another content of it. */
  writeFile(tree: ObjectId, path: string, content: Buffer): Promise<ObjectId>;
  /** The same commit for the same words, whenever it is made. No hook, no signature. */
  writeCommit(commit: NewCommit): Promise<ObjectId>;
  /**
   * The same change, with the same words and times, on another commit: every file that it changes must be there exactly as the
   * change found it. Nothing is merged, so what comes of it is what was changed, byte for byte. The same commit whenever it is made.
   * Errors: `change-conflicts`.
   */
  pick(commit: ObjectId, onto: ObjectId): Promise<ObjectId>;
  /** Keeps a commit under refs/castellan/<name> of the mirror, in place of what was there. */
  keepRef(name: string, id: ObjectId): Promise<void>;
  keptRef(name: string): Promise<ObjectId | undefined>;
  /**
   * All or none, and only forward: a ref that is not where it was seen any more stays. Errors: `push-moved` for that,
   * `push-refused` when the remote does not take it, `repository-unreachable`.
   */
  push(updates: readonly RefUpdate[], credential: PushCredential, signal: AbortSignal): Promise<void>;
}

/** The text files of one tree that parsing needs, by path. Links and binaries are left out. */
export interface SourceTree {
  readonly files: ReadonlyMap<string, string>;
}
