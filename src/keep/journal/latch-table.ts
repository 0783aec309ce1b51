import type { Database } from '../../store/database.ts';

export interface Latch {
  readonly since: Date;
  readonly why: string;
}

/** What was shut stays shut over restarts. */
export interface LatchTable {
  get(name: string): Promise<Latch | undefined>;
  /** The first one counts: shutting what is shut changes nothing. */
  shut(name: string, latch: Latch): Promise<void>;
  open(name: string): Promise<void>;
}

export function openLatchTable(database: Database): LatchTable {
  return {
    get: async (name) => {
      const [row] = await database.query<Latch>('select since, why from castellan.latch where name = $1', [name]);
      return row;
    },
    shut: async (name, { since, why }) => {
      await database.query(
        'insert into castellan.latch (name, since, why) values ($1, $2, $3) on conflict (name) do nothing',
        [name, since, why],
      );
    },
    open: async (name) => {
      await database.query('delete from castellan.latch where name = $1', [name]);
    },
  };
}
