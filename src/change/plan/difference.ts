import type { ReadDocument } from './documents.ts';
import { isList, isObject, member } from './plan-json.ts';
import type { PlanValue } from './reading.ts';
import { isSecretAttribute, isSecretObject, opensDocuments } from './secret-places.ts';

/**
 * The leaves in which two values differ.
 *
 *  leaf      a scalar, or what is marked or unknown as a whole
 *  document  a string that is YAML or JSON: compared inside, so that a manifest's change is the field that changed
 *  mark      `sensitive` the provider or the configuration says so: the value is never shown. `veiled`: so does the provider of the
 *            document it stands in, as it does of every manifest: shown only where it is literal. `never`: part of a Secret
 *  label     a step of a path as people see it: the items of a list are called by their names where they have some
 */
export type Mark = 'none' | 'veiled' | 'sensitive' | 'never';
export type Path = readonly (string | number)[];
/** A key, a position, or the name of an item and which of its members that is: a value like any other. */
export type Label = string | number | ItemLabel;
export interface ItemLabel {
  readonly item: string | number;
  readonly by: string;
}

export interface Side {
  /** Undefined where there is nothing on this side. */
  readonly value: PlanValue | undefined;
  readonly path: Path;
}

export interface Leaf {
  readonly labels: readonly Label[];
  readonly before: Side;
  readonly after: Side;
  readonly mark: Mark;
  readonly unknown: boolean;
  /** The same items in another order, or the same document written differently. */
  readonly rearranged?: true;
}

interface Node {
  readonly labels: readonly Label[];
  readonly before: Side;
  readonly after: Side;
  readonly beforeMarks: PlanValue | undefined;
  readonly afterMarks: PlanValue | undefined;
  readonly unknown: PlanValue | undefined;
  readonly veiled: boolean;
}

export interface Compared {
  readonly type: string;
  readonly before: PlanValue;
  readonly after: PlanValue;
  readonly beforeSensitive: PlanValue;
  readonly afterSensitive: PlanValue;
  readonly afterUnknown: PlanValue;
}

/** In the order of paths; a caller that has enough stops asking. */
export function differences(compared: Compared, read: ReadDocument): Iterable<Leaf> {
  return compare({
    node: {
      labels: [],
      before: { value: compared.before ?? undefined, path: [] },
      after: { value: compared.after ?? undefined, path: [] },
      beforeMarks: compared.beforeSensitive,
      afterMarks: compared.afterSensitive,
      unknown: compared.afterUnknown,
      veiled: false,
    },
    type: compared.type,
    read,
  });
}

interface Comparison {
  readonly node: Node;
  readonly type: string;
  readonly read: ReadDocument;
}

function* compare({ node, type, read }: Comparison): Iterable<Leaf> {
  const { before, after, labels } = node;
  const isMarked = node.beforeMarks === true || node.afterMarks === true;
  const leaf = (mark: Mark, unknown: boolean): Leaf => ({ labels, before, after, mark, unknown });
  const own: Mark = isMarked ? 'sensitive' : node.veiled ? 'veiled' : 'none';
  if (node.unknown === true) {
    yield leaf(own, true);
    return;
  }
  if (node.unknown === undefined && sameValue(before.value, after.value)) return;
  const isPart = labels.length > 0;
  if ((isPart && (isSecretObject(before.value) || isSecretObject(after.value))) || isSecretAttribute(type, labels)) {
    if (!sameValue(before.value, after.value) || holdsTrue(node.unknown)) yield leaf('never', false);
    return;
  }
  const documents = isMarked && !opensDocuments(type) ? undefined : documentsOf(node, read);
  if (documents !== undefined) {
    let differs = false;
    for (const inner of compare({ node: { ...documents, veiled: node.veiled || isMarked }, type, read })) {
      differs = true;
      yield inner;
    }
    if (!differs && before.value !== after.value) yield { ...leaf(own, false), rearranged: true };
    return;
  }
  if (isMarked) {
    if (!sameValue(before.value, after.value) || holdsTrue(node.unknown))
      yield leaf('sensitive', holdsTrue(node.unknown));
    return;
  }
  const sides = [before.value ?? undefined, after.value ?? undefined];
  if (sides.some(isList) && sides.every((side) => side === undefined || isList(side))) {
    yield* compareLists({ node, type, read });
  } else if (sides.some(isObject) && sides.every((side) => side === undefined || isObject(side))) {
    for (const key of keysOf(node)) yield* compare({ node: childOf(node, key, key, key), type, read });
  } else if (!sameValue(before.value, after.value)) {
    const hidden = [node.beforeMarks, node.afterMarks].some(holdsTrue);
    yield leaf(hidden ? 'sensitive' : own, holdsTrue(node.unknown));
  }
}

function keysOf({ before, after, unknown }: Node): readonly string[] {
  const keys = new Set([before.value, after.value, unknown].flatMap((one) => (isObject(one) ? Object.keys(one) : [])));
  return [...keys].sort();
}

function childOf(node: Node, label: Label, beforeKey: string | number, afterKey: string | number): Node {
  return {
    labels: [...node.labels, label],
    before: { value: member(node.before.value, beforeKey) ?? undefined, path: [...node.before.path, beforeKey] },
    after: { value: member(node.after.value, afterKey) ?? undefined, path: [...node.after.path, afterKey] },
    beforeMarks: member(node.beforeMarks, beforeKey),
    afterMarks: member(node.afterMarks, afterKey),
    unknown: member(node.unknown, afterKey),
    veiled: node.veiled,
  };
}

