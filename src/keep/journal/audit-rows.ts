import type { AuditRow, Head } from '../../store/audit-chain.ts';
import type { Database } from '../../store/database.ts';

/** A row of the audit, with the hash of the one before it in its chain. */
export interface LinkedRow extends AuditRow {
  readonly previous: string;
}

/** Reading the audit, for what is to be shown elsewhere. */
export interface AuditRows {
  /** All rows that name one of these, in the order of their chains. */
  of(correlations: readonly string[]): Promise<readonly LinkedRow[]>;
  /** The rows that these heads name, as far as they are there. */
  named(heads: readonly Head[]): Promise<readonly LinkedRow[]>;
  /** The last row of each of these chains. */
  heads(epochs: readonly string[]): Promise<readonly Head[]>;
  /** Where the latest chains end now. */
  lastHeads(limit: number): Promise<readonly Head[]>;
  /** The newest rows, newest first. */
  latest(limit: number): Promise<readonly AuditRow[]>;
}

const linked = `select a.epoch, a.seq, a.entry, a.hash, coalesce(before.hash, '') as previous
  from castellan.audit a left join castellan.audit before on before.epoch = a.epoch and before.seq = a.seq - 1`;

export function openAuditRows(database: Database): AuditRows {
  return {
    of: (correlations) =>
      database.query<LinkedRow>(`${linked} where a.entry->>'correlation' = any($1) order by a.epoch, a.seq`, [
        [...correlations],
      ]),
    named: (heads) =>
      database.query<LinkedRow>(
        `${linked} join unnest($1::text[], $2::int8[]) as named (epoch, seq) on a.epoch = named.epoch and a.seq = named.seq
         order by a.epoch, a.seq`,
        [heads.map(({ epoch }) => epoch), heads.map(({ seq }) => seq)],
      ),
    heads: (epochs) =>
      database.query<Head>(
        'select distinct on (epoch) epoch, seq, hash from castellan.audit where epoch = any($1) order by epoch, seq desc',
        [[...epochs]],
      ),
    lastHeads: (limit) =>
      database.query<Head>(
        `select distinct on (epoch) epoch, seq, hash from castellan.audit
         where epoch in (select distinct epoch from castellan.audit order by epoch desc limit $1) order by epoch, seq desc`,
        [limit],
      ),
    latest: (limit) =>
      database.query<AuditRow>(
        'select epoch, seq, entry, hash from castellan.audit order by epoch desc, seq desc limit $1',
        [limit],
      ),
  };
}
