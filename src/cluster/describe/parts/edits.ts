import { editsOf, isByHand, pastWhom } from '../../chronicle/edits.ts';
import { ageText, millisecondsSince } from '../../fields.ts';
import { type Section, section } from '../section.ts';
import type { Surroundings } from '../surroundings.ts';

const mostEdits = 4;

/** What made it wrote it, too. */
const makingMs = 5_000;

/** Who wrote it last, where that was a person, or somebody else than who declares it. */
export function editsSection({ object, writers, now }: Surroundings): Section | undefined {
  if (writers === undefined) return undefined;
  const made = (object.created?.getTime() ?? 0) + makingMs;
  const told = editsOf(writers)
    .filter((edit) => Date.parse(edit.at) > made)
    .map((edit) => ({ edit, past: pastWhom(edit, object) }))
    .filter(({ edit, past }) => isByHand(edit) || past !== undefined)
    .sort((a, b) => Date.parse(b.edit.at) - Date.parse(a.edit.at));
  return section(
    'changed past its declaration',
    told.slice(0, mostEdits).map(({ edit, past }) => {
      const who = isByHand(edit) ? `by hand (${edit.by})` : `by ${edit.by}`;
      const taken = past === undefined ? '' : `; its next apply by ${past} may take that back`;
      return `${who} ${ageText(millisecondsSince(edit.at, now))} ago${taken}`;
    }),
  );
}
