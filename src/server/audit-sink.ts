import type { Effect, Principal } from '../kit/index.ts';

export type Outcome = 'ok' | 'error' | 'denied' | 'cancelled';

/** One call, as the audit remembers it. `input` is kept only as a keyed hash. */
export interface AuditedCall {
  readonly principal: Principal;
  readonly client: string;
  readonly correlation?: string;
  readonly tool: string;
  readonly input: unknown;
  readonly effect: Effect;
  readonly outcome: Outcome;
  readonly code?: string;
  readonly bytes: number;
  readonly ms: number;
  readonly at: Date;
}

/** Resolves when the row is committed; no row, no answer. */
export interface AuditSink {
  append(call: AuditedCall): Promise<void>;
}
