import type { Database } from '../../store/database.ts';

export interface Lease {
  readonly stack: string;
  readonly change: string;
  readonly since: Date;
}

/** Who has a stack: one change at a time, over restarts. */
export interface LeaseTable {
  /** Takes all or none of a set's stacks; names the first that another change has. */
  take(leases: readonly Lease[]): Promise<Lease | undefined>;
  /** Of this change only; another's stays. */
  giveBack(stack: string, change: string): Promise<void>;
  all(): Promise<readonly Lease[]>;
}

export function openLeaseTable(database: Database): LeaseTable {
  return {
    take: (leases) =>
      database.transaction(async (transaction) => {
        await transaction.query('lock table castellan.lease in exclusive mode');
        for (const { stack, change } of leases) {
          const [held] = await transaction.query<Lease>(
            'select stack, change, since from castellan.lease where stack = $1 and change <> $2',
            [stack, change],
          );
          if (held !== undefined) return held;
        }
        for (const { stack, change, since } of leases) {
          await transaction.query(
            'insert into castellan.lease (stack, change, since) values ($1, $2, $3) on conflict (stack) do nothing',
            [stack, change, since],
          );
        }
        return undefined;
      }),
    giveBack: async (stack, change) => {
      await database.query('delete from castellan.lease where stack = $1 and change = $2', [stack, change]);
    },
    all: () => database.query<Lease>('select stack, change, since from castellan.lease order by stack'),
  };
}
