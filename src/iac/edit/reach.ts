import { posix } from 'node:path';
import type { HclFile } from '../hcl/syntax.ts';
import type { Instance } from '../origin/instance.ts';
import { folderOfCall } from '../origin/modules.ts';
import type { SourcePlace } from '../origin/port.ts';
import { isWritten, type Symbolic } from '../origin/symbol.ts';
import { isSettled } from './differences.ts';
import { flowThrough } from './flow.ts';
import { blockName, type Holder, holdersIn, idOf } from './holders.ts';
import type { Reshaping } from './one-type.ts';
import { fitsTypes } from './variable-type.ts';
import type { Work } from './work.ts';
import { indexText, keysOf, type OpenStack, type Placed } from './world.ts';

/**
 * How far an edit reaches within one stack: from the attribute that it changed to what refers to that, and so on, in each
 * instance of a module by itself. It ends where a value is written down and is the same as before.
 */
interface Reach {
  /** Expressions that it reaches: what is computed around one of them may be another value now. */
  readonly places: readonly SourcePlace[];
  /** Resources and data that have a part that it reaches: address of the instance, and id. */
  readonly resources: readonly { readonly placed: Placed; readonly id: string }[];
  readonly outputs: ReadonlySet<string>;
  /** Names of the stack's own module that it reaches. */
  readonly names: ReadonlySet<string>;
  /** It reaches something whose value before and after cannot be compared. */
  readonly isLost: boolean;
}

/** What an edit changed: attributes of one block at the top of a file. */
export interface Edited {
  readonly place: SourcePlace;
  readonly isChanged: (holder: Holder) => boolean;
  /** Variables of the stack, where the file is none of Terraform's own. */
  readonly variables: readonly string[];
  readonly reshaping: Reshaping;
}

const mostNames = 20_000;

export function reachOf(before: OpenStack, after: OpenStack, edited: Edited, work: Work): Reach {
  const folders = Map.groupBy(
    after.sources.files.filter(({ path }) => path.endsWith('.tf')),
    ({ path }) => posix.dirname(path),
  );
  const holdersOf = ({ instance }: Placed): readonly Holder[] =>
    (folders.get(instance.source.folder) ?? []).flatMap((file: HclFile) => holdersIn(file));
  const byName = new Map<string, ReadonlyMap<string, readonly Holder[]>>();
  const holdersOfName = (placed: Placed, name: string): readonly Holder[] => {
    const { folder } = placed.instance.source;
    const known = byName.get(folder) ?? namedIn(holdersOf(placed));
    byName.set(folder, known);
    return known.get(name) ?? [];
  };
  const reached = new Map<string, Set<string>>();
  const resources = new Map<string, { placed: Placed; id: string }>();
  const outputs = new Set<string>();
  const holders = new Map<string, Map<Holder, Placed>>();
  const waiting: (readonly [Placed, string])[] = [];
  let isLost = false;

  const reach = (placed: Placed, name: string): void => {
    const names = reached.get(placed.path) ?? new Set();
    reached.set(placed.path, names);
    if (names.has(name)) return;
    names.add(name);
    waiting.push([placed, name]);
  };
  const old = (placed: Placed): Instance | undefined => before.instances.get(placed.path)?.instance;
  const settled = (placed: Placed, read: (instance: Instance) => Symbolic | undefined): boolean => {
    const one = old(placed);
    return one !== undefined && isSettled(read(one), read(placed.instance), work);
  };
  const argument = (placed: Placed, call: string, name: string): void => {
    const block = placed.instance.source.calls.get(call);
    const keys = block === undefined ? undefined : keysOf(placed.instance, block);
    if (keys === undefined) isLost = true;
    for (const key of keys ?? []) {
      const path = `${placed.path === '' ? '' : `${placed.path}.`}module.${call}${indexText(key)}`;
      const child = after.instances.get(path);
      if (child === undefined || !child.instance.source.variables.has(name)) isLost = true;
      else variable(child, name);
    }
  };
  const variable = (placed: Placed, name: string): void => {
    const declared = placed.instance.source.variables.get(name);
    if (declared === undefined || settled(placed, (one) => one.variable(name))) return;
    if (!fitsTypes(declared.node, placed.instance.variable(name))) isLost = true;
    reach(placed, `var.${name}`);
  };
  const repeats = (placed: Placed, holder: Holder): void => {
    reach(placed, `each:${blockName(holder.block)}`);
    const block = { file: holder.file, node: holder.block };
    const [first, second] = [old(placed), placed.instance].map((one) => one && keysOf(one, block));
    if (first === undefined || second === undefined || first.join('\0') !== second.join('\0')) isLost = true;
  };

  /** What the attribute gives its value to. */
  const go = (placed: Placed, holder: Holder): void => {
    work.spend(10);
    const { block, inside, attribute } = holder;
    const here = holders.get(placed.path) ?? new Map<Holder, Placed>();
    holders.set(placed.path, here);
    here.set(holder, placed);
    const label = block.labels[0] ?? '';
    const isRepeat = inside.length === 0 && (attribute.name === 'for_each' || attribute.name === 'count');
    if (block.type === 'locals') {
      if (!settled(placed, (one) => one.local(attribute.name))) reach(placed, `local.${attribute.name}`);
    } else if (block.type === 'variable') {
      if (inside[0]?.type === 'validation') return;
      if (attribute.name === 'default') variable(placed, label);
      else isLost = true;
    } else if (block.type === 'output') {
      if (settled(placed, (one) => one.output(label))) return;
      if (placed.parent === undefined) outputs.add(label);
      else {
        const parent = after.instances.get(placed.parent.path);
        if (parent === undefined) isLost = true;
        else for (const name of [label, '*']) reach(parent, `module.${placed.parent.call}.${name}`);
      }
    } else if (block.type === 'module') {
      if (isRepeat) repeats(placed, holder);
      else if (inside.length > 0 || ['source', 'version', 'providers'].includes(attribute.name)) isLost = true;
      else argument(placed, label, attribute.name);
    } else if (['resource', 'data', 'ephemeral'].includes(block.type)) {
      if (isRepeat) repeats(placed, holder);
      if (inside.at(-1)?.type === 'dynamic') reach(placed, `each:${blockName(block)}`);
      const id = idOf(block);
      resources.set(`${placed.path} ${id}`, { placed, id });
      reach(placed, id);
    } else isLost = true;
  };

  const isReached = (placed: Placed, name: string): boolean => reached.get(placed.path)?.has(name) === true;

  for (const placed of after.instances.values()) {
    const all = holdersOf(placed);
    work.spend(all.length);
    for (const holder of all) if (edited.isChanged(holder)) go(placed, holder);
  }
  const root = after.instances.get('');
  if (root !== undefined) for (const name of edited.variables) variable(root, name);
  let left = mostNames;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [placed, name] = next;
    left -= 1;
    if (left < 0) return { places: [], resources: [], outputs, names: new Set(), isLost: true };
    for (const holder of holdersOfName(placed, name)) go(placed, holder);
  }

  const places: SourcePlace[] = [];
  for (const [path, inside] of holders) {
    for (const [holder, placed] of inside) {
      const flow = flowThrough({
        holder,
        edited: edited.place,
        work,
        reshaping: edited.reshaping,
        before: before.instances.get(path)?.instance,
        after: placed.instance,
        isReached: (name) => isReached(placed, name),
      });
      places.push(...flow.places);
      if (flow.retypes) isLost = true;
      if (flow.selects && !isAllWritten(old(placed), placed, holder, after)) isLost = true;
    }
  }
  const isBlind = after.blind.size > 0 && isIn(after.blind, edited, holders, after);
  return {
    places,
    resources: [...resources.values()],
    outputs,
    names: reached.get('') ?? new Set(),
    isLost: isLost || isBlind,
  };
}

