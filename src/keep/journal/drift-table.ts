import { z } from 'zod';
import type { driftStates } from '../../change/wire/stacks.ts';
import type { Database } from '../../store/database.ts';

/** What the last scheduled plan of a stack on the trusted base said. Masked already: addresses as an agent may see them. */
export interface DriftResult {
  readonly stack: string;
  readonly state: (typeof driftStates)[number];
  /** When that plan ended. */
  readonly at: Date;
  readonly commit: string;
  /** Why it is unknown. */
  readonly why: string | undefined;
  /** `2 to update, 1 to delete` */
  readonly counts: string | undefined;
  readonly addresses: readonly string[];
  readonly digest: string | undefined;
  /** A second plan said the same. */
  readonly confirmed: boolean;
}

export interface DriftTable {
  put(result: DriftResult): Promise<void>;
  all(): Promise<ReadonlyMap<string, DriftResult>>;
}

interface Row {
  readonly stack: string;
  readonly state: DriftResult['state'];
  readonly at: Date;
  readonly commit: string;
  readonly why: string | null;
  readonly counts: string | null;
  readonly addresses: unknown;
  readonly digest: string | null;
  readonly confirmed: boolean;
}

export function openDriftTable(database: Database): DriftTable {
  return {
    put: async ({ stack, state, at, commit, why, counts, addresses, digest, confirmed }) => {
      await database.query(
        `insert into castellan.drift (stack, state, at, commit, why, counts, addresses, digest, confirmed)
         values ($1, $2, $3, $4, $5, $6, $7::text::jsonb, $8, $9)
         on conflict (stack) do update set state = excluded.state, at = excluded.at, commit = excluded.commit,
           why = excluded.why, counts = excluded.counts, addresses = excluded.addresses, digest = excluded.digest,
           confirmed = excluded.confirmed`,
        [stack, state, at, commit, why ?? null, counts ?? null, JSON.stringify(addresses), digest ?? null, confirmed],
      );
    },
    all: async () => {
      const rows = await database.query<Row>('select * from castellan.drift');
      return new Map(
        rows.map(({ why, counts, addresses, digest, ...row }) => [
          row.stack,
          {
            ...row,
            why: why ?? undefined,
            counts: counts ?? undefined,
            addresses: z.array(z.string()).parse(addresses),
            digest: digest ?? undefined,
          },
        ]),
      );
    },
  };
}
