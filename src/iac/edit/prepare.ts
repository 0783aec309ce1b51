import { setImmediate } from 'node:timers/promises';
import type { Declared } from '../origin/declared.ts';
import type { ObjectName } from '../origin/find-object.ts';
import { isSensitive } from '../origin/modules.ts';
import type { SourcePlace } from '../origin/port.ts';
import { type Symbolic, scalarOf } from '../origin/symbol.ts';
import type { Difference } from './differences.ts';
import { isIgnored, type Resolved, resolvePath } from './fields.ts';
import { insertions } from './insert.ts';
import { whyNotMade, withInitContainers } from './named-items.ts';
import { blocksAround } from './nodes.ts';
import type {
  EditOutcome,
  EditSources,
  FieldChange,
  FieldPath,
  FieldWish,
  PrepareEdit,
  Refusal,
  RefusedEdit,
} from './port.ts';
import { prove } from './proof.ts';
import { removals } from './remove.ts';
import { replacements } from './replace.ts';
import { isAsWished } from './scalar-text.ts';
import { openSite } from './site.ts';
import type { Splice } from './text.ts';
import { unifiedDiff } from './unified-diff.ts';
import { isValuesFile } from './values-candidates.ts';
import { proveValues } from './values-proof.ts';
import { openWork, TooMuchWorkError, type WorkLimits } from './work.ts';
import { type OpenStack, openWorld, type World } from './world.ts';

const most = { wishes: 20, candidates: 12 } as const;
const mostSteps = 10_000_000;
const mostMilliseconds = 5_000;

interface Owner {
  readonly stack: string;
  readonly declared: Declared;
}

/** An edit that costs more is refused as `not-proven`. */
export function createPrepareEdit(limits: WorkLimits): PrepareEdit {
  return async (sources, object, wishes) => {
    try {
      return await prepared(openWorld(sources, openWork(limits)), sources, object, wishes);
    } catch (error) {
      if (error instanceof TooMuchWorkError) return refused('not-proven');
      throw error;
    }
  };
}

/** Ended by steps alone. */
export const prepareEdit = createPrepareEdit({ steps: mostSteps, now: () => 0, milliseconds: 0 });

/** Ended by time as well; `now` tells milliseconds. */
export function prepareEditInTime(now: () => number): PrepareEdit {
  return createPrepareEdit({ steps: mostSteps, now, milliseconds: mostMilliseconds });
}

async function prepared(
  world: World,
  sources: EditSources,
  object: ObjectName,
  wishes: readonly FieldWish[],
): Promise<EditOutcome> {
  const owners = ownersOf(world, object);
  const [owner, ...others] = owners;
  if (owner === undefined) return refused('no-owner');
  if (others.length > 0) {
    return refused('several-owners', {
      others: owners.slice(0, 5).map(({ stack, declared }) => `${stack} ${declared.address}`),
    });
  }
  const { stack, declared } = owner;
  const about = { stack, place: declared.place };
  if (object.kind.toLowerCase() === 'secret') return refused('secret', about);
  if (object.namespace !== undefined && declared.namespace === undefined) {
    return refused('computed', { ...about, field: 'metadata.namespace' });
  }
  if (wishes.length === 0 || wishes.length > most.wishes) return refused('not-proven', about);
  const meant = wishes.map((wish) => ({ ...wish, path: withInitContainers(declared.body, wish.path) }));
  return fulfil(world, owner, meant, sources.isHidden);
}

/** Everything that makes an object of this name, or may. What says another namespace does not. */
function ownersOf(world: World, { kind, name, namespace }: ObjectName): readonly Owner[] {
  const named = [...world.stacks.keys()].flatMap((stack) =>
    (world.open(stack)?.declared ?? [])
      .filter((one) => one.kind.toLowerCase() === kind.toLowerCase() && one.name === name)
      .map((declared) => ({ stack, declared })),
  );
  if (namespace === undefined) return named;
  const exact = named.filter(({ declared }) => declared.namespace === namespace);
  return exact.length > 0 ? exact : named.filter(({ declared }) => declared.namespace === undefined);
}

