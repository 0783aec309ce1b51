/** Tells humans that something waits for them. A notice holds an id, a few words of our own and a link; never a word of an agent. */
export interface Notice {
  readonly what:
    | 'awaiting-approval'
    | 'needs-consent'
    | 'applied'
    | 'failed'
    | 'interrupted'
    | 'failed-expectation'
    | 'landing-failed'
    | 'foreign-apply'
    | 'break-glass'
    | 'secret-request'
    /** What was wrapped for a human was opened by somebody else. */
    | 'wrapping-used';
  /** `set_…`, `chg_…`, `run_…`, `req_…` or a stack. */
  readonly id: string;
  readonly urgent: boolean;
}

export interface Notifier {
  /** Does not wait: what could not be delivered is tried again a few times, then logged and told by `problems`. */
  tell(notice: Notice): void;
  problems(): readonly string[];
}
