import type { SetPage } from '../../../src/keep/console/api.ts';

/**
 * The buttons of a set, from what the keep says a human may do. The keep refuses what may not be; this only names it, and of which
 * changes it can be done.
 */
export type Verb = SetPage['may'][number];
export interface Deed {
  readonly verb: Verb;
  readonly label: string;
  /** Changes it can be about, one at a time; empty: the whole set. */
  readonly about: readonly About[];
}
export interface About {
  readonly change: string;
  readonly stack: string;
  /** What the page shows beside it, which a consent must name. */
  readonly consent: string | undefined;
}

const labels: Readonly<Record<Verb, string>> = {
  approve: 'Approve with passkey',
  'break-glass': 'Break glass…',
  consent: 'Consent to planning',
  reject: 'Reject…',
  'reject-policy': 'Block repeats…',
  revert: 'Plan the revert',
  unlock: 'Unlock the stack',
};

const applied = ['applied', 'partially-applied', 'failed-expectation', 'verified', 'landing-failed', 'landed'];
const concerns: Readonly<Partial<Record<Verb, readonly string[]>>> = {
  consent: ['needs-consent'],
  unlock: ['interrupted'],
  revert: [...applied, 'interrupted'],
};
const ofTheSet: readonly Verb[] = ['approve', 'break-glass', 'reject'];

export function deedsOf(page: SetPage): readonly Deed[] {
  return page.may.flatMap((verb): readonly Deed[] => {
    if (ofTheSet.includes(verb)) return [{ verb, label: labels[verb], about: [] }];
    const about = page.changes
      .map(({ view }) => view)
      .filter(({ state, revertedBy }) => {
        if (verb === 'revert' && revertedBy !== undefined) return false;
        return concerns[verb]?.includes(state) ?? true;
      })
      .map(({ id, stack, consent }): About => ({ change: id, stack, consent }));
    return about.length === 0 ? [] : [{ verb, label: labels[verb], about }];
  });
}
