import { CastellanError } from '../../kit/index.ts';
import { parseHcl } from '../hcl/parse.ts';
import type { HclFile } from '../hcl/syntax.ts';
import type { Declared } from '../origin/declared.ts';
import type { SourcePlace } from '../origin/port.ts';
import type { Symbolic } from '../origin/symbol.ts';
import { type Difference, differencesOf, type Moved } from './differences.ts';
import { isBelow, resolvePath } from './fields.ts';
import { attributesOf, type Holder } from './holders.ts';
import { type Reshaping, reshapingOf } from './one-type.ts';
import type { FieldWish } from './port.ts';
import { type Edited, reachOf } from './reach.ts';
import { isAsWished } from './scalar-text.ts';
import { generatesOver, isReadByItself, readsAsText, variablesGivenBy } from './surroundings.ts';
import { applied, contains, movedBy, positionOf, rangeBetween, type Splice } from './text.ts';
import type { Work } from './work.ts';
import { keysOf, leavesWithin, type OpenStack, type World } from './world.ts';

export interface Target {
  readonly stack: string;
  readonly address: string;
}

export type Proof =
  | {
      readonly is: 'proven';
      readonly world: World;
      readonly changes: readonly Difference[];
      readonly also: readonly Difference[];
    }
  | { readonly is: 'shared'; readonly others: readonly string[] }
  | { readonly is: 'not-proven' };

/** Whose else it is, is told of this many. */
export const mostOthers = 5;

export const notProven: Proof = { is: 'not-proven' };

/**
 * Reads the source again with the edit in it. It counts only when all that any stack says, of any object, resource or output,
 * is what it said before, but for the wished field and what the same literal stands for in the same object.
 */
export async function prove(
  world: World,
  splice: Splice,
  target: Target,
  wish: FieldWish,
  kept: readonly FieldWish[],
): Promise<Proof> {
  const text = world.text(splice.file);
  if (text === undefined) return notProven;
  const now = applied(text, splice);
  // It is read once more as it is, and as it would be.
  world.work.spend(40 * text.split('\n').length);
  const [before, after] = [await parsed(splice.file, text), await parsed(splice.file, now)];
  const change = before === undefined || after === undefined ? undefined : changeOf(before, after);
  if (before === undefined || after === undefined || change === undefined) return notProven;
  const next = world.with(after, now);
  const placeIn = (all: string, end: number): SourcePlace => ({
    file: splice.file,
    range: rangeBetween(positionOf(all, splice.start), positionOf(all, end)),
  });
  const old = placeIn(text, splice.end);
  const place = placeIn(now, splice.start + splice.text.length);
  const reshaping = reshapingOf([before, old], [after, place], splice);
  const shift = movedBy(splice, text);
  const moved: Moved = { edited: place, place: ({ file, range }) => (file === splice.file ? shift(range) : range) };

  const mine: Difference[] = [];
  const others = new Set<string>();
  for (const [stack, { files }] of world.stacks) {
    // Of a stack that cannot be read nobody knows which modules it uses; its own folder is no other's module.
    if (files.length === 0 && !splice.file.startsWith(`${target.stack}/`)) return notProven;
    if (!files.some(({ path }) => path === splice.file)) continue;
    const [was, open] = [world.open(stack), next.open(stack)];
    if (was === undefined || open === undefined) return notProven;
    const seen = compareStack(was, open, stack === target.stack ? target.address : undefined, {
      change,
      place,
      moved,
      after,
      reshaping,
      work: world.work,
    });
    if (seen === undefined) return notProven;
    for (const address of seen.others) others.add(`${stack} ${address}`);
    mine.push(...seen.mine);
    if (others.size >= mostOthers) break;
  }
  if (others.size > 0) return { is: 'shared', others: [...others].slice(0, mostOthers) };
  return judge(next, mine, target, wish, kept);
}

async function parsed(path: string, text: string): Promise<HclFile | undefined> {
  try {
    return await parseHcl(path, text);
  } catch (error) {
    if (error instanceof CastellanError) return undefined;
    throw error;
  }
}

