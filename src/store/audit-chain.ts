import { createHmac, type KeyObject } from 'node:crypto';
import type { Effect, Principal } from '../kit/index.ts';
import { principalId, stripHiddenCharacters } from '../kit/index.ts';
import { canonicalJson } from './canonical-json.ts';

/**
 * The audit's words.
 *
 *  epoch    the life of one process; it has a chain of rows of its own, numbered from 0
 *  row      an entry and its hash: HMAC-SHA-256, with a key outside the database, over the hash before it and the
 *           canonical JSON of epoch, number and entry
 *  head     the last row of a chain
 *  anchor   an entry that names the heads of other chains; `open` is the first, and names those of the processes before
 *
 * Who can write the database but lacks the key cannot make a row. Who has the key too can recompute one chain, and is
 * contradicted by the anchors in the others. A tail that is cut off is missed by the anchors, and by the head
 * file, which every append updates outside the database.
 */
export interface Head {
  readonly epoch: string;
  readonly seq: number;
  readonly hash: string;
}

/** `begun` stands before the work of a call that writes or proposes; the row of how it ended follows. */
export type Outcome = 'begun' | 'ok' | 'error' | 'denied' | 'cancelled';

/** One call, as its caller tells it. `input` is kept only as a keyed hash. */
export interface AuditedCall {
  readonly principal: Principal;
  /** What the client calls itself: a label, already redacted. */
  readonly client: string;
  readonly correlation?: string;
  readonly tool: string;
  readonly input: unknown;
  readonly effect: Effect;
  readonly outcome: Outcome;
  readonly code?: string;
  /** Bytes of the answer. */
  readonly bytes: number;
  readonly ms: number;
  readonly at: Date;
}

export type AuditEntry =
  | {
      readonly kind: 'open';
      readonly at: string;
      readonly build: string;
      readonly key: string;
      readonly heads: readonly Head[];
    }
  | { readonly kind: 'anchor'; readonly at: string; readonly heads: readonly Head[] }
  | { readonly kind: 'close'; readonly at: string }
  | {
      readonly kind: 'call';
      readonly at: string;
      readonly principal: string;
      readonly client: string;
      readonly correlation?: string;
      readonly tool: string;
      readonly input: string;
      readonly effect: Effect;
      readonly outcome: Outcome;
      readonly code?: string;
      readonly bytes: number;
      readonly ms: number;
    };

export interface AuditRow extends Head {
  readonly entry: unknown;
}

/** The head before the first row. */
export const noHash = '';

/** What the key is for, each use with a key of its own, so that a hash of one kind can never pass for another. */
export interface AuditKeys {
  /** Says which key it is without telling it. */
  readonly id: string;
  rowHash(previous: string, row: Omit<AuditRow, 'hash'>): string;
  inputHash(input: unknown): string;
}

export function deriveAuditKeys(key: KeyObject): AuditKeys {
  const derive = (use: string): Buffer => createHmac('sha256', key).update(`castellan audit ${use}`).digest();
  const rows = derive('rows');
  const inputs = derive('inputs');
  return {
    id: derive('id').toString('hex').slice(0, 16),
    rowHash: (previous, { epoch, seq, entry }) =>
      createHmac('sha256', rows)
        .update(`${previous}\n${canonicalJson({ epoch, seq, entry })}`)
        .digest('hex'),
    inputHash: (input) => createHmac('sha256', inputs).update(canonicalJson(input)).digest('hex'),
  };
}

export function entryOf(call: AuditedCall, keys: AuditKeys): AuditEntry {
  return {
    kind: 'call',
    at: call.at.toISOString(),
    principal: principalId(call.principal),
    client: label(call.client),
    ...(call.correlation === undefined ? {} : { correlation: label(call.correlation) }),
    tool: label(call.tool),
    input: keys.inputHash(call.input),
    effect: call.effect,
    outcome: call.outcome,
    ...(call.code === undefined ? {} : { code: label(call.code) }),
    bytes: Math.round(call.bytes),
    ms: Math.round(call.ms),
  };
}

/** A client chooses its labels: bounded, and without what jsonb refuses, so that none can keep its own row from being written. */
function label(text: string): string {
  return stripHiddenCharacters(text.slice(0, 2_000)).toWellFormed().slice(0, 200).toWellFormed();
}
