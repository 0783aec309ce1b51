import type { PlanSummary, WireResourceChange } from '../../src/change/wire/run.ts';
import { oneLine } from '../../src/kit/index.ts';
import { type Detail, some } from './plan-detail.ts';
import { placeText } from './words.ts';

type Leaf = WireResourceChange['leaves'][number];

/** Destructive first, and what does nothing by itself last. */
const order = ['delete', 'replace', 'forget', 'create-then-forget', 'create', 'update', 'read', 'no-op'];

/** Each resource with its action, and its values as YAML lines before and after. */
export function changeLines({ changes }: PlanSummary, detail: Detail): readonly string[] {
  const sorted = changes.toSorted((a, b) => order.indexOf(a.action) - order.indexOf(b.action));
  return some(sorted, detail.resources, 'resources', (change) => resourceLines(change, detail.leaves));
}

function resourceLines(change: WireResourceChange, most: number): readonly string[] {
  const { action, address, object, place, reason, previousAddress, notes, leaves, more } = change;
  const facts = [
    `${action} ${oneLine(address, 200)}`,
    ...(object === undefined ? [] : [oneLine(object, 150)]),
    ...(place === undefined ? [] : [placeText(place)]),
    ...(reason === undefined ? [] : [`because ${oneLine(reason, 100)}`]),
    ...(previousAddress === undefined ? [] : [`was ${oneLine(previousAddress, 200)}`]),
    ...notes.map((note) => oneLine(note, 150)),
  ];
  const left = Math.max(0, leaves.length - most) + more;
  return [
    facts.join(' · '),
    ...leafLines(leaves.slice(0, most)),
    ...(left === 0 ? [] : [`  (${left} more values not shown)`]),
  ];
}

/** Leaves that stand below one another in one place share its line. */
function leafLines(leaves: readonly Leaf[]): readonly string[] {
  let above: string | undefined;
  return leaves.flatMap((leaf) => {
    const { parent, name } = split(leaf.path);
    const title = `  ${oneLine(parent, 200)}${leaf.place === undefined ? '' : ` @ ${placeText(leaf.place)}`}`;
    const lines = [
      ...(title === above || title.trim() === '' ? [] : [title]),
      ...(leaf.before === undefined ? [] : [`  - ${name}: ${oneLine(leaf.before, 200)}`]),
      ...(leaf.after === undefined ? [] : [`  + ${name}: ${oneLine(leaf.after, 200)}`]),
      ...(leaf.before === undefined && leaf.after === undefined ? [`  ~ ${name}`] : []),
    ];
    above = title;
    return lines;
  });
}

function split(path: string): { readonly parent: string; readonly name: string } {
  const dot = lastDot(path);
  return dot === -1
    ? { parent: '', name: oneLine(path, 200) }
    : { parent: path.slice(0, dot), name: oneLine(path.slice(dot + 1), 200) };
}

/** A dot in brackets is part of a key: `labels["example.net/tier"]`. */
function lastDot(path: string): number {
  const inBrackets = path.replace(/\[(?:"(?:[^"\\]|\\.)*"|[^\]"]*)\]/g, (key) => '_'.repeat(key.length));
  return inBrackets.lastIndexOf('.');
}

/** How many values an answer cannot show, because they are secret or made of what might be. */
export function hiddenValues({ changes, outputs }: PlanSummary): number {
  const shown = [
    ...changes.flatMap(({ leaves }) => leaves.flatMap(({ before, after }) => [before, after])),
    ...outputs.map(({ value }) => value),
  ];
  return shown.filter((value) => value?.startsWith('«') === true).length;
}
