import type { JsonValue, Redact } from '../kit/index.ts';

/** How often each rule fired, by rule name. */
export type RedactionCounts = Readonly<Record<string, number>>;

/**
 * The one choke point. Every byte that leaves passes it: tool answers (before they are filtered or cut), structured
 * content, errors, progress, resources, prompts, log lines, database rows.
 */
export interface Redactor {
  readonly text: Redact;
  /** Every string leaf and every key. */
  value<Value extends JsonValue>(value: Value): { readonly value: Value; readonly counts: RedactionCounts };
}
