/**
 * A query that is refused, in Loki's words: clients match on them.
 *
 * parse     the text is not LogQL; position counted from 1
 * refused   it is, and asks for what may not be asked
 */
export class QueryError extends Error {
  readonly position: Position | undefined;

  constructor(message: string, position?: Position) {
    super(message);
    this.name = 'QueryError';
    this.position = position;
  }
}

export interface Position {
  /** From 1; 0 where Loki has none. */
  readonly line: number;
  readonly column: number;
}

export function parseError(message: string, position?: Position): QueryError {
  const where = position === undefined ? ' ' : ` at line ${position.line}, col ${position.column}`;
  return new QueryError(`parse error${where}: ${message}`, position);
}
