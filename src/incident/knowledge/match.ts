import { holdsMarker } from '../../redaction/marker.ts';
import { namePattern } from './name-pattern.ts';
import type { KnownIssue, Runbook, Subject } from './port.ts';

/**
 * Which known issues and runbooks fit what is wrong. Precision first: what an issue asks for must all be there, and an issue that
 * only says where, or asks for what fits anything, fits nothing. So nobody hides a cluster by writing `*` into a file.
 *
 *  asked for     names, places, rules and words; of each that is given, one must hold. Stars alone ask for nothing
 *  what          names, rules and words say what is wrong; a place alone does not
 *  in general    a subject of which everything is asked that is known of its name: rules and words need not show now
 */
type Fit = 'fits' | 'fits-not' | 'not-asked';

export type RunbookHead = Omit<Runbook, 'text'>;

export interface Found {
  readonly subject: Subject;
  readonly issue: KnownIssue | undefined;
  readonly expired: KnownIssue | undefined;
  readonly runbooks: readonly RunbookHead[];
}

/** By subject, in their order; of one subject the issues that still hold first, then those that ask for more, then by id. */
export function matches(
  known: { readonly issues: readonly KnownIssue[]; readonly runbooks: readonly RunbookHead[] },
  subjects: readonly Subject[],
  now: Date,
): readonly Found[] {
  const sorted = [...known.issues].sort(
    (a, b) =>
      Number(isExpired(a, now)) - Number(isExpired(b, now)) ||
      asksFor(b) - asksFor(a) ||
      (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  );
  return subjects.flatMap((subject): readonly Found[] => {
    const runbooks = known.runbooks.filter((runbook) => isRunbookFor(runbook, subject));
    const issues = sorted.filter((issue) => fitsIssue(issue, subject));
    if (issues.length === 0 && runbooks.length === 0) return [];
    if (issues.length === 0) return [{ subject, issue: undefined, expired: undefined, runbooks }];
    return issues.map((issue) => {
      const over = isExpired(issue, now);
      return { subject, issue: over ? undefined : issue, expired: over ? issue : undefined, runbooks };
    });
  });
}

/** The day is the last on which it holds, by UTC. A day that cannot be read is over. */
export function isExpired({ until }: Pick<KnownIssue, 'until'>, now: Date): boolean {
  if (until === undefined) return false;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(until) || Number.isNaN(Date.parse(until))) return true;
  return now.toISOString().slice(0, 10) > until;
}

export function fitsIssue(issue: KnownIssue, subject: Subject): boolean {
  const general = subject.inGeneral === true;
  const what = [
    names(issue.services, [subject.name]),
    general ? 'not-asked' : rules(issue.rules, subject),
    general ? 'not-asked' : words(issue.symptoms, subject),
  ];
  const place = names(issue.namespaces, subject.namespace === undefined ? [] : [subject.namespace]);
  return what.includes('fits') && ![...what, place].includes('fits-not');
}

/** It names what it is about, or a rule; words alone may stand in anything that is wrong. */
export function saysWhich({ services, rules }: KnownIssue): boolean {
  return rules.length > 0 || names(services, []) !== 'not-asked';
}

/** By the alert or rule that it is for, or by every kind of the rest that it names. */
export function isRunbookFor(runbook: RunbookHead, subject: Subject): boolean {
  const alert = names(runbook.alerts, [subject.name, ...subject.rules]);
  if (alert === 'fits') return true;
  const rest = [
    names(runbook.services, [subject.name]),
    subject.inGeneral === true ? 'not-asked' : words(runbook.symptoms, subject),
  ];
  return rest.includes('fits') && !rest.includes('fits-not');
}

function asksFor({ services, namespaces, rules, symptoms }: KnownIssue): number {
  return [services, namespaces, rules, symptoms].filter(({ length }) => length > 0).length;
}

function names(patterns: readonly string[], candidates: readonly string[]): Fit {
  const asked = patterns.map(namePattern);
  // One that asks for nothing, among others, makes all of them ask for nothing.
  if (asked.length === 0 || asked.some(({ asks }) => asks === 'nothing')) return 'not-asked';
  const hit = asked.some((one) => one.asks === 'name' && candidates.some((name) => one.fits(name)));
  return hit ? 'fits' : 'fits-not';
}

/** Rules are few and have names of ours, or of alerts: each is meant as it stands. */
function rules(wanted: readonly string[], { rules: found }: Subject): Fit {
  if (wanted.length === 0) return 'not-asked';
  const there = new Set(found.map((rule) => rule.toLowerCase()));
  return wanted.some((rule) => there.has(rule.trim().toLowerCase())) ? 'fits' : 'fits-not';
}

/** Shorter words stand in anything. */
const shortestWords = 3;

function words(wanted: readonly string[], { text }: Subject): Fit {
  if (wanted.length === 0) return 'not-asked';
  const usable = wanted
    .map((one) => one.trim().toLowerCase())
    // Where a secret stood, every secret fits: what was masked on both sides is not the same for that.
    .filter((one) => one.replace(/[^\p{L}\p{N}]/gu, '').length >= shortestWords && !holdsMarker(one));
  const holds = (said: string): boolean => {
    const lower = said.toLowerCase();
    return usable.some((one) => holdsWords(lower, one));
  };
  return (typeof text === 'string' ? holds(text) : text.test(holds)) ? 'fits' : 'fits-not';
}

/** As a whole: `oom` is not in `room`. */
function holdsWords(text: string, wanted: string): boolean {
  for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + 1)) {
    if (!(isWord(text[at - 1]) && isWord(wanted[0])) && !(isWord(text[at + wanted.length]) && isWord(wanted.at(-1)))) {
      return true;
    }
  }
  return false;
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}]/u.test(character);
}
