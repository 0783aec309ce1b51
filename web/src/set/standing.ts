import type { ChangeView } from '../../../src/change/wire/change.ts';
import type { SetPage } from '../../../src/keep/console/api.ts';

/** How each change stands beyond waiting: what a human wants to know before anything else once it was signed, or went wrong. */
export interface Standing {
  readonly change: string;
  readonly stack: string;
  readonly state: ChangeView['state'];
  readonly progress: string;
  readonly why: string | undefined;
  readonly words: string | undefined;
  readonly revertedBy: string | undefined;
}

export function standingOf(page: SetPage): readonly Standing[] {
  return page.changes
    .map(({ view }) => ({
      change: view.id,
      stack: view.stack,
      state: view.state,
      progress: progressOf(view),
      why: view.why ?? view.failure?.message,
      words: view.words,
      revertedBy: view.revertedBy,
    }))
    .filter(({ progress, why, words, revertedBy }) => progress !== '' || (why ?? words ?? revertedBy) !== undefined);
}

/** `3 done, 1 failed, 2 unknown`; unknown is never left out. */
export function progressOf({ apply }: Pick<ChangeView, 'apply'>): string {
  if (apply === undefined) return '';
  const parts = [`${apply.done.length} done`];
  if (apply.failed.length > 0) parts.push(`${apply.failed.length} failed`);
  if (apply.unknown.length > 0) parts.push(`${apply.unknown.length} unknown`);
  return parts.join(', ');
}
