import type { Declared } from '../origin/declared.ts';
import type { ObjectName } from '../origin/find-object.ts';
import { isSensitive } from '../origin/modules.ts';
import type { SourcePlace } from '../origin/port.ts';
import type { Symbolic } from '../origin/symbol.ts';
import type { Difference } from './differences.ts';
import { isIgnored, type Resolved, resolvePath } from './fields.ts';
import { insertions } from './insert.ts';
import { blocksAround } from './nodes.ts';
import type { EditOutcome, FieldChange, FieldWish, PrepareEdit, Refusal, RefusedEdit } from './port.ts';
import { prove } from './proof.ts';
import { removals } from './remove.ts';
import { replacements } from './replace.ts';
import { isAsWished } from './scalar-text.ts';
import { openSite } from './site.ts';
import type { Splice } from './text.ts';
import { unifiedDiff } from './unified-diff.ts';
import { type OpenStack, openWorld, type World } from './world.ts';

const most = { wishes: 20, candidates: 12 } as const;

interface Owner {
  readonly stack: string;
  readonly declared: Declared;
}

export const prepareEdit: PrepareEdit = async (sources, object, wishes) => {
  const world = openWorld(sources);
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
  return fulfil(world, owner, wishes);
};

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
async function fulfil(first: World, { stack, declared }: Owner, wishes: readonly FieldWish[]): Promise<EditOutcome> {
  let world = first;
  const done: FieldWish[] = [];
  const edited = new Map<string, SourcePlace>();
  const seen = new Map<string, Difference>();
  const wished: (readonly string[])[] = [];
  for (const wish of wishes) {
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
  const site = openSite(world, open, declared);
  const candidates = candidatesFor(resolved, wish, leaf, isThere, (chain) => removals(site, chain), {
    replace: (literal, to) => replacements(site, literal, to),
    insert: (container, rest, to) => insertions(site, container, rest, to),
  });
  const unique = [...new Map(candidates.map((one) => [JSON.stringify(one), one])).values()].slice(0, most.candidates);
  let worst: RefusedEdit = refused('no-place', about);
  for (const splice of unique) {
    const proof = await prove(world, splice, target, wish, done);
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