function namedIn(holders: readonly Holder[]): ReadonlyMap<string, readonly Holder[]> {
  const named = new Map<string, Holder[]>();
  for (const holder of holders) {
    for (const name of holder.refers) {
      const known = named.get(name);
      if (known === undefined) named.set(name, [holder]);
      else known.push(holder);
    }
  }
  return named;
}

/** A module of which it is not known how often it is called, and so not what it makes. */
function isIn(
  blind: ReadonlySet<string>,
  { place }: Edited,
  holders: ReadonlyMap<string, ReadonlyMap<Holder, Placed>>,
  after: OpenStack,
): boolean {
  if (blind.has(posix.dirname(place.file))) return true;
  return [...holders].some(
    ([path, inside]) =>
      after.instances.has(path) &&
      [...inside.keys()].some(({ block, file }) => {
        const folder = block.type === 'module' ? folderOfCall(block, posix.dirname(file)) : undefined;
        return folder !== undefined && blind.has(folder);
      }),
  );
}

/** Whether nothing that the attribute makes is computed, before or after: then all of it is compared. */
function isAllWritten(
  before: Instance | undefined,
  { instance: after, path }: Placed,
  holder: Holder,
  stack: OpenStack,
): boolean {
  const { block, inside, attribute } = holder;
  const label = block.labels[0] ?? '';
  const both = (read: (one: Instance) => Symbolic | undefined): boolean =>
    before !== undefined && [before, after].map(read).every((symbol) => symbol !== undefined && isWritten(symbol));
  if (block.type === 'locals') return both((one) => one.local(attribute.name));
  if (block.type === 'output') return both((one) => one.output(label));
  if (block.type === 'variable') return both((one) => one.variable(label));
  const known = { file: holder.file, node: block };
  const keys = keysOf(after, known);
  if (keys === undefined) return false;
  // How often it is repeated was compared where it was reached.
  if (inside.length === 0 && (attribute.name === 'for_each' || attribute.name === 'count'))
    return both((one) => one.repeats(known));
  if (block.type === 'module') {
    return keys.every((key) => {
      const child = stack.instances.get(`${path === '' ? '' : `${path}.`}module.${label}${indexText(key)}`);
      const old = before?.child(label, key);
      return [old, child?.instance].every((one) => {
        const symbol = one?.variable(attribute.name);
        return symbol !== undefined && isWritten(symbol);
      });
    });
  }
  const entry = inside[0]?.type ?? attribute.name;
  return keys.every((key) =>
    both((one) => {
      const body = one.resource(idOf(block), key, {});
      return body?.is === 'object' ? body.entries.get(entry)?.value : undefined;
    }),
  );
}
