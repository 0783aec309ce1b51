import type { SetPage } from '../../../src/keep/console/api.ts';
import type { Subject } from '../signing/subject.ts';
import type { About, Deed } from './verbs.ts';

/** What a human types before a decision, and the document it asks for. */
export interface Answers {
  words: string;
  typed: string;
  days: number;
  /** Which change, where a deed can be about several. */
  change: string;
}

/** What is to be typed, where a wrong click would cost too much. */
export function confirmationOf(deed: Deed, page: SetPage): string | undefined {
  return deed.verb === 'approve' || deed.verb === 'break-glass' ? page.typed : undefined;
}

export function needsWords(deed: Deed, page: SetPage): boolean {
  const asks = deed.verb === 'reject' || deed.verb === 'break-glass' || deed.verb === 'reject-policy';
  return asks || deed.about.length > 1 || confirmationOf(deed, page) !== undefined;
}

export function isReady(deed: Deed, page: SetPage, answers: Answers): boolean {
  const typed = confirmationOf(deed, page);
  if (typed !== undefined && answers.typed !== typed) return false;
  if (deed.about.length > 0 && aboutOf(deed, answers) === undefined) return false;
  if (deed.verb === 'reject') return answers.words.trim() !== '';
  if (deed.verb === 'break-glass') return answers.words.trim().length >= 10;
  if (deed.verb === 'reject-policy') return Number.isInteger(answers.days) && answers.days >= 1 && answers.days <= 365;
  return true;
}

/** The change a deed is about: the only one, or the chosen one. */
export function aboutOf(deed: Deed, answers: Answers): About | undefined {
  return deed.about.length === 1 ? deed.about[0] : deed.about.find(({ change }) => change === answers.change);
}

/** Throws for a deed that is not signed. */
export function subjectOf(deed: Deed, page: SetPage, answers: Answers): Subject {
  const { change = '', stack = '' } = aboutOf(deed, answers) ?? {};
  const typed = confirmationOf(deed, page) === undefined ? {} : { typed: answers.typed };
  switch (deed.verb) {
    case 'approve':
      return { kind: 'approve', set: page.set, ...typed };
    case 'break-glass':
      return { kind: 'break-glass', set: page.set, why: answers.words.trim(), ...typed };
    case 'consent':
      return { kind: 'consent', id: change };
    case 'reject-policy':
      return { kind: 'reject-policy', change, days: answers.days };
    case 'unlock':
      return { kind: 'unlock', stack };
    case 'reject':
    case 'revert':
      throw new Error(`nobody signs ${deed.verb}`);
  }
}
