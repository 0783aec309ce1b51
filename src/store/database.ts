/**
 * The Database port. Everything Castellan keeps goes through it, in SQL that runs unchanged on Postgres and on the
 * embedded PGlite. Tables are named with their schema (`castellan.audit`): no search path is relied on.
 *
 * Parameters: string, number, bigint, boolean, Date, Uint8Array, null; an array becomes a Postgres array, any other object
 * JSON. A jsonb parameter that is itself an array or a string is passed as JSON text.
 * Results, the same on both: bool → boolean; int2, int4, int8, oid, float → number (an int8 a number cannot hold is an
 * error, never rounded); json and jsonb → the value; bytea → Uint8Array; timestamptz → Date (milliseconds); arrays of
 * these → arrays; everything else (numeric, uuid, date, interval, vector …) → its text.
 *
 * Inside `transaction` use the handle it gives. The embedded database has one connection, and a query beside the open
 * transaction would wait for itself; it is refused with `database-query-beside-transaction` on both.
 *
 * Errors: `database-unreachable`, `database-statement-refused` (`sqlStateOf` has the SQLSTATE), `database-value-unreadable`,
 * `database-closed`, `database-disk-full`. A driver's own text travels only as `cause`.
 */
export interface Queryable {
  /** One statement. */
  query<Row extends object>(sql: string, parameters?: readonly unknown[]): Promise<readonly Row[]>;
  /** Several statements without parameters, as a migration file holds them; the rows of all of them, in order. */
  execute<Row extends object>(sql: string): Promise<readonly Row[]>;
}

export interface Database extends Queryable, AsyncDisposable {
  readonly kind: 'embedded' | 'postgres';
  /** Commits when `work` resolves, rolls back when it rejects. */
  transaction<Result>(work: (transaction: Queryable) => Promise<Result>): Promise<Result>;
}
