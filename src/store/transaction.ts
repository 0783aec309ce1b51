import type { Queryable } from './database.ts';
import { storeError } from './errors.ts';
import { insideTransaction } from './nesting.ts';

/** One connection, held for the length of a transaction. */
export interface Session extends Queryable {
  begin(): Promise<void>;
  /** The server's own word for what happened: `COMMIT`, or `ROLLBACK` when a statement had failed before. */
  commit(): Promise<string | undefined>;
  /** Never rejects: a connection that cannot roll back is given up by the adapter. */
  rollback(): Promise<void>;
}

export async function runTransaction<Result>(
  database: object,
  session: Session,
  work: (transaction: Queryable) => Promise<Result>,
): Promise<Result> {
  let open = true;
  const whileOpen = async <Value>(statement: () => Promise<Value>): Promise<Value> => {
    if (!open) throw closedError('the transaction is over');
    return statement();
  };
  const handle: Queryable = {
    query: (sql, parameters) => whileOpen(() => session.query(sql, parameters)),
    execute: (sql) => whileOpen(() => session.execute(sql)),
  };
  await session.begin();
  let result: Result;
  try {
    result = await insideTransaction(database, () => work(handle));
  } catch (error) {
    open = false;
    await session.rollback();
    throw error;
  }
  open = false;
  if ((await session.commit()) !== 'COMMIT') {
    throw storeError('database-statement-refused', {
      message: 'the transaction was rolled back: a statement in it had failed, and the failure was passed over',
      next: 'this is a fault of Castellan; please report it with the log',
    });
  }
  return result;
}

export function closedError(message: string): Error {
  return storeError('database-closed', { message, next: 'start the daemon again; if it is running, report it' });
}
