import { principalId } from '../../kit/index.ts';
import type { Database } from '../../store/database.ts';

export interface Requester {
  readonly agent: string;
  readonly human: string;
}

/** Plans asked for in the last hour. Kept in the database: a keep that restarts has not forgotten them. */
export interface QuotaTable {
  /**
   * Spends one if the principal has one left, and all together have; false when not. Who asks is a label the daemon gives: so
   * all together have no more than a handful of principals.
   */
  spend(by: Requester, limit: number, at: Date): Promise<boolean>;
}

const handful = 5;

export function openQuotaTable(database: Database): QuotaTable {
  return {
    spend: (by, limit, at) =>
      database.transaction(async (transaction) => {
        const principal = principalId({ ...by, via: 'socket', scopes: [] });
        const since = new Date(at.getTime() - 3_600_000);
        // One counter at a time: two that count together would both find the last one.
        await transaction.query('lock table castellan.spent in exclusive mode');
        await transaction.query('delete from castellan.spent where at <= $1', [since]);
        const [count] = await transaction.query<{ own: number; total: number }>(
          'select count(*) filter (where principal = $1) as own, count(*) as total from castellan.spent',
          [principal],
        );
        if (count === undefined || count.own >= limit || count.total >= limit * handful) return false;
        await transaction.query('insert into castellan.spent (at, principal) values ($1, $2)', [at, principal]);
        return true;
      }),
  };
}