/** One wish after the other, each proven by itself on top of those before it. */
async function fulfil(
  first: World,
  { stack, declared }: Owner,
  wishes: readonly FieldWish[],
  isHidden: EditSources['isHidden'],
): Promise<EditOutcome> {
  // Before any of them is tried: what becomes of the others must not tell whether a guess at this one was right.
  for (const wish of wishes) {
    const { chain, rest, field } = resolvePath(declared.body, wish.path);
    const leaf = chain.at(-1);
    if (leaf?.is !== 'literal' || rest.length > 0) continue;
    const { value, place } = leaf;
    if (isHidden({ name: nameOf(wish.path, chain), value, place })) return refused('secret', { stack, field, place });
  }
  let world = first;
  const done: FieldWish[] = [];
  const edited = new Map<string, SourcePlace>();
  const seen = new Map<string, Difference>();
  const wished: (readonly string[])[] = [];
  for (const wish of wishes) {
    // Each may take a good part of a second, and whoever asked for it is not alone.
    await setImmediate();
    const step = await fulfilOne(world, { stack, address: declared.address }, wish, done);
    if (step.is === 'refused') return step;
    done.push(wish);
    if (step.is === 'same') {
      wished.push(step.key);
      continue;
    }
    world = step.world;
    wished.push(step.key);
    if (!edited.has(step.place.file)) edited.set(step.place.file, step.place);
    for (const one of step.differences) {
      const key = one.key.join('\0');
      seen.set(key, { ...one, before: seen.has(key) ? seen.get(key)?.before : one.before });
    }
  }
  const [place] = edited.values();
  if (place === undefined) {
    const resolved = resolvePath(declared.body, wishes[0]?.path ?? []);
    return refused('same', { stack, field: resolved.field, place: resolved.chain.at(-1)?.place });
  }
  const files = [...edited.keys()].sort();
  const patch = unifiedDiff(
    files.map((path) => ({ path, before: first.text(path) ?? '', after: world.text(path) ?? '' })),
  );
  const isWished = ({ key }: Difference): boolean =>
    wished.some((above) => above.every((step, index) => key[index] === step));
  const all = [...seen.values()];
  if (all.some((one) => isHiddenIn(one, all, isHidden)))
    return refused('secret', { stack, field: all[0]?.field, place });
  return {
    is: 'prepared',
    stack,
    address: declared.address,
    patch,
    place,
    changes: all.filter(isWished).map(changeOf),
    also: all.filter((one) => !isWished(one)).map(changeOf),
  };
}

function nameOf(path: FieldPath, chain: readonly Symbolic[]): string {
  const item = chain.at(-2);
  const last = path.at(-1);
  const named = item?.is === 'object' && last === 'value' ? scalarOf(item.entries.get('name')?.value) : undefined;
  return typeof named === 'string' ? named : typeof last === 'string' ? last : '';
}

/** What was there before, and leaves with the edit or beside it. */
function isHiddenIn(
  { key, field, before: value }: Difference,
  all: readonly Difference[],
  isHidden: EditSources['isHidden'],
): boolean {
  if (value === undefined) return false;
  const last = key.at(-1)?.replace(/^\./, '') ?? '';
  const item = last === 'value' ? key.at(-2) : undefined;
  const beside = all.find((one) => one.field === field.replace(/\.value$/, '.name'))?.before;
  const named = item?.startsWith('[=') === true ? item.slice(2, -1) : typeof beside === 'string' ? beside : undefined;
  return isHidden({ name: (item && named) ?? last, value });
}

type Step =
  | { readonly is: 'same'; readonly key: readonly string[] }
  | {
      readonly is: 'done';
      readonly world: World;
      readonly place: SourcePlace;
      readonly key: readonly string[];
      readonly differences: readonly Difference[];
    }
  | RefusedEdit;

