import type { Database } from '../../store/database.ts';
import type { StateFacts } from '../planner/port.ts';

/** What the keep itself saw of a stack's state, whoever asked: a state that lost its lineage is noticed by it. */
export interface StackRecord extends StateFacts {
  readonly firstSeen: Date;
  /** When this serial was first seen: the apply that made it was before. */
  readonly serialSeen: Date;
}

export interface RecordTable {
  get(stack: string): Promise<StackRecord | undefined>;
  /** A state that lost its lineage, or went back, does not replace what was known: somebody has to look at it. */
  see(stack: string, facts: StateFacts, at: Date): Promise<void>;
  /** A human looked, and signed over what the rules said: this one is known from here on, whatever was before. */
  accept(stack: string, facts: StateFacts, at: Date): Promise<void>;
}

interface Row {
  readonly lineage: string;
  readonly serial: number;
  readonly sha256: string;
  readonly resources: number;
  readonly first_seen: Date;
  readonly serial_seen: Date;
}

export function openRecordTable(database: Database): RecordTable {
  return {
    get: async (stack) => {
      const [row] = await database.query<Row>(
        'select lineage, serial, sha256, resources, first_seen, serial_seen from castellan.stack_record where stack = $1',
        [stack],
      );
      if (row === undefined) return undefined;
      const { first_seen: firstSeen, serial_seen: serialSeen, ...facts } = row;
      return { ...facts, firstSeen, serialSeen };
    },
    see: async (stack, { lineage, serial, sha256, resources }, at) => {
      await database.query(
        `insert into castellan.stack_record as known (stack, lineage, serial, sha256, resources, first_seen, serial_seen)
         values ($1, $2, $3, $4, $5, $6, $6)
         on conflict (stack) do update set
           serial = excluded.serial, sha256 = excluded.sha256, resources = excluded.resources,
           serial_seen = case when excluded.serial > known.serial then excluded.serial_seen else known.serial_seen end
         where known.lineage = excluded.lineage and known.serial <= excluded.serial`,
        [stack, lineage, serial, sha256, resources, at],
      );
    },
    accept: async (stack, { lineage, serial, sha256, resources }, at) => {
      await database.query(
        `insert into castellan.stack_record as known (stack, lineage, serial, sha256, resources, first_seen, serial_seen)
         values ($1, $2, $3, $4, $5, $6, $6)
         on conflict (stack) do update set
           lineage = excluded.lineage, serial = excluded.serial, sha256 = excluded.sha256,
           resources = excluded.resources, serial_seen = excluded.serial_seen`,
        [stack, lineage, serial, sha256, resources, at],
      );
    },
  };
}
