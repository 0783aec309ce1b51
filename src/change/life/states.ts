/**
 * The life of a change, as a machine that refuses what it does not know. A change is one patch on one stack; changes of one
 * patch form a set and are signed together.
 *
 *  draft ─▶ scanning ─▶ blocked                                   the gate or the scan denied it, or a stack of it cannot be planned
 *              │  └───▶ needs-consent ─▶ planning                 nothing of it is parsed until a human consents
 *              └──────────────────────▶ planning ─▶ plan-failed | no-changes | denied
 *                                          └──────▶ awaiting-approval ─▶ approved ─▶ applying
 *  denied ─▶ approved                                             by break-glass alone
 *  approved ─▶ planning                                           an earlier change of its set moved its inputs: signed again
 *  applying ─▶ applied | partially-applied | failed-clean | interrupted
 *  applied ─▶ verified | failed-expectation
 *  verified ─▶ landed | landing-failed;  landing-failed ─▶ landed
 *
 *  draft        waits until its stack is free; `queuedBehind` names the holder
 *  no-changes   the plan is empty; alone in its set and with files that differ, it is signed and landed all the same
 *  interrupted  the keep died, or was ended, while the engine ran: the stack's lease is held until a human signs an unlock
 *  rejected     by a human, from any state before applying        withdrawn   by its agent, likewise
 *  expired      nobody decided in time                            stale       what it was planned on has moved
 *  superseded   another change took its place: a revision of it, or the revert of one that failed its expectation
 */
export const changeStates = [
  'draft',
  'scanning',
  'blocked',
  'needs-consent',
  'planning',
  'plan-failed',
  'no-changes',
  'denied',
  'awaiting-approval',
  'approved',
  'applying',
  'applied',
  'partially-applied',
  'failed-clean',
  'interrupted',
  'verified',
  'failed-expectation',
  'landing-failed',
  'landed',
  'rejected',
  'withdrawn',
  'expired',
  'stale',
  'superseded',
] as const;
export type ChangeState = (typeof changeStates)[number];

/** Who takes a step: only the applier enters `applying` and what follows, only a verified signature `approved`. */
export type Actor = 'agent' | 'keep' | 'signature' | 'human' | 'applier';

type Steps = Readonly<Partial<Record<ChangeState, readonly Actor[]>>>;

/** Ways out that every state before `applying` has, unless it has ended. */
const exits: Steps = {
  rejected: ['human'],
  withdrawn: ['agent'],
  expired: ['keep'],
  stale: ['keep', 'applier'],
  superseded: ['keep'],
};

const steps: Readonly<Record<ChangeState, Steps>> = {
  draft: { scanning: ['keep'], blocked: ['keep'], 'plan-failed': ['keep'], ...exits },
  scanning: {
    blocked: ['keep'],
    'needs-consent': ['keep'],
    planning: ['keep'],
    'no-changes': ['keep'],
    'plan-failed': ['keep'],
    ...exits,
  },
  'needs-consent': { planning: ['signature'], ...exits },
  planning: {
    'plan-failed': ['keep'],
    'no-changes': ['keep'],
    denied: ['keep'],
    'awaiting-approval': ['keep'],
    ...exits,
  },
  'awaiting-approval': { approved: ['signature'], ...exits },
  denied: { approved: ['signature'], ...exits },
  approved: { applying: ['applier'], planning: ['keep'], ...exits },
  applying: {
    applied: ['applier'],
    'partially-applied': ['applier'],
    'failed-clean': ['applier'],
    interrupted: ['applier', 'keep'],
  },
  applied: { verified: ['applier'], 'failed-expectation': ['applier'] },
  verified: { landed: ['applier'], 'landing-failed': ['applier'] },
  'landing-failed': { landed: ['applier'] },
  'failed-expectation': { superseded: ['keep'] },
  blocked: {},
  'plan-failed': {},
  'no-changes': {},
  'partially-applied': {},
  'failed-clean': {},
  interrupted: {},
  landed: {},
  rejected: {},
  withdrawn: {},
  expired: {},
  stale: {},
  superseded: {},
};

export function mayStep(from: ChangeState, to: ChangeState, actor: Actor): boolean {
  return steps[from][to]?.includes(actor) ?? false;
}

/** The states a stack's one open change is in, from the moment it has the stack. A `denied` one waits for nobody. */
export const holdingStates: readonly ChangeState[] = [
  'scanning',
  'needs-consent',
  'planning',
  'awaiting-approval',
  'approved',
  'applying',
  'applied',
  'verified',
  'landing-failed',
];

/** What waits for a human: nothing happens to it by itself any more, but for time. */
export const waitingStates: readonly ChangeState[] = ['needs-consent', 'awaiting-approval', 'denied'];

/** Nothing can happen to it any more, by anybody. */
export function isOver(state: ChangeState): boolean {
  return Object.keys(steps[state]).length === 0;
}