async function fulfilOne(
  world: World,
  target: { readonly stack: string; readonly address: string },
  wish: FieldWish,
  done: readonly FieldWish[],
): Promise<Step> {
  const open = world.open(target.stack);
  const declared = open?.declared.find(({ address }) => address === target.address);
  if (open === undefined || declared === undefined) return refused('not-proven', { stack: target.stack });
  const resolved = resolvePath(declared.body, wish.path);
  const leaf = resolved.chain.at(-1) ?? declared.body;
  const isThere = resolved.rest.length === 0;
  const about = { stack: target.stack, field: resolved.field, place: leaf.place };
  if (isIgnored(declared.ignored, wish.path)) return refused('ignored', about);
  if (leaf.is === 'computed') return refused(isKept(open, leaf.place) ? 'secret' : 'computed', about);
  // What is not seen may lie in what is computed.
  if (!isThere && resolved.chain.some((one) => one.is === 'object' && one.open === true))
    return refused('computed', about);
  const value = isThere && leaf.is === 'literal' ? leaf.value : undefined;
  if (isThere ? leaf.is === 'literal' && isAsWished(value, wish.value) : wish.value === undefined) {
    return { is: 'same', key: resolved.key };
  }
  const whyNot = isThere ? undefined : whyNotMade(resolved, wish.path);
  if (whyNot !== undefined) return refused(whyNot, about);
  const site = openSite(world, open, declared);
  const candidates = candidatesFor(resolved, wish, leaf, isThere, (chain) => removals(site, chain), {
    replace: (literal, to) => replacements(site, literal, to),
    insert: (container, rest, to) => insertions(site, container, rest, to),
  });
  const unique = [...new Map(candidates.map((one) => [JSON.stringify(one), one])).values()].slice(0, most.candidates);
  let worst: RefusedEdit = refused('no-place', about);
  for (const splice of unique) {
    const proof = isValuesFile(splice.file)
      ? proveValues(world, splice, target, wish, done)
      : await prove(world, splice, target, wish, done);
    if (proof.is === 'proven') {
      const place = placeOf(proof.world, splice);
      return {
        is: 'done',
        world: proof.world,
        place,
        key: resolved.key,
        differences: [...proof.changes, ...proof.also],
      };
    }
    if (proof.is === 'shared') worst = refused('shared', { ...about, others: proof.others });
    else if (worst.why !== 'shared') worst = refused('not-proven', about);
  }
  return worst;
}

interface Ways {
  readonly replace: (
    leaf: Extract<Symbolic, { is: 'literal' }>,
    to: NonNullable<FieldWish['value']>,
  ) => readonly Splice[];
  readonly insert: (
    container: Symbolic,
    rest: Resolved['rest'],
    to: NonNullable<FieldWish['value']>,
  ) => readonly Splice[];
}

function candidatesFor(
  { chain, rest }: Resolved,
  { value }: FieldWish,
  leaf: Symbolic,
  isThere: boolean,
  remove: (chain: readonly Symbolic[]) => readonly Splice[],
  ways: Ways,
): readonly Splice[] {
  if (value === undefined || value === null) return isThere ? remove(chain) : [];
  if (!isThere) return ways.insert(leaf, rest, value);
  return leaf.is === 'literal' ? ways.replace(leaf, value) : [];
}

function isKept(open: OpenStack, place: SourcePlace): boolean {
  const file = open.sources.files.find(({ path }) => path === place.file);
  const [block] = file === undefined ? [] : blocksAround(file, place.range);
  return block?.type === 'variable' && isSensitive(block);
}

function placeOf(world: World, { file, start, text }: Splice): SourcePlace {
  const now = world.text(file) ?? '';
  const line = now.slice(0, start).split('\n').length;
  const column = start - now.lastIndexOf('\n', start - 1);
  const lines = text.replace(/\n$/, '').split('\n');
  const endColumn = lines.length === 1 ? column + text.length : (lines.at(-1)?.length ?? 0) + 1;
  return { file, range: { line, column, endLine: line + lines.length - 1, endColumn } };
}

function changeOf({ field, before, after }: Difference): FieldChange {
  return { field, before, after };
}

function refused(why: Refusal, told: Partial<Omit<RefusedEdit, 'is' | 'why'>> = {}): RefusedEdit {
  return { is: 'refused', why, field: undefined, stack: undefined, place: undefined, others: [], ...told };
}