interface Change {
  /** Index of the block at the top of the file; -1 for an attribute there. */
  readonly top: number;
  readonly names: ReadonlySet<string>;
}

/** What the edit did to the file, by comparing all of it: attributes of one block, and no comment. */
function changeOf(before: HclFile, after: HclFile): Change | undefined {
  const comments = ({ comments: all }: HclFile): string => all.map(({ text }) => text).join('\0');
  if (comments(before) !== comments(after)) return undefined;
  const count = (file: HclFile): Map<string, number> => {
    const all = new Map<string, number>();
    for (const { top, name, text } of attributesOf(file)) {
      const key = JSON.stringify([top, name, text]);
      all.set(key, (all.get(key) ?? 0) + 1);
    }
    return all;
  };
  const [old, now] = [count(before), count(after)];
  const differing = [...new Set([...old.keys(), ...now.keys()])].filter((key) => old.get(key) !== now.get(key));
  const changed = differing.map((key) => JSON.parse(key) as [number, string, string]);
  const tops = new Set(changed.map(([top]) => top));
  const [top, ...more] = tops;
  if (top === undefined || more.length > 0 || before.body.blocks.length !== after.body.blocks.length) return undefined;
  const names = new Set(changed.map(([, name]) => name));
  const block = after.body.blocks[top];
  const isOne = names.size === 1 || ['resource', 'data'].includes(block?.type ?? '');
  return isOne ? { top, names } : undefined;
}

interface Seen {
  readonly change: Change;
  readonly place: SourcePlace;
  readonly moved: Moved;
  readonly after: HclFile;
  readonly reshaping: Reshaping;
  readonly work: Work;
}

/** Undefined: something that it says cannot be compared. */
function compareStack(
  before: OpenStack,
  after: OpenStack,
  address: string | undefined,
  { change, place, moved, after: file, reshaping, work }: Seen,
): { readonly mine: readonly Difference[]; readonly others: readonly string[] } | undefined {
  const [oldRoot, root] = [before, after].map(({ instances }) => instances.get('')?.instance);
  if (oldRoot === undefined || root === undefined) return undefined;
  if (readsAsText(before.sources, file.path)) return undefined;
  const block = file.body.blocks[change.top];
  const variables =
    block === undefined ? variablesGivenBy(file, place.range.line, [...root.source.variables.keys()]) : [];
  if (block === undefined && !isReadByItself(after.sources, file.path, variables)) return undefined;
  const edited: Edited = {
    place,
    variables,
    reshaping,
    isChanged: (holder: Holder) => holder.file === file.path && holder.block === block && isNamed(holder, change),
  };
  const reach = reachOf(before, after, edited, work);
  if (reach.isLost || generatesOver(after.sources, file.path, reach.names)) return undefined;
  const isTouched = (computed: SourcePlace): boolean =>
    reach.places.some(({ file: path, range }) => path === computed.file && touches(computed, range));

  const found = compareDeclared([before, after], address, moved, work);
  if (found === undefined) return undefined;
  for (const { body } of after.declared) {
    for (const { leaf } of leavesWithin(body, work))
      if (leaf.is === 'computed' && isTouched(leaf.place)) return undefined;
  }
  for (const name of reach.outputs) {
    const { changes, isUnclear } = differencesOf(oldRoot.output(name), root.output(name), moved, work);
    const value = root.output(name);
    const isComputed =
      value === undefined ||
      [...leavesWithin(value, work)].some(({ leaf }) => leaf.is === 'computed' && isTouched(leaf.place));
    if (changes.length > 0 || isUnclear || isComputed) return undefined;
  }
  const elsewhere = new Map<string, number>();
  for (const { placed, id } of reach.resources) {
    const old = before.instances.get(placed.path)?.instance;
    const source = placed.instance.source.resources.get(id);
    const keys = source === undefined ? undefined : keysOf(placed.instance, source);
    if (old === undefined || keys === undefined) return undefined;
    for (const key of keys) {
      const [first, second] = [old, placed.instance].map((one) => withoutRepeats(one.resource(id, key, {})));
      const { changes, isUnclear } = differencesOf(first, second, moved, work);
      if (isUnclear || second === undefined) return undefined;
      for (const { leaf } of leavesWithin(second, work))
        if (leaf.is === 'computed' && isTouched(leaf.place)) return undefined;
      for (const one of changes) count(elsewhere, placeText(one.place), 1);
    }
  }
  // A resource may say more than its object has. What it says otherwise now must all be the object's.
  if (found.others.length === 0) {
    for (const { place: at } of found.mine) count(elsewhere, placeText(at), -1);
    if ([...elsewhere.values()].some((left) => left > 0)) return undefined;
  }
  return found;
}

