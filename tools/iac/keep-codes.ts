/** Codes of the keep that mean the same to whoever asks the daemon. Declared by the keep; a test holds this list to it. */
export const knownToKeep: ReadonlySet<string> = new Set([
  // A run or a stack that was named
  'run-unknown',
  'run-foreign',
  'stack-unknown',
  'stack-not-planned',
  'change-unknown',
  'change-foreign',
  'change-past-recall',
  // A proposal
  'proposal-empty',
  'proposal-rejected',
  'changes-pending',
  'plan-quota-spent',
  'proposal-ambiguous',
  'ref-unknown',
  'patch-unusable',
  // The keep itself
  'frozen',
  'keep-busy',
  'keep-stopping',
  'keep-unsandboxed',
  'keep-fault',
  'keep-request-malformed',
  'keep-verb-unknown',
  'sandbox-unavailable',
  'repository-unreachable',
  'repository-too-large',
  'git-failed',
]);
