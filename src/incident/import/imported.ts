import type { ActionDraft } from '../action.ts';
import type { PastReport } from '../history/port.ts';
import type { KnownIssue, Runbook } from '../knowledge/port.ts';
import type { MissingPart } from './actions.ts';

/** A file that is to be read: its path as people know it, relative. */
export interface GivenFile {
  readonly path: string;
  readonly text: string;
}

/** What was found in files. All of it is redacted, and nothing of it was run or loaded. */
export interface Imported {
  readonly reports: readonly ImportedReport[];
  readonly issues: readonly KnownIssue[];
  readonly runbooks: readonly Runbook[];
  readonly unread: readonly Unread[];
}

export interface ImportedReport {
  readonly report: PastReport;
  readonly actions: readonly ActionDraft[];
  readonly missing: readonly MissingOfAction[];
  /** How its time was taken: `no zone is written: taken for UTC`. */
  readonly notes: readonly string[];
}

export interface MissingOfAction {
  readonly title: string;
  readonly line: number;
  readonly parts: readonly MissingPart[];
}

export interface Unread {
  readonly path: string;
  /** From 1; undefined: the whole file. */
  readonly line: number | undefined;
  readonly what: string;
  readonly why: string;
}
