import type { PlanSummary, WireResourceChange } from '../wire/run.ts';
import { blockAddress, hasKeys, withHiddenKeys } from './address.ts';
import { differences, holdsTrue, sameValue } from './difference.ts';
import { createDocumentReader } from './documents.ts';
import { isNoise } from './noise.ts';
import { objectText } from './object-identity.ts';
import { type MaskOptions, type Outgoing, words } from './outgoing.ts';
import { isObject, member } from './plan-json.ts';
import type { PlanAction, PlannedChange } from './reading.ts';
import { cut, pathText, placeOf, showLeaf, type WireLeaf } from './shown-leaf.ts';

/**
 * Changes as agents may see them. The instances of a block whose keys do not follow from literals are one line without a number:
 * how many there are, what they are called and how they differ may be made of a secret.
 */
export interface Line {
  /** Most dangerous first. */
  readonly action: PlanAction;
  /** As it may be shown. */
  readonly address: string;
  /** More than one where keys are hidden. */
  readonly changes: readonly [PlannedChange, ...PlannedChange[]];
  readonly hidesInstances: boolean;
}

interface GrowingLine extends Line {
  action: PlanAction;
  readonly changes: [PlannedChange, ...PlannedChange[]];
}

/** What undoes or loses something comes first. */
const order: readonly PlanAction[] = [
  'delete',
  'replace',
  'forget',
  'create-then-forget',
  'update',
  'create',
  'read',
  'no-op',
];

export function linesOf(changes: readonly PlannedChange[], options: MaskOptions): readonly Line[] {
  const lines = new Map<string, GrowingLine>();
  for (const change of changes) {
    const address = shownAddress(change.address, options, isGoing(change));
    const hidesInstances = address !== change.address;
    const key = hidesInstances ? blockAddress(address) : `${address} ${change.deposed ?? ''}`;
    const before = lines.get(key);
    if (before === undefined) {
      const shown = hidesInstances ? withHiddenKeys(address) : address;
      lines.set(key, { action: change.action, address: shown, changes: [change], hidesInstances });
    } else {
      before.action = worse(before.action, change.action);
      before.changes.push(change);
    }
  }
  return [...lines.values()].sort(
    (one, other) =>
      order.indexOf(one.action) - order.indexOf(other.action) ||
      (one.address < other.address ? -1 : one.address > other.address ? 1 : 0),
  );
}

function isGoing({ action }: PlannedChange): boolean {
  return action === 'delete' || action === 'forget';
}

function worse(one: PlanAction, other: PlanAction): PlanAction {
  return order.indexOf(one) <= order.indexOf(other) ? one : other;
}

/** The keys of an instance that goes are those of the source that made it. */
export function shownAddress(address: string, { origins, baseOrigins }: MaskOptions, isGoing: boolean): string {
  const source = isGoing ? baseOrigins : origins;
  return !hasKeys(address) || source.hasLiteralKeys(address) ? address : withHiddenKeys(address);
}

const mostLeaves = 40;
/** Beyond these nothing is looked at: what is said to be left out is then at least that many. */
const mostCompared = 400;

export function createChangeMasker(options: MaskOptions, outgoing: Outgoing): (line: Line) => WireResourceChange {
  const read = createDocumentReader();
  const { origins, baseOrigins } = options;
  return (line) => {
    const [change] = line.changes;
    const source = isGoing(change) ? baseOrigins : origins;
    const place = source.places(change.address).at(-1);
    const object = line.hidesInstances ? undefined : objectText(change, { origins: source, read, outgoing });
    const { leaves, more } = line.hidesInstances ? attributesOf(line, outgoing) : leavesOf(change);
    const previous = line.hidesInstances ? undefined : change.previousAddress;
    return {
      address: outgoing(line.address),
      action: line.action,
      ...(object === undefined ? {} : { object }),
      ...(isReason(change.reason) && !line.hidesInstances ? { reason: change.reason } : {}),
      ...(previous === undefined ? {} : { previousAddress: outgoing(shownAddress(previous, options, true)) }),
      notes: notesOf(line).map((note) => cut(outgoing(note))),
      ...(place === undefined ? {} : { place: placeOf(place, outgoing) }),
      leaves: [...leaves],
      more,
    };
  };

  function leavesOf(change: PlannedChange): { readonly leaves: readonly WireLeaf[]; readonly more: number } {
    if (change.action === 'no-op') return { leaves: [], more: 0 };
    const found = [];
    for (const leaf of differences(change, read)) {
      found.push(leaf);
      if (found.length === mostCompared) break;
    }
    const telling = orAll(found, ({ labels: [first] }) => !isNoise(change.type, first));
    const written = orAll(telling, ({ labels: [first] }) => !isDefault(change, first));
    const shown = written.map((leaf) => showLeaf(leaf, { change, options, outgoing }));
    const merged = mergeHidden(shown.map(({ leaf }) => leaf));
    const literal = new Set(shown.filter(({ isLiteral }) => isLiteral).map(({ leaf }) => leaf.path));
    const chosen = merged.length <= mostLeaves ? merged : literalFirst(merged, literal);
    return { leaves: chosen.slice(0, mostLeaves), more: Math.max(0, chosen.length - mostLeaves) };
  }

  /** Of something new: what its provider fills in, which the source does not speak of. */
  function isDefault({ action, address }: PlannedChange, first: unknown): boolean {
    return action === 'create' && typeof first === 'string' && !origins.hasPath(address, [first]);
  }
}

