/** What the store needs of the program's log: fields first, then the event's name. */
export interface StoreLog {
  info(fields: object, event: string): void;
  warn(fields: object, event: string): void;
  error(fields: object, event: string): void;
}
