import type { ChangeView } from '../../change/wire/change.ts';
import type { StoredChange } from '../journal/change-table.ts';
import type { AppliedStep } from '../journal/step-table.ts';

/** Sentences of our own about a set and its steps; nothing in them was written by an agent or an engine. */

/** What of a set is in the world and what is not, when it stopped. */
export function stoppedText(changes: readonly StoredChange[], { view: at }: StoredChange): string {
  const views = changes.map(({ view }) => view).filter(({ state }) => state !== 'no-changes');
  const of = (part: (view: ChangeView) => boolean): string =>
    views
      .filter(part)
      .map(({ id, stack }) => `${id} on ${stack}`)
      .join(', ') || 'nothing';
  const where = { whole: isApplied, part: isInPart, not: (view: ChangeView) => !isApplied(view) && !isInPart(view) };
  const inPart = views.some(isInPart) ? `; in part, or nobody knows: ${of(where.part)}` : '';
  return `the set stopped at ${at.id} on ${at.stack}, which is ${at.state}. Applied: ${of(where.whole)}${inPart}; not applied: ${of(where.not)}. Nothing of it was landed`;
}

function isApplied({ state, apply }: ChangeView): boolean {
  const after = ['applied', 'verified', 'failed-expectation', 'landing-failed', 'landed'];
  return after.includes(state) || (state === 'superseded' && apply !== undefined);
}

function isInPart({ state }: ChangeView): boolean {
  return ['applying', 'partially-applied', 'interrupted'].includes(state);
}

/** `had begun: prove at 10:00:01Z, apply at 10:00:05Z` */
export function begunText(steps: readonly AppliedStep[]): string {
  const told = steps.map(({ step, at }) => `${step} at ${at.toISOString().slice(11, 19)}Z`);
  return told.length === 0 ? 'no step of it is written down' : `it had begun: ${told.join(', ')}`;
}