/** Both sides as documents; a side that is not there is none. Undefined when one is something else. */
function documentsOf(node: Node, read: ReadDocument): Node | undefined {
  const sides = [node.before, node.after].map(({ value, path }) => {
    if (value === undefined || value === null) return { value: undefined, path };
    const document = typeof value === 'string' ? read(value) : undefined;
    return document === undefined ? undefined : { value: document, path };
  });
  const [before, after] = sides;
  if (before === undefined || after === undefined || (before.value ?? after.value) === undefined) return undefined;
  if (isList(before.value) !== isList(after.value) && before.value !== undefined && after.value !== undefined)
    return undefined;
  return { ...node, before, after, beforeMarks: undefined, afterMarks: undefined, unknown: undefined };
}

/** By what items of a list are told apart, the first that all of them have. */
const identities = [
  'name',
  'key',
  'containerPort',
  'container_port',
  'mountPath',
  'mount_path',
  'port',
  'host',
  'path',
];

function* compareLists(comparison: Comparison): Iterable<Leaf> {
  const { node } = comparison;
  const before = listOf(node.before.value);
  const after = listOf(node.after.value);
  const pairs = pairsByName(before, after) ?? (holdsTrue(node.unknown) ? undefined : pairsByValue(before, after));
  if (pairs === undefined) {
    const length = Math.max(before.length, after.length, listOf(node.unknown).length);
    for (let index = 0; index < length; index += 1)
      yield* compare({ ...comparison, node: childOf(node, index, index, index) });
    return;
  }
  let differs = false;
  for (const { label, from, to } of pairs) {
    const leaves = [...compare({ ...comparison, node: childOf(node, label, from, to) })];
    // The path of the others names the item already.
    for (const leaf of leaves) if (leaves.length === 1 || !isNameOfItem(leaf.labels)) yield leaf;
    differs ||= leaves.length > 0;
  }
  if (!differs && !sameValue(node.before.value, node.after.value)) {
    const { labels, veiled } = node;
    yield {
      labels,
      before: node.before,
      after: node.after,
      mark: veiled ? 'veiled' : 'none',
      unknown: false,
      rearranged: true,
    };
  }
}

/** `env[TZ].name` */
export function isNameOfItem(labels: readonly Label[]): boolean {
  const [item, last] = labels.slice(-2);
  return typeof item === 'object' && item.by === last;
}

interface Pair {
  readonly label: Label;
  /** -1 where there is none. */
  readonly from: number;
  readonly to: number;
}

function pairsByName(before: readonly PlanValue[], after: readonly PlanValue[]): readonly Pair[] | undefined {
  const all = [...before, ...after];
  if (!all.every(isObject)) return undefined;
  for (const identity of identities) {
    const from = namesOf(before, identity);
    const to = namesOf(after, identity);
    if (from === undefined || to === undefined) continue;
    return [...new Set([...from.keys(), ...to.keys()])].map((name) => ({
      label: { item: name, by: identity },
      from: from.get(name) ?? -1,
      to: to.get(name) ?? -1,
    }));
  }
  return undefined;
}

/** Undefined when one has none, or two have the same. */
function namesOf(items: readonly PlanValue[], identity: string): Map<string | number, number> | undefined {
  const names = new Map<string | number, number>();
  for (const [index, item] of items.entries()) {
    const name = member(item, identity);
    if ((typeof name !== 'string' && typeof name !== 'number') || names.has(name)) return undefined;
    names.set(name, index);
  }
  return names;
}

/** Of a list of scalars: which are gone and which came; as many of both are taken for each other. */
function pairsByValue(before: readonly PlanValue[], after: readonly PlanValue[]): readonly Pair[] | undefined {
  if ([...before, ...after].some((item) => isObject(item) || isList(item))) return undefined;
  const gone = indexesWithout(before, after);
  const came = indexesWithout(after, before);
  return Array.from({ length: Math.max(gone.length, came.length) }, (_, index) => {
    const [from = -1, to = -1] = [gone[index], came[index]];
    return { label: to === -1 ? from : to, from, to };
  });
}

/** Where the items stand that have no like among the others. */
function indexesWithout(items: readonly PlanValue[], others: readonly PlanValue[]): readonly number[] {
  const left = new Map<PlanValue, number>();
  for (const other of others) left.set(other, (left.get(other) ?? 0) + 1);
  return [...items.keys()].filter((index) => {
    const item = items[index] ?? null;
    const count = left.get(item) ?? 0;
    left.set(item, count - 1);
    return count <= 0;
  });
}

function listOf(value: PlanValue | undefined): readonly PlanValue[] {
  return isList(value) ? value : [];
}

export function holdsTrue(marks: PlanValue | undefined): boolean {
  if (marks === true) return true;
  if (isList(marks)) return marks.some(holdsTrue);
  return isObject(marks) && Object.values(marks).some(holdsTrue);
}

/** Null, absent and an empty block are the same nothing. */
export function sameValue(one: PlanValue | undefined, other: PlanValue | undefined): boolean {
  if (one === other) return true;
  if (isNothing(one) && isNothing(other)) return true;
  if (isList(one) && isList(other))
    return one.length === other.length && one.every((item, index) => sameValue(item, other[index]));
  if (!isObject(one) || !isObject(other)) return false;
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].every((key) =>
    sameValue(member(one, key), member(other, key)),
  );
}

function isNothing(value: PlanValue | undefined): boolean {
  return value === undefined || value === null;
}
