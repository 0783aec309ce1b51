import type { Untrusted } from '../../kit/index.ts';

/**
 * What is known of things that are wrong and may stay so for now, and what to do when something happens. Both are imported from
 * files of the household; a known issue hides nothing: what it matches is counted and named.
 */
export interface Knowledge {
  /**
   * Known issues that fit, and runbooks for it. Of one subject as many as there are issues, those that still hold and ask for more
   * first; of a subject that nothing is known of, none.
   */
  about(subjects: readonly Subject[], now: Date): Promise<readonly KnownMatch[]>;
  issues(): Promise<readonly KnownIssue[]>;
  runbooks(): Promise<readonly Runbook[]>;
  /** Replaces everything that came from the same origin. Redacted by who brings it. Errors: `knowledge-invalid`. */
  replace(
    origin: string,
    found: { readonly issues: readonly KnownIssue[]; readonly runbooks: readonly Runbook[] },
  ): Promise<void>;
}

/** Something that may be known: a root of a survey, an app, an alert. */
export interface Subject {
  readonly namespace: string | undefined;
  /** A workload's, an app's, a node's, or an alert's name. */
  readonly name: string;
  /** Ids of the rules that found it; an alert's name. */
  readonly rules: readonly string[];
  /** What the cluster says of it, to be held against an issue's words; never shown. */
  readonly text: string | Untrusted;
  /** What is known of the name, whether it shows now or not: rules and words are not asked for. */
  readonly inGeneral?: boolean | undefined;
}

export interface KnownMatch {
  readonly subject: Subject;
  /** Never one whose day has passed. */
  readonly issue?: KnownIssue | undefined;
  /** It fits, and its day has passed: no excuse, and to be told as that. In place of `issue`. */
  readonly expired?: KnownIssue | undefined;
  readonly runbooks: readonly Runbook[];
}

export interface KnownIssue {
  /** `KI-7`, or made of its title. */
  readonly id: string;
  readonly title: string;
  /** Names of services or workloads, with `*`; any of them. Empty: no name is asked for. */
  readonly services: readonly string[];
  readonly namespaces: readonly string[];
  readonly rules: readonly string[];
  /** Words that what the cluster says must hold, any of them; letter by letter but for case. */
  readonly symptoms: readonly string[];
  readonly workaround: string;
  /** A day after which it is no excuse any more. */
  readonly until: string | undefined;
  readonly origin: string;
}

export interface Runbook {
  readonly name: string;
  readonly title: string;
  readonly services: readonly string[];
  readonly alerts: readonly string[];
  readonly symptoms: readonly string[];
  /** The whole Markdown. */
  readonly text: string;
  readonly origin: string;
}