/** Those that pass, or all when none does. */
function orAll<Item>(items: readonly Item[], passes: (item: Item) => boolean): readonly Item[] {
  const passing = items.filter(passes);
  return passing.length > 0 ? passing : items;
}

function literalFirst(leaves: readonly WireLeaf[], literal: ReadonlySet<string>): readonly WireLeaf[] {
  return [...leaves.filter(({ path }) => literal.has(path)), ...leaves.filter(({ path }) => !literal.has(path))];
}

/** Leaves whose paths are cut off at the same step are one: how many there are would tell how long a list is. */
function mergeHidden(leaves: readonly WireLeaf[]): readonly WireLeaf[] {
  const merged = new Map<string, WireLeaf>();
  for (const [index, leaf] of leaves.entries()) {
    const key = leaf.path.endsWith('.…') ? leaf.path : `${leaf.path}#${index}`;
    const before = merged.get(key);
    merged.set(key, before === undefined ? leaf : mergedLeaf(before, leaf));
  }
  return [...merged.values()];
}

function mergedLeaf(one: WireLeaf, other: WireLeaf): WireLeaf {
  const before = hiddenWord(one.before, other.before);
  const after = hiddenWord(one.after, other.after);
  return {
    path: one.path,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  };
}

function hiddenWord(one: string | undefined, other: string | undefined): string | undefined {
  for (const word of [words.sensitive, words.computed, words.unknown]) if (one === word || other === word) return word;
  return one ?? other;
}

/** Of instances that are not told apart: which attributes change in any of them. */
function attributesOf(
  { changes }: Line,
  outgoing: Outgoing,
): { readonly leaves: readonly WireLeaf[]; readonly more: number } {
  const found = new Map<string, WireLeaf>();
  for (const change of changes) {
    if (change.action === 'no-op') continue;
    const names = [change.before, change.after, change.afterUnknown].flatMap((side) =>
      isObject(side) ? Object.keys(side) : [],
    );
    for (const name of new Set(names)) {
      const [was, becomes, unknown] = [change.before, change.after, change.afterUnknown].map((side) =>
        member(side, name),
      );
      if (isNoise(change.type, name) || (!holdsTrue(unknown) && sameValue(was, becomes))) continue;
      const isSensitive = [change.beforeSensitive, change.afterSensitive].some(
        (marks) => marks === true || holdsTrue(member(marks, name)),
      );
      const word = isSensitive ? words.sensitive : words.computed;
      const leaf = {
        path: cut(outgoing(pathText([name], 1))),
        ...(change.before === null ? {} : { before: word }),
        ...(change.after === null ? {} : { after: word }),
      };
      const before = found.get(name);
      found.set(name, before === undefined ? leaf : mergedLeaf(before, leaf));
    }
  }
  const leaves = [...found].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, leaf]) => leaf);
  return { leaves: leaves.slice(0, mostLeaves), more: Math.max(0, leaves.length - mostLeaves) };
}

const reason = /^(?:replace|delete|read)_(?:because|by)_[a-z_]{1,40}$/;

function isReason(text: string | undefined): text is string {
  return text !== undefined && reason.test(text);
}

function notesOf({ changes, hidesInstances }: Line): readonly string[] {
  if (hidesInstances) {
    const notes = ['how many instances change, and which, is not shown: their keys are not literal'];
    if (changes.some(({ importing }) => importing)) notes.push('brings in what exists');
    return notes;
  }
  const [change] = changes;
  const paths = change.replacePaths.map((path) => pathText(path, 1));
  return [
    ...(paths.length > 0 ? [`replaced because of ${[...new Set(paths)].sort().join(', ')}`] : []),
    ...(change.action === 'replace' && change.createFirst
      ? ['the new one is created before the old one is deleted']
      : []),
    ...(change.action === 'create-then-forget' ? ['the old one is no longer managed, and stays'] : []),
    ...(change.action === 'forget' ? ['it is no longer managed, and stays'] : []),
    ...(change.reason === 'replace_because_tainted' ? ['it is tainted: an earlier apply did not finish it'] : []),
    ...(change.deposed === undefined ? [] : ['a leftover of an earlier replacement that did not finish']),
    ...(change.importing ? ['brings in what exists'] : []),
    ...(change.previousAddress === undefined ? [] : ['moved']),
  ];
}

/** Which attributes drifted, and no more of them. */
export function maskDrift(
  changes: readonly PlannedChange[],
  options: MaskOptions,
  outgoing: Outgoing,
): PlanSummary['drift'] {
  return linesOf(changes, options).map((line) => ({
    address: outgoing(line.address),
    action: line.action,
    paths: attributesOf(line, outgoing).leaves.map(({ path }) => path),
  }));
}
