import type { Coverage } from '../../kit/index.ts';
import type { Action } from '../action.ts';
import type { Dossier } from '../record/port.ts';

/** Looks for what was there before: past reports, known issues, runbooks. Works without embeddings. */
export interface History {
  search(query: HistoryQuery, signal: AbortSignal): Promise<HistoryAnswer>;
  /** Takes a published or imported report in, or its newer version. */
  learn(report: PastReport): Promise<void>;
  /** Every report there is, newest first. */
  reports(): Promise<readonly PastReport[]>;
}

export interface HistoryQuery {
  /** Words of a symptom; of an incident they come from its dossier. */
  readonly text: string;
  /** Its own report is no candidate, and nothing that is younger than it. */
  readonly dossier?: Dossier | undefined;
  readonly limit: number;
}

export interface HistoryAnswer {
  /** Best first. */
  readonly candidates: readonly Candidate[];
  /** Over all candidates, before anybody judged. */
  readonly verdict: RecurrenceVerdict;
  /** Reports that were searched. */
  readonly searched: number;
  /** What could not be searched: that nothing of it is among the candidates says nothing. */
  readonly missing?: NonNullable<Coverage['missing']> | undefined;
}

/** `recurrence`: the score is over a threshold that was found on reports whose recurrences are known; history/verdict.ts has it. */
export type RecurrenceVerdict = 'recurrence' | 'related' | 'first-recorded';

export interface Candidate {
  readonly kind: 'report' | 'known-issue' | 'runbook';
  /** Its name in its corpus: a report's slug, an incident's id. */
  readonly document: string;
  readonly title: string;
  readonly at: Date | undefined;
  /** From 0 to 1. */
  readonly score: number;
  /** Our words: `same error "address already in use"`, `same service web`, `words: …`. */
  readonly why: readonly string[];
  readonly hint: RecurrenceVerdict;
  /** What it says the cause was, and what was done: somebody else's words, redacted, short. */
  readonly cause: string | undefined;
  readonly fix: string | undefined;
  /** Of a report: what was promised then. */
  readonly actions: readonly Action[];
}

/** A report that is over: imported, or one of ours. Everything in it is redacted. */
export interface PastReport {
  /** kebab-case, with its day: `2026-08-04-photo-workers-killed`; of ours, with the incident's id behind it. */
  readonly slug: string;
  readonly title: string;
  readonly at: Date;
  readonly severity: string | undefined;
  readonly services: readonly string[];
  readonly namespaces: readonly string[];
  readonly symptom: string;
  readonly cause: string;
  readonly fix: string;
  readonly alerts: readonly string[];
  /** The whole text as Markdown, for the index and for people. */
  readonly markdown: string;
  /** Where it was imported from, relative; of ours, the incident's id. */
  readonly origin: string;
  readonly incident: string | undefined;
}
