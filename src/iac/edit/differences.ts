import type { HclRange } from '../hcl/syntax.ts';
import type { Scalar, SourcePlace } from '../origin/port.ts';
import { isWritten, type Symbolic } from '../origin/symbol.ts';
import { fieldText, keyOfStep, namesOf } from './fields.ts';
import type { FieldStep } from './port.ts';
import { isPlainYaml } from './scalar-text.ts';
import { sameRange } from './text.ts';
import type { Work } from './work.ts';

/** What two readings of one thing say differently. */
interface Differences {
  readonly changes: readonly Difference[];
  /** Something is computed in one and not in the other, or elsewhere, or built in another way: nothing can be said. */
  readonly isUnclear: boolean;
}

export interface Difference {
  readonly key: readonly string[];
  readonly field: string;
  readonly before: Scalar | undefined;
  readonly after: Scalar | undefined;
  /** Where it stands now, or where it stood. */
  readonly place: SourcePlace;
}

export interface Moved {
  /** What the edit put there. */
  readonly edited: SourcePlace;
  /** Where a place of the text before is after the edit; undefined where there is none that is the same. */
  place(before: SourcePlace): HclRange | undefined;
}

interface Found {
  readonly changes: Difference[];
  isUnclear: boolean;
  readonly moved: Moved;
  readonly work: Work;
}

interface Path {
  readonly key: readonly string[];
  readonly steps: readonly FieldStep[];
  /** The values are spliced into a text that is then read as YAML. */
  readonly inText: boolean;
}

export function differencesOf(
  before: Symbolic | undefined,
  after: Symbolic | undefined,
  moved: Moved,
  work: Work,
): Differences {
  const found: Found = { changes: [], isUnclear: false, moved, work };
  compare(before, after, { key: [], steps: [], inText: false }, found);
  return found;
}

function compare(before: Symbolic | undefined, after: Symbolic | undefined, path: Path, found: Found): void {
  if (before === after) return;
  found.work.spend(1);
  if (before === undefined || after === undefined) {
    appears(before ?? after, after !== undefined, path, found);
  } else if (before.is === 'document' && after.is === 'document') {
    compare(before.content, after.content, path, found);
  } else if (before.is === 'literal' && after.is === 'literal') {
    if (before.value !== after.value) change(before.value, after.value, after.place, path, found);
  } else if (before.is === 'computed' && after.is === 'computed') {
    const same = found.moved.place(before.place);
    const isThere = same !== undefined && before.place.file === after.place.file && sameRange(same, after.place.range);
    if (!isThere) found.isUnclear = true;
  } else if (before.is === 'object' && after.is === 'object') {
    const inText = path.inText || isPoint(after.place.range);
    if (before.open !== after.open) found.isUnclear = true;
    for (const name of new Set([...before.entries.keys(), ...after.entries.keys()])) {
      compare(before.entries.get(name)?.value, after.entries.get(name)?.value, below({ ...path, inText }, name), found);
    }
  } else if (before.is === 'list' && after.is === 'list') {
    compareLists(before, after, { ...path, inText: path.inText || isPoint(after.place.range) }, found);
  } else found.isUnclear = true;
}

type List = Extract<Symbolic, { is: 'list' }>;

function compareLists(before: List, after: List, path: Path, found: Found): void {
  const [old, now] = [namesOf(before), namesOf(after)];
  if (old === undefined || now === undefined || old.join('\0') === now.join('\0')) {
    // One item more or less may have moved all the others; only one that has no other beside it has not.
    if (before.items.length !== after.items.length && Math.min(before.items.length, after.items.length) > 0) {
      found.isUnclear = true;
    }
    const longest = Math.max(before.items.length, after.items.length);
    for (let index = 0; index < longest; index += 1) {
      const name = (now ?? old)?.[index];
      compare(before.items[index], after.items[index], below(path, index, name), found);
    }
    return;
  }
  const common = old.filter((name) => now.includes(name));
  if (common.join('\0') !== now.filter((name) => old.includes(name)).join('\0')) found.isUnclear = true;
  for (const name of new Set([...old, ...now])) {
    const [first, second] = [old.indexOf(name), now.indexOf(name)];
    compare(before.items[first], after.items[second], below(path, second < 0 ? first : second, name), found);
  }
}

/** Every end of what is only in one of them. */
function appears(symbol: Symbolic | undefined, isNew: boolean, path: Path, found: Found): void {
  if (symbol === undefined) return;
  found.work.spend(1);
  if (symbol.is === 'literal') {
    const { value, place } = symbol;
    change(isNew ? undefined : value, isNew ? value : undefined, place, path, found);
  } else if (symbol.is === 'object') {
    for (const [name, { value }] of symbol.entries) appears(value, isNew, below(path, name), found);
    if (symbol.entries.size === 0) found.isUnclear = true;
  } else if (symbol.is === 'list') {
    const names = namesOf(symbol);
    for (const [index, item] of symbol.items.entries()) appears(item, isNew, below(path, index, names?.[index]), found);
    if (symbol.items.length === 0) found.isUnclear = true;
  } else found.isUnclear = true;
}

function change(
  before: Scalar | undefined,
  after: Scalar | undefined,
  place: SourcePlace,
  { key, steps, inText }: Path,
  found: Found,
): void {
  // A text that goes through YAML once more may come out as something else; so may what it stands beside.
  // What the edit itself wrote into that text was read as YAML here too.
  const { file, range } = found.moved.edited;
  const isWrittenThere = isPoint(place.range) && place.file === file && place.range.line === range.line;
  if (inText && !isWrittenThere && typeof after === 'string' && !isPlainYaml(after)) found.isUnclear = true;
  found.changes.push({ key, field: fieldText(steps), before, after, place });
}

function below(path: Path, step: string | number, name?: string): Path {
  const key = name === undefined ? keyOfStep(step) : keyOfStep({ name });
  return { ...path, key: [...path.key, key], steps: [...path.steps, step] };
}

/** Places within a document are points. */
function isPoint({ line, column, endLine, endColumn }: HclRange): boolean {
  return line === endLine && column === endColumn;
}

/** Whether it is written down, and says the same in both. */
export function isSettled(before: Symbolic | undefined, after: Symbolic | undefined, work: Work): boolean {
  if (before === undefined || after === undefined) return before === after;
  if (!isWritten(before) || !isWritten(after)) return false;
  const { changes, isUnclear } = differencesOf(before, after, nowhere, work);
  return changes.length === 0 && !isUnclear;
}

const nowhere: Moved = {
  edited: { file: '', range: { line: 0, column: 0, endLine: 0, endColumn: 0 } },
  place: () => undefined,
};
