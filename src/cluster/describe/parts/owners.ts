import { healthOf } from '../../health/health-of.ts';
import { refText } from '../../owner.ts';
import { type Section, section } from '../section.ts';
import type { Surroundings } from '../surroundings.ts';
import { statusText } from './tally.ts';

/** Who owns it, and how they are; from the nearest up. */
export function ownersSection({ owners, now }: Surroundings): Section | undefined {
  return section(
    'owned by',
    owners.map(({ ref, found }) => {
      if ('why' in found) return `${refText(ref)}: ${found.why === 'cluster-not-found' ? 'GONE' : 'could not be read'}`;
      const verdict = healthOf(found.kind).judge(found.object, now);
      return verdict.summary === '' ? refText(ref) : `${refText(ref)}: ${statusText(verdict)}`;
    }),
  );
}
