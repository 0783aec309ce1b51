import { byTime, latest, type Sighting, tellingWords, together } from './sighting.ts';
import { templateOf } from './template.ts';

/** What comes again within this time is still the same going on. */
const pauseMs = 10 * 60_000;

/** What one source saw again and again is one row with a count; a change is told each time it was made, and so is what somebody said. */
export function condenseRepeats(seen: readonly Sighting[]): readonly Sighting[] {
  const condensed: Sighting[] = [];
  const openAt = new Map<string, number>();
  for (const one of [...seen].sort(byTime)) {
    const what = JSON.stringify([one.source, one.about ?? null, templateOf(tellingWords(one)), one.precision]);
    const index = openAt.get(what);
    const before = index === undefined ? undefined : condensed[index];
    if (index !== undefined && before !== undefined && goesOn(before, one)) {
      condensed[index] = {
        ...together(before, one),
        count: before.count + one.count,
        until: latest(before.until, one.until ?? one.at),
      };
    } else {
      openAt.set(what, condensed.push(one) - 1);
    }
  }
  return condensed;
}

function goesOn(before: Sighting, one: Sighting): boolean {
  if (one.change || one.source === 'record' || one.source === 'note') return false;
  return one.at.getTime() - (before.until ?? before.at).getTime() <= pauseMs;
}
