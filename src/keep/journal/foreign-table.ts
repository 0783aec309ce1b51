import { z } from 'zod';
import type { Database } from '../../store/database.ts';
import type { ForeignApply } from '../foreign/port.ts';

/** What a state is known by: the head of it and its bytes, or the blob it is encrypted in; `none`: there is none. */
export const stateMark = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('serial'), lineage: z.string(), serial: z.int(), sha256: z.string() }),
  z.strictObject({ kind: z.literal('blob'), blob: z.string() }),
  z.strictObject({ kind: z.literal('none') }),
]);
export type StateMark = z.output<typeof stateMark>;

export interface KnownState {
  readonly mark: StateMark;
  /** When it was accounted for. */
  readonly at: Date;
}

export interface ForeignTable {
  known(stack: string): Promise<KnownState | undefined>;
  /** The state is accounted for as it is, and where it is not by us, that is told: both or neither. */
  account(stack: string, known: KnownState, foreign: readonly ForeignApply[]): Promise<void>;
  /** That nobody has seen yet, oldest first. */
  unseen(): Promise<readonly ForeignApply[]>;
  /** Up to that time. */
  seen(stack: string, at: Date, approver: string): Promise<void>;
}

export function openForeignTable(database: Database): ForeignTable {
  return {
    known: async (stack) => {
      const [row] = await database.query<{ mark: unknown; at: Date }>(
        'select mark, at from castellan.known_state where stack = $1',
        [stack],
      );
      return row && { mark: stateMark.parse(row.mark), at: row.at };
    },
    account: (stack, { mark, at }, foreign) =>
      database.transaction(async (transaction) => {
        await transaction.query(
          `insert into castellan.known_state (stack, mark, at) values ($1, $2, $3)
           on conflict (stack) do update set mark = excluded.mark, at = excluded.at`,
          [stack, mark, at],
        );
        for (const one of foreign) {
          await transaction.query(
            `insert into castellan.foreign_apply as known (stack, at, what) values ($1, $2, $3)
             on conflict (stack, at) do update set what = known.what || '; ' || excluded.what`,
            [one.stack, one.at, one.what],
          );
        }
      }),
    unseen: () =>
      database.query<ForeignApply>(
        'select stack, at, what from castellan.foreign_apply where seen_by is null order by at, stack',
      ),
    seen: async (stack, at, approver) => {
      await database.query(
        'update castellan.foreign_apply set seen_by = $3 where stack = $1 and at <= $2 and seen_by is null',
        [stack, at, approver],
      );
    },
  };
}
