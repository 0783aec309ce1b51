import { AsyncLocalStorage } from 'node:async_hooks';
import { storeError } from './errors.ts';

/**
 * Which transactions the running code is inside of. A query beside an open transaction waits for the one connection
 * that the transaction holds, and the transaction waits for the query: it is refused at once instead. On Postgres it would
 * only deadlock with a full pool, and would silently miss the transaction's rows; one rule holds for both.
 */
interface OpenTransaction {
  readonly database: object;
  readonly around: OpenTransaction | undefined;
  /** Work that a transaction started and left behind (a timer) outlives it and may query again. */
  open: boolean;
}

const current = new AsyncLocalStorage<OpenTransaction>();

/** Throws `database-query-beside-transaction` when the caller runs inside an open transaction of `database`. */
export function assertOutsideTransaction(database: object): void {
  for (let transaction = current.getStore(); transaction !== undefined; transaction = transaction.around) {
    if (transaction.open && transaction.database === database) {
      throw storeError('database-query-beside-transaction', {
        message: 'a query was made beside the open transaction it runs inside of',
        next: 'this is a fault of Castellan: use the handle that `transaction` gives; please report it with the log',
      });
    }
  }
}

export async function insideTransaction<Result>(database: object, work: () => Promise<Result>): Promise<Result> {
  const transaction: OpenTransaction = { database, around: current.getStore(), open: true };
  try {
    return await current.run(transaction, work);
  } finally {
    transaction.open = false;
  }
}
