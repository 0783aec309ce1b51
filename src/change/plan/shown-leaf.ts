import { secretPart } from '../../redaction/structure/rules.ts';
import type { WireResourceChange } from '../wire/run.ts';
import { isNameOfItem, type Label, type Leaf, type Path, type Side } from './difference.ts';
import type { PlanOrigins, SourcePlace } from './origin.ts';
import { type MaskOptions, type Outgoing, words } from './outgoing.ts';
import { isList, isObject } from './plan-json.ts';
import type { PlannedChange, PlanValue } from './reading.ts';

/**
 * A leaf as an agent may see it. A value is shown where it stands literally in the source: of the proposal what it becomes, of
 * the base what it was. Steps of a path are values too (the keys of a map, how long a list is): they are shown as far as they
 * lead to something literal, and the first, which is an attribute of the type.
 */
export type WireLeaf = WireResourceChange['leaves'][number];

export interface ShownLeaf {
  readonly leaf: WireLeaf;
  /** Literal ones are worth more when not all can be shown. */
  readonly isLiteral: boolean;
}

interface Showing {
  readonly change: PlannedChange;
  readonly options: MaskOptions;
  readonly outgoing: Outgoing;
}

export function showLeaf(found: Leaf, { change, options, outgoing }: Showing): ShownLeaf {
  const { origins, baseOrigins } = options;
  const wasAt = change.previousAddress ?? change.address;
  const isHidden = found.mark === 'sensitive' || found.mark === 'never' || isNamedSecret(found);
  const before = isHidden ? undefined : literalPlace(baseOrigins, wasAt, found.before);
  const after = isHidden || found.unknown ? undefined : literalPlace(origins, change.address, found.after);
  const isLiteral = before !== undefined || after !== undefined;
  const steps = isLiteral
    ? found.labels.length
    : Math.max(
        knownSteps(origins, change.address, found.after.path),
        knownSteps(baseOrigins, wasAt, found.before.path),
      );
  const wordFor = isHidden || found.mark === 'veiled' ? words.sensitive : words.computed;
  const [beforeText, afterText] = pairText(found, before !== undefined, after !== undefined);
  const place = after ?? before;
  const texts = {
    before: found.before.value === undefined ? undefined : (beforeText ?? wordFor),
    after: afterWord(found, { isHidden, afterText, wordFor }),
  };
  return {
    isLiteral,
    leaf: {
      path: cut(outgoing(pathText(shownLabels(found, change, options), steps))),
      ...(texts.before === undefined ? {} : { before: cut(outgoing(texts.before)) }),
      ...(texts.after === undefined ? {} : { after: cut(outgoing(texts.after)) }),
      ...(place === undefined ? {} : { place: placeOf(place, outgoing) }),
    },
  };
}

function afterWord(
  found: Leaf,
  { isHidden, afterText, wordFor }: { isHidden: boolean; afterText: string | undefined; wordFor: string },
): string | undefined {
  if (found.unknown) return isHidden ? words.sensitive : words.unknown;
  if (found.rearranged) return isHidden ? words.sensitive : words.rearranged;
  return found.after.value === undefined ? undefined : (afterText ?? wordFor);
}

function literalPlace(origins: PlanOrigins, address: string, { value, path }: Side): SourcePlace | undefined {
  return isScalar(value) ? origins.literal(address, path, value) : undefined;
}

function isScalar(value: PlanValue | undefined): value is string | number | boolean | null {
  return value !== undefined && !isList(value) && !isObject(value);
}

/** `password = "…"`, or an item `{ name = "DB_PASSWORD", value = "…" }`: what its name gives away is not shown even when literal. */
function isNamedSecret({ labels, before, after }: Leaf): boolean {
  if (isNameOfItem(labels)) return false;
  const names = labels.slice(-2).flatMap((label) => {
    if (typeof label === 'number') return [];
    return [typeof label === 'string' ? label : String(label.item)];
  });
  return names.some((name) =>
    [before.value, after.value].some((value) => isScalar(value) && secretPart(name, value) !== undefined),
  );
}

/** How many steps of a path stand in the source; never fewer than the first. */
function knownSteps(origins: PlanOrigins, address: string, path: Path): number {
  for (let length = path.length; length > 1; length -= 1) {
    if (origins.hasPath(address, path.slice(0, length))) return length;
  }
  return 1;
}

/**
 * The names of items are values of their own: one that is not literal is told by where it stands in the list, as far as that
 * is known.
 */
function shownLabels(found: Leaf, change: PlannedChange, { origins, baseOrigins }: MaskOptions): readonly Label[] {
  return found.labels.map((label, index) => {
    if (typeof label !== 'object') return label;
    const isLiteral = (source: PlanOrigins, address: string, path: Path): boolean =>
      source.literal(address, [...path.slice(0, index + 1), label.by], label.item) !== undefined;
    const isShown =
      isLiteral(origins, change.address, found.after.path) ||
      isLiteral(baseOrigins, change.previousAddress ?? change.address, found.before.path);
    const [position = -1] = [found.after.path[index], found.before.path[index]].filter((step) => step !== -1);
    return isShown ? label : position;
  });
}

const plainItem = /^[A-Za-z0-9_./-]+$/;
const plainStep = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/** `yaml_body.spec.containers[app].env[TZ].value`; what lies beyond the known steps is left out. */
export function pathText(labels: readonly Label[], steps: number): string {
  const shown = labels.slice(0, Math.max(1, steps)).map((label, index) => {
    if (typeof label === 'number') return `[${label}]`;
    if (typeof label === 'object') {
      const item = String(label.item);
      return plainItem.test(item) ? `[${item}]` : `[${JSON.stringify(item)}]`;
    }
    if (plainStep.test(label)) return index === 0 ? label : `.${label}`;
    return `[${JSON.stringify(label)}]`;
  });
  return labels.length > shown.length ? `${shown.join('')}.…` : shown.join('');
}

const longestText = 200;

export function cut(text: string): string {
  if (text.length <= longestText) return text;
  const points = [...text.slice(0, 2 * longestText + 2)];
  return points.length <= longestText ? text : `${points.slice(0, longestText - 1).join('')}…`;
}

/** Both sides; of long texts that begin alike, the part where they part. */
function pairText(
  found: Leaf,
  showBefore: boolean,
  showAfter: boolean,
): readonly [string | undefined, string | undefined] {
  const before = showBefore ? scalarText(found.before.value) : undefined;
  const after = showAfter ? scalarText(found.after.value) : undefined;
  if (before === undefined || after === undefined || Math.max(before.length, after.length) <= longestText)
    return [before, after];
  let same = 0;
  while (same < before.length && before[same] === after[same]) same += 1;
  const from = Math.max(0, same - 40);
  return from === 0 ? [before, after] : [`…${before.slice(from)}`, `…${after.slice(from)}`];
}

/** Text that could be taken for another kind of value is quoted. */
function scalarText(value: PlanValue | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string') return JSON.stringify(value);
  const isAmbiguous = value === '' || value.trim() !== value || /^(?:true|false|null|-?\d+(?:\.\d+)?)$/.test(value);
  return isAmbiguous || value.includes('\n') ? JSON.stringify(value) : value;
}

export function placeOf({ file, range }: SourcePlace, outgoing: Outgoing): { file: string; line: number } {
  return { file: outgoing(file), line: range.line };
}
