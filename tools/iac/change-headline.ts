import type { ChangeState } from '../../src/change/life/states.ts';
import type { ChangeView } from '../../src/change/wire/change.ts';
import { placeToDecide } from '../../src/change/wire/keep-port.ts';
import type { KeepState } from '../../src/change/wire/protocol.ts';
import { countsText, rulesOf, word } from './plan-headline.ts';
import { agoText, plainName } from './words.ts';

/** What a change is, and what whoever asked for it does now. Every word of it is ours. */

/** What is wrong, or waits, first: a set is told by its worst member. */
const worst: readonly ChangeState[] = [
  'interrupted',
  'partially-applied',
  'failed-expectation',
  'failed-clean',
  'landing-failed',
  'blocked',
  'denied',
  'plan-failed',
  'stale',
  'rejected',
  'expired',
  'needs-consent',
  'awaiting-approval',
  'applying',
  'applied',
  'approved',
  'planning',
  'scanning',
  'draft',
  'superseded',
  'withdrawn',
  'verified',
  'landed',
  'no-changes',
];

export function tellingChange(changes: readonly ChangeView[]): ChangeView | undefined {
  return changes.toSorted((a, b) => worst.indexOf(a.state) - worst.indexOf(b.state))[0];
}

export function changeText(view: ChangeView, now: Date): string {
  return `${view.id} · ${plainName(view.stack)}: ${stateText(view, now)}`;
}

function stateText(view: ChangeView, now: Date): string {
  const { state, summary, approvedBy, apply } = view;
  const planned = summary === undefined ? '' : `${countsText(summary)}; risk ${summary.risk.level}`;
  switch (state) {
    case 'draft':
      return view.queuedBehind === undefined
        ? 'NOT BEGUN'
        : `QUEUED behind ${view.queuedBehind}, which has the stack; nothing was looked at yet`;
    case 'blocked':
      return `BLOCKED, nothing was planned (${rulesOf(view, 'deny')})`;
    case 'needs-consent':
      return `WAITS FOR A HUMAN'S CONSENT, nothing of it was parsed or run yet (${rulesOf(view, 'consent')})`;
    case 'plan-failed':
      return `PLAN FAILED at ${word(view.failure?.step)} (${word(view.failure?.code)}); what it would do is not known`;
    case 'no-changes':
      return 'nothing to apply: the plan is empty';
    case 'denied':
      return `DENIED BY POLICY: ${planned}. Not applied`;
    case 'awaiting-approval':
      return `WAITS FOR A HUMAN'S SIGNATURE: ${planned}. Not applied`;
    case 'approved':
      return `approved by ${names(approvedBy)}, not begun yet: ${planned}`;
    case 'applying':
      return `BEING APPLIED since ${agoText(view.changedAt, now)}`;
    case 'applied':
      return `applied ${agoText(apply?.endedAt, now)}, not verified yet: ${counted(apply)}`;
    case 'verified':
      return `applied and verified, not landed yet: ${counted(apply)}`;
    case 'landed':
      return `landed: applied, verified and on the branch (${counted(apply)}), approved by ${names(approvedBy)}`;
    case 'landing-failed':
      return 'applied and verified, but COULD NOT LAND: the repository does not have it yet; it is tried again';
    case 'partially-applied':
      return `PARTIALLY APPLIED: ${counted(apply)}`;
    case 'failed-clean':
      return 'APPLY FAILED, nothing was changed';
    case 'interrupted':
      return `INTERRUPTED while it was applied: how far it came is not certain (${counted(apply)}); the stack is locked until a human signs an unlock`;
    case 'failed-expectation':
      return `APPLIED, BUT WHAT WAS EXPECTED DOES NOT HOLD: ${counted(apply)}`;
    case 'rejected':
      return `REJECTED by a human ${agoText(view.changedAt, now)}`;
    case 'stale':
      return 'STALE: what it was planned on has moved; nothing of it was applied';
    case 'expired':
      return 'EXPIRED: nobody decided in time; nothing of it was applied';
    case 'superseded':
      return 'superseded by another change';
    default:
      return `${state.toUpperCase()} since ${agoText(view.changedAt, now)}`;
  }
}

function counted(apply: ChangeView['apply']): string {
  if (apply === undefined) return 'nothing is known of the apply';
  const parts = [
    `${apply.done.length} done`,
    ...(apply.failed.length === 0 ? [] : [`${apply.failed.length} failed`]),
    ...(apply.unknown.length === 0 ? [] : [`${apply.unknown.length} not known`]),
    ...(apply.converged === undefined ? [] : [apply.converged ? 'converged' : 'NOT CONVERGED']),
  ];
  return parts.join(', ');
}

function names(people: readonly string[]): string {
  return people.length === 0 ? 'nobody' : people.map((name) => plainName(name)).join(' and ');
}

const again = 'propose it again: change_propose with the same patch';

/** One step: what an agent does next. It can do nothing that decides. */
export function nextStep(view: ChangeView, keep: KeepState): string {
  const link = placeToDecide(keep, view.set);
  const wait = `change_status id=${view.set}`;
  switch (view.state) {
    case 'needs-consent':
    case 'awaiting-approval':
      return `next: tell your human to decide at ${link}; you cannot. Do other work or stop; ${wait} no more often than every 30 s`;
    case 'denied':
      return `next: propose less (change_propose revises=${view.id}); only a human can break the glass, at ${link}`;
    case 'blocked':
      return `next: change_propose revises=${view.id} without what is denied below`;
    case 'plan-failed':
      return `next: correct what the lines below say and change_propose revises=${view.id}`;
    case 'rejected':
      return 'next: read the words below and propose something else; the same again is refused';
    case 'stale':
    case 'expired':
      return `next: ${again}`;
    case 'failed-clean':
      return `next: correct what the engine says below and propose again`;
    case 'partially-applied':
      return 'next: propose a change that finishes or undoes it; it is never retried by itself';
    case 'failed-expectation':
      return view.revertedBy === undefined
        ? `next: find out why, and tell your human: ${link}`
        : `next: its revert ${view.revertedBy} is planned and waits for a signature at ${link}; find out why meanwhile`;
    case 'interrupted':
      return `next: tell your human, who looks and signs an unlock at ${link}`;
    case 'landing-failed':
      return `next: nothing; if it stays so, tell your human: ${link}`;
    case 'landed':
    case 'no-changes':
    case 'withdrawn':
    case 'superseded':
      return 'next: nothing, it is over';
    default:
      return `next: ${wait}; it goes on without you`;
  }
}
