import type { ObjectId } from '../../iac/repository.ts';
import type { Database } from '../../store/database.ts';

/** A commit that this keep itself put on the branch, for a change. */
export interface LandedCommit {
  readonly id: ObjectId;
  readonly change: string;
  readonly at: Date;
}

/**
 * Which commits of the branch are the keep's own. It is written by whoever pushed one, and by nobody who can push to the branch:
 * neither a name, a message nor a ref of a commit makes it ours.
 */
export interface LandedTable {
  /** The same commit twice is once: the changes of a set share one. */
  add(commit: LandedCommit): Promise<void>;
  /** In the order they were landed. */
  all(): Promise<readonly LandedCommit[]>;
}

export function openLandedTable(database: Database): LandedTable {
  return {
    add: async ({ id, change, at }) => {
      await database.query(
        'insert into castellan.landed_commit (id, change, at) values ($1, $2, $3) on conflict (id) do nothing',
        [id, change, at],
      );
    },
    all: () => database.query<LandedCommit>('select id, change, at from castellan.landed_commit order by position'),
  };
}
