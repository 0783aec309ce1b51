import type { JsonValue } from './json.ts';
import type { Untrusted } from './untrusted.ts';

/**
 * An answer is what a tool returns: data, and beside it when it was taken, what it covered, what could not be seen and
 * whether it was cut. Tools build one with `table`, `text` or `record`; only the renderer turns it into bytes.
 *
 *  table   rows a reader scans, worst first; cut between rows
 *  text    prose or log lines; cut between lines
 *  record  data a program reads, with an output schema; everything is in structuredContent
 */
export type Answer = TableAnswer | TextAnswer | RecordAnswer;

export interface Coverage {
  /** What was looked at, in a few words: `14 namespaces`. */
  readonly covered: string;
  /** What was asked for and could not be seen. Unmeasured is never healthy. */
  readonly missing?: readonly { readonly what: string; readonly why: string }[];
}

interface AnswerFrame {
  readonly asOf: Date;
  readonly coverage: Coverage;
  /** The sentence the answer leads with: what is wrong. */
  readonly headline?: string;
  /** Trusted remarks printed after the data. */
  readonly notes?: readonly string[];
}

export type Cell = string | number | boolean | null | Untrusted;

export interface TableAnswer extends AnswerFrame {
  readonly kind: 'table';
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** How many rows exist in all; `rows` may start behind the first of them. */
  readonly total?: number;
  /** How many rows of the total lie before `rows[0]`. */
  readonly skipped?: number;
  /** Mints the cursor that continues behind the n-th row of the total. Absent: the answer cannot be continued. */
  readonly continueAt?: (shown: number) => string;
  /** How to ask for less: `narrow with namespace=…`. */
  readonly narrow?: string;
}

/**
 * A line of ours around single words of what the call sent: which of them was found. It stands outside the fences, and is
 * redacted as an agent's words are, so that the mask of one word among many answers no guess.
 */
export interface Echo {
  readonly echo: string;
}

export interface TextAnswer extends AnswerFrame {
  readonly kind: 'text';
  /** Lines are cut between blocks and between lines. */
  readonly blocks: readonly (string | Echo | Untrusted)[];
  /** Which end survives a cut. */
  readonly keep?: 'start' | 'end';
  /** Continues where `blocks` end. Not given out when lines of theirs had to be cut: it would skip them. */
  readonly nextCursor?: string;
  readonly narrow?: string;
}

export type RecordValue =
  | string
  | number
  | boolean
  | null
  | Untrusted
  | readonly RecordValue[]
  | { readonly [key: string]: RecordValue };

export interface RecordAnswer extends AnswerFrame {
  readonly kind: 'record';
  readonly data: { readonly [key: string]: RecordValue };
  /** The key of an array in `data` that may be cut to fit. */
  readonly cut?: string;
  /** Mints the cursor that continues behind the n-th element of that array. */
  readonly continueAt?: (shown: number) => string;
}

export function table(answer: Omit<TableAnswer, 'kind'>): TableAnswer {
  return { kind: 'table', ...answer };
}

export function text(answer: Omit<TextAnswer, 'kind'>): TextAnswer {
  return { kind: 'text', ...answer };
}

export function record(answer: Omit<RecordAnswer, 'kind'>): RecordAnswer {
  return { kind: 'record', ...answer };
}

/** Bytes of UTF-8 on the wire. */
export const budgets = { standard: 8_000, ceiling: 24_000, floor: 1_000 } as const;

/** What the renderer needs of redaction: text in, text out, and how often each rule fired. */
export type Redact = (text: string) => { readonly text: string; readonly counts: Readonly<Record<string, number>> };

export interface RenderedAnswer {
  readonly text: string;
  /** Only `record` answers have it: a client that gets structuredContent shows its model nothing else. */
  readonly structured?: { readonly [key: string]: JsonValue };
  readonly bytes: number;
  readonly truncated: boolean;
  readonly redactions: Readonly<Record<string, number>>;
}
