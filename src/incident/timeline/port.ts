import type { EvidenceSource, Precision } from '../evidence.ts';

/**
 * Compiled from evidence and from the record's own events; nobody writes one. An agent may explain a row, or leave it out of the
 * report and say why; what somebody told comes as evidence of the source `note`.
 */
export interface TimelineRow {
  /** The same row has the same key whenever it is compiled: 8 hex digits over time, about, words and source. */
  readonly key: string;
  /** Corrected by `offsetMs`. */
  readonly at: Date;
  readonly until: Date | undefined;
  readonly precision: Precision;
  readonly source: EvidenceSource | 'record';
  readonly about: string | undefined;
  /** Our words. */
  readonly text: string;
  /** The source's. */
  readonly quote: string | undefined;
  readonly count: number;
  readonly warning: boolean;
  readonly change: boolean;
  /** Sources that saw the same thing are one row with all their evidence. */
  readonly evidence: readonly string[];
  readonly offsetMs: number | undefined;
  /** Sources disagree about the time by more than a minute. */
  readonly disagreementMs: number | undefined;
  readonly note: string | undefined;
  readonly excluded: { readonly reason: string } | undefined;
}
