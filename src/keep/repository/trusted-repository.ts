import type { Commit, ObjectId, Repository, SourceTree, TreeFile } from '../../iac/repository.ts';
import { CastellanError } from '../../kit/index.ts';
import type { StoreLog } from '../../store/log.ts';
import type { RepositoryConfig } from '../config/valid.ts';
import type { Authority } from '../decisions/authority.ts';
import { openLandedLine } from './landed-line.ts';
import { readSourceTree } from './source-tree.ts';

/**
 * The infra repository with the keep's judgement of it: which commit is trusted, how far the branch is ahead of that, and how
 * old the look is.
 *
 *  trusted base   the newest commit that an approver or root adopted, else the one in keep.yaml, with what this keep landed since
 *                 (landed-line.ts); a branch head as found is trusted by nobody
 *  ahead          commits on the branch that nobody has adopted and this keep did not land
 */
export interface TrustedRepository {
  readonly git: Repository;
  /**
   * From the remote, for all who ask at the time; `soon` is content with what was fetched within the last minute, as the keep
   * does by itself.
   * Errors: `repository-unreachable`, `git-failed`.
   */
  fetch(how: 'now' | 'soon'): Promise<void>;
  /** Errors: those of git, when not even the first trusted base is there. */
  base(): Promise<Commit>;
  /**
   * The commit that was adopted last, or the first: it is on the branch, where the base may be a commit of the keep's own that is not.
   */
  adopted(): Promise<ObjectId>;
  source(tree: ObjectId): Promise<TreeContent>;
  state(): Promise<RepositoryState>;
}

export interface TreeContent {
  readonly tree: ObjectId;
  readonly files: readonly TreeFile[];
  readonly source: SourceTree;
}

export interface RepositoryState {
  readonly base: Commit | undefined;
  /** Undefined when it could not be counted. */
  readonly ahead: number | undefined;
  readonly fetchedAt: Date | undefined;
  readonly problems: readonly string[];
}

export interface TrustedRepositoryOptions {
  readonly git: Repository;
  readonly config: Pick<RepositoryConfig, 'branch' | 'trustedBase'>;
  readonly authority: Pick<Authority, 'adopted'>;
  /** The commits that this keep put on the branch, in that order: out of the journal, never out of the repository. */
  readonly landed?: () => Promise<readonly ObjectId[]>;
  readonly log: StoreLog;
  readonly now: () => Date;
  /** The keep's own end: nobody who asks for a fetch ends it for the others. */
  readonly signal: AbortSignal;
}

const freshMs = 55_000;
const mostAhead = 1_000;
/** Older lines are history: one of the last ones is the base, or something is very wrong. */
const linesLookedAt = 20;

interface Chosen {
  readonly base: ObjectId;
  /** What this keep landed. */
  readonly own: ReadonlySet<ObjectId>;
  readonly problems: readonly string[];
}

export function openTrustedRepository(options: TrustedRepositoryOptions): TrustedRepository {
  const { git, config, authority, landed = async () => [], log, now, signal } = options;
  const line = openLandedLine(git);
  let fetchedAt: Date | undefined;
  let fetching: Promise<void> | undefined;
  let fetchProblem: string | undefined;

  const fetchNow = async (): Promise<void> => {
    try {
      await git.fetch(signal);
      fetchedAt = now();
      fetchProblem = undefined;
    } catch (error) {
      if (!signal.aborted) {
        log.warn({ err: error }, 'repository.fetch.failed');
        const words = error instanceof CastellanError ? error.message : 'it failed; the log has more';
        fetchProblem = `the repository could not be fetched: ${words}`;
      }
      throw error;
    }
  };

  const head = async (): Promise<ObjectId | undefined> => {
    try {
      return await git.resolve(config.branch);
    } catch (error) {
      // An empty mirror, or a branch that is gone: told by whoever asks, and nothing can be adopted meanwhile.
      if (error instanceof CastellanError) return undefined;
      throw error;
    }
  };

  const accepts = async (commit: ObjectId, tip: ObjectId): Promise<string | undefined> => {
    try {
      if (!(await git.isAncestor(config.trustedBase, commit))) return 'does not descend from the trusted base';
      return (await git.isAncestor(commit, tip)) ? undefined : `is not on the branch ${config.branch}`;
    } catch (error) {
      if (error instanceof CastellanError) return `is not known: ${error.message}`;
      throw error;
    }
  };

  const adoptedLast = async (): Promise<{ readonly start: ObjectId; readonly problems: string[] }> => {
    const { value: adopted, problem } = authority.adopted();
    const problems = problem === undefined ? [] : [problem];
    const tip = adopted.length === 0 ? undefined : await head();
    for (const commit of adopted.slice(-linesLookedAt).reverse()) {
      const flaw =
        tip === undefined ? `cannot be looked for: there is no branch ${config.branch}` : await accepts(commit, tip);
      if (flaw === undefined) return { start: commit, problems };
      problems.push(`the adopted commit ${commit} ${flaw}`);
    }
    return { start: config.trustedBase, problems };
  };

  const chosen = async (): Promise<Chosen> => {
    const { start, problems } = await adoptedLast();
    const own = await landed();
    const { base, problem } = await line.end(start, own);
    return { base, own: new Set(own), problems: problem === undefined ? problems : [...problems, problem] };
  };

  return {
    git,
    fetch: async (how) => {
      const age = fetchedAt === undefined ? Number.POSITIVE_INFINITY : now().getTime() - fetchedAt.getTime();
      if (how === 'soon' && age < freshMs) return;
      // One that is under way may have begun before what is asked for was pushed.
      if (how === 'now') await fetching?.catch(() => undefined);
      fetching ??= fetchNow().finally(() => {
        fetching = undefined;
      });
      await fetching;
    },
    base: async () => git.commit((await chosen()).base),
    adopted: async () => (await adoptedLast()).start,
    source: async (tree) => {
      const files = await git.files(tree);
      return { tree, files, source: await readSourceTree(git, files) };
    },
    state: async () => {
      const fetchProblems = fetchProblem === undefined ? [] : [fetchProblem];
      try {
        const { base, own, problems } = await chosen();
        const tip = await head();
        const between = tip === undefined ? undefined : await git.commitsBetween(base, tip, mostAhead);
        const ahead = between?.filter(({ id }) => !own.has(id)).length;
        return { base: await git.commit(base), ahead, fetchedAt, problems: [...problems, ...fetchProblems] };
      } catch (error) {
        if (!(error instanceof CastellanError)) throw error;
        const problems = [`the trusted base cannot be read: ${error.message}`, ...fetchProblems];
        return { base: undefined, ahead: undefined, fetchedAt, problems };
      }
    },
  };
}
