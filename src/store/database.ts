/**
 * The Database port. Everything Castellan keeps goes through it, in SQL that runs unchanged on Postgres and on the
 * embedded PGlite. Inside `transaction` use the handle it gives: the embedded database has one connection, and a query
 * beside the open transaction would wait for itself.
 */
export interface Queryable {
  query<Row extends object>(sql: string, parameters?: readonly unknown[]): Promise<readonly Row[]>;
}

export interface Database extends Queryable, AsyncDisposable {
  readonly kind: 'embedded' | 'postgres';
  transaction<Result>(work: (transaction: Queryable) => Promise<Result>): Promise<Result>;
  /** Several statements without parameters, as a migration file holds them. */
  execute(sql: string): Promise<void>;
}
