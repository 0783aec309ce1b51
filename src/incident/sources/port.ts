import type { EvidenceDraft, EvidenceSource } from '../evidence.ts';
import type { Window } from '../incident.ts';

/**
 * A source is asked and gives evidence, whatever comes of it: `error` where it could not be asked. It throws only for a request
 * that makes no sense (`incident-argument-invalid`), and when the signal fires. It takes at most 20 s.
 */
export interface Source {
  readonly name: EvidenceSource;
  /** Why it cannot be asked here at all: not configured. It then gives evidence of status `error`. */
  readonly missing: string | undefined;
  gather(request: GatherRequest, context: GatherContext): Promise<EvidenceDraft>;
}

export interface GatherRequest {
  /** `deploy/web`, an app's name, a host, a URL: what each source takes is said in sources/<name>.ts. */
  readonly target: string | undefined;
  readonly namespace: string | undefined;
  readonly context: string | undefined;
  /** PromQL, LogQL, a regular expression for logs, a path of the repository, the words of a note. */
  readonly query: string | undefined;
  readonly window: Window;
  /** Rows that are kept; at most 500. */
  readonly limit: number;
}

export interface GatherContext {
  readonly signal: AbortSignal;
  readonly now: Date;
}

/** The infra repository as the daemon sees it: a mirror of its own, read only. */
export interface InfraRepository {
  /** Fetches at most once a minute; a fetch that fails leaves what was fetched before, and `stale` says so. */
  head(
    signal: AbortSignal,
  ): Promise<{ readonly commit: string; readonly at: Date; readonly stale: string | undefined }>;
  /** Commits of the branch in the window, newest first; of paths below one of `under`, when it is given. */
  log(
    query: { readonly from: Date; readonly to: Date; readonly under: readonly string[]; readonly limit: number },
    signal: AbortSignal,
  ): Promise<readonly InfraCommit[]>;
  /** Undefined: there is none at that commit. Text of at most 1 MB. */
  file(path: string, commit: string): Promise<string | undefined>;
  /** Folders of the stacks that hold a namespace or a workload, by the HCL; empty: none was found. */
  stacksOf(namespace: string, name?: string): Promise<readonly string[]>;
}

export interface InfraCommit {
  readonly id: string;
  readonly at: Date;
  /** Redacted, somebody else's. */
  readonly author: string;
  readonly subject: string;
  readonly paths: readonly string[];
}
