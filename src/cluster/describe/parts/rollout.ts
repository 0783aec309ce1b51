import { ageText, at, millisecondsSince } from '../../fields.ts';
import { rolloutStatusOf } from '../../rollout-status.ts';
import { counted, listed } from '../../words.ts';
import { type Line, quoted, type Section, section } from '../section.ts';
import type { Surroundings } from '../surroundings.ts';
import { type Revision, revisionsOf } from './revisions.ts';
import { type Difference, diffTemplates } from './template-diff.ts';

const namedRevisions = 4;
const mostDifferences = 12;

/** How far the last change is, the revisions before it, and what the last one changed. */
export function rolloutSection(around: Surroundings): Section | undefined {
  const status = rolloutStatusOf(around.object);
  if (status === undefined) return undefined;
  const revisions = revisionsOf(around);
  const paused = at(around.object.body, 'spec')?.['paused'] === true;
  return section('rollout', [
    paused ? 'PAUSED: spec.paused is true, no change is rolled out until that is taken back' : undefined,
    status.says,
    ...historyLines(revisions, around),
    ...diffLines(revisions),
  ]);
}

function historyLines(revisions: readonly Revision[] | undefined, { now }: Surroundings): readonly Line[] {
  if (revisions === undefined) return ['history unknown: its revisions could not be read'];
  const shown = revisions.slice(0, namedRevisions).map((revision, index) => {
    const age = ageText(millisecondsSince(revision.created, now));
    const pods = revision.pods === undefined ? '' : `, ${counted(revision.pods, 'pod')}`;
    return `revision ${revision.number}${index === 0 ? ' (current)' : ''}, made ${age} ago${pods}: ${listed(revision.images) || 'no image'}`;
  });
  const more = revisions.length - shown.length;
  return more > 0 ? [...shown, `and ${more} older`] : shown;
}

/** Redacted, and still somebody else's text. */
function diffLines(revisions: readonly Revision[] | undefined): readonly Line[] {
  const [current, previous] = revisions ?? [];
  if (current === undefined || previous === undefined) return [];
  const found = diffTemplates(previous.template, current.template);
  const label = `revision ${previous.number} → ${current.number}`;
  if (found.length === 0) return [`${label}: the templates are the same`];
  const more = found.length - mostDifferences;
  return [
    ...(more > 0 ? [`${label} changed ${more} more fields than are shown`] : []),
    ...found.slice(0, mostDifferences).map((difference) => quoted(label, differenceText(difference))),
  ];
}

function differenceText({ path, old, new: now }: Difference): string {
  if (old === undefined) return `${path}: added ${valueText(now)}`;
  return now === undefined ? `${path}: removed ${valueText(old)}` : `${path}: ${valueText(old)} → ${valueText(now)}`;
}

const longestValue = 90;

function valueText(value: Difference['old']): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
}
