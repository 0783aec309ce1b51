import { distance } from 'fastest-levenshtein';

/** As many suggestions or candidates an error gives. */
export const mostCandidates = 5;

/** The few of `known` whose name looks most like what was asked for, nearest first. */
export function nearest<T>(wanted: string, known: readonly T[], nameOf: (one: T) => string): readonly T[] {
  return known
    .map((one) => ({ one, away: apart(wanted, nameOf(one)) }))
    .filter(({ away }) => away <= Math.max(3, wanted.length / 2))
    .sort((a, b) => a.away - b.away)
    .slice(0, mostCandidates)
    .map(({ one }) => one);
}

/** A name that begins with what was asked (`web` for `web-5d9c…`) is nearer than its length says. */
function apart(wanted: string, name: string): number {
  return name.startsWith(wanted) || wanted.startsWith(name) ? 1 : distance(wanted, name);
}