/** How often it is there was compared where that was reached, and each one is by itself. */
function withoutRepeats(resource: Symbolic | undefined): Symbolic | undefined {
  if (resource?.is !== 'object') return resource;
  const entries = [...resource.entries].filter(([name]) => name !== 'for_each' && name !== 'count');
  return { ...resource, entries: new Map(entries) };
}

function count(all: Map<string, number>, key: string, by: number): void {
  all.set(key, (all.get(key) ?? 0) + by);
}

function placeText({ file, range }: SourcePlace): string {
  return `${file}:${range.line}:${range.column}`;
}

function isNamed({ inside, attribute }: Holder, { names }: Change): boolean {
  const ends = [...inside.map(({ type, labels }) => JSON.stringify([type, ...labels])), attribute.name].join('/');
  return [...names].some(
    (name) =>
      name.endsWith(`/${ends}`) || inside.some(({ type, labels }) => name.endsWith(JSON.stringify([type, ...labels]))),
  );
}

/** A place within a document is a point: any part of its line may be what it is made of. */
function touches(computed: SourcePlace, range: SourcePlace['range']): boolean {
  const { line, column, endLine, endColumn } = computed.range;
  if (line === endLine && column === endColumn) return range.line <= line && range.endLine >= line;
  return contains(computed.range, range);
}

export function compareDeclared(
  [{ declared: before }, { declared: after }]: readonly [OpenStack, OpenStack],
  address: string | undefined,
  moved: Moved,
  work: Work,
): { readonly mine: Difference[]; readonly others: string[] } | undefined {
  const nameOf = ({ kind, namespace, name, address: at, isPart, ignored }: Declared): string =>
    JSON.stringify([kind, namespace, name, at, isPart, ignored]);
  if (before.length !== after.length) return undefined;
  const mine: Difference[] = [];
  const others: string[] = [];
  for (const [index, old] of before.entries()) {
    const now = after[index];
    if (now === undefined || nameOf(old) !== nameOf(now)) return undefined;
    const { changes, isUnclear } = differencesOf(old.body, now.body, moved, work);
    if (isUnclear && old.address === address) return undefined;
    if (old.address === address) mine.push(...changes);
    else if (changes.length > 0 || isUnclear) others.push(old.address);
  }
  return { mine, others };
}

/** What the API server takes as what an object is, or does not let be changed. */
const fixed = /^(apiVersion|kind|metadata\.(name|namespace)|spec\.selector(\..*)?|spec\.clusterIP)$/;

export function judge(
  world: World,
  mine: readonly Difference[],
  target: Target,
  wish: FieldWish,
  kept: readonly FieldWish[],
): Proof {
  const body = world.open(target.stack)?.declared.find(({ address }) => address === target.address)?.body;
  if (body === undefined || mine.length === 0) return notProven;
  for (const one of [wish, ...kept]) {
    const { chain, rest } = resolvePath(body, one.path);
    const value = rest.length > 0 ? undefined : chain.at(-1);
    const isFulfilled =
      one.value === undefined ? value === undefined : value?.is === 'literal' && isAsWished(value.value, one.value);
    if (!isFulfilled) return notProven;
  }
  const { key } = resolvePath(body, wish.path);
  const changes = mine.filter((one) => isBelow(one.key, key));
  const also = mine.filter((one) => !isBelow(one.key, key));
  if (changes.length === 0 || mine.some(({ field }) => fixed.test(field))) return notProven;
  return { is: 'proven', world, changes, also };
}
