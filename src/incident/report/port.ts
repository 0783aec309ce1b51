import type { Dossier } from '../record/port.ts';
import type { TimelineRow } from '../timeline/port.ts';
import type { Narrative } from './narrative.ts';

/**
 * V1 to V32 of the validator, each a rule in a file of its own under rules/. An error refuses the report, a warning does not.
 *
 *  path   where in the narrative or the record: `cause.steps[2].claim.evidence`
 *  fix    what to write instead, one sentence
 */
export interface Problem {
  readonly rule: string;
  readonly severity: 'error' | 'warning';
  readonly path: string;
  readonly message: string;
  readonly fix: string;
}

/** Everything a report is held against. Pure: what has to be asked of the world was asked before. */
export interface ReportInput {
  readonly dossier: Dossier;
  readonly timeline: readonly TimelineRow[];
  readonly narrative: Narrative;
  /** Of every evidence that is cited, and whose bytes match their hash. */
  readonly payloads: ReadonlyMap<string, string>;
  readonly tampered: readonly string[];
  /** Whose payload is not what was kept, because something in it is masked since: the record held its bytes against their hash. */
  readonly maskedSince?: ReadonlySet<string>;
  readonly now: Date;
  /** The infra repository at its head: undefined where none is configured, which makes paths unknown: a warning. */
  readonly repository:
    | {
        readonly commit: string;
        readonly lines: ReadonlyMap<string, number | undefined>;
        readonly platformStacks: readonly string[];
      }
    | undefined;
  /** Names of alert rules there are; undefined: could not be asked. */
  readonly alertNames: readonly string[] | undefined;
  /** What parses what actions are drafted in. */
  readonly problemIn: (draft: {
    readonly language: 'yaml' | 'hcl' | 'promql';
    readonly text: string;
  }) => string | undefined;
  /**
   * How often redaction would take something away. Of what an agent wrote it is asked as of an agent's words: to be told that a text
   * holds a value is to be told that a guess is right.
   */
  readonly withheldFrom: (text: string, author: 'others' | 'agent') => number;
  /** The thresholds of triage/history that the record was judged by. */
  readonly recurrenceThreshold: number;
  /** Ids of the rubric's rules; undefined: they are not looked at. */
  readonly rubricRules?: readonly string[] | undefined;
}

export interface Validation {
  readonly valid: boolean;
  readonly errors: readonly Problem[];
  readonly warnings: readonly Problem[];
  /** From 0 to 1: rules that hold, of those that apply. */
  readonly score: number;
}
