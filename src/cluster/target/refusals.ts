import { candidateText } from './candidate.ts';
import { targetError } from './errors.ts';
import { mostCandidates, nearest } from './nearest.ts';
import type { Search } from './search.ts';

/** Candidates are names and kinds, never what somebody wrote: each can be given back as a target. */
export function ambiguous(word: string, search: Search): Error {
  const shown = search.hits.slice(0, mostCandidates).map(candidateText);
  const more = search.hits.length > shown.length ? `, and ${search.hits.length - shown.length} more` : '';
  return targetError('target-ambiguous', {
    message: `${word} may mean ${search.hits.length} things (by ${search.by}): ${shown.join(', ')}${more}${unseen(search)}`,
    next: 'give one of them as target',
  });
}

export function notFound(word: string, search: Search): Error {
  const near = nearest(word, search.known, ({ object }) => object.name).map(candidateText);
  return targetError('target-not-found', {
    message: `no workload, pod, app label, namespace or host is ${word} or begins with it${unseen(search)}`,
    next:
      near.length > 0
        ? `nearest: ${near.join(', ')}`
        : 'give kind/name for anything that is not a workload; kubectl_get kind=deploy view=names lists names',
  });
}

export function unseen({ unread }: Search): string {
  return unread.length === 0 ? '' : ` (could not look at ${unread.join(', ')})`;
}
