import type { HclAttribute, HclBlock, HclBody, HclFile } from '../hcl/syntax.ts';
import { type HclReference, referencesOf } from '../hcl/walk.ts';

/**
 * Attributes, and what they refer to, by name: `var.image`, `local.labels`, `module.web.url`, `kubectl_manifest.deployment`,
 * `each:module.web` for `each` and `count` within that block.
 */
export interface Holder {
  readonly file: string;
  /** The block at the top of the file. */
  readonly block: HclBlock;
  /** Blocks within it that lead to the attribute. */
  readonly inside: readonly HclBlock[];
  readonly attribute: HclAttribute;
  readonly refers: ReadonlySet<string>;
  /** What `dynamic` blocks around it call their items. */
  readonly iterators: ReadonlySet<string>;
}

const known = new WeakMap<HclFile, readonly Holder[]>();

export function holdersIn(file: HclFile): readonly Holder[] {
  const before = known.get(file);
  if (before !== undefined) return before;
  const holders = file.body.blocks.flatMap((block) => [...holdersOf(file.path, block, [], block.body)]);
  known.set(file, holders);
  return holders;
}

function* holdersOf(file: string, block: HclBlock, inside: readonly HclBlock[], body: HclBody): Generator<Holder> {
  const iterators = new Set(inside.flatMap(iteratorsOf));
  for (const attribute of body.attributes) {
    if (saysOrderOnly(inside, attribute)) continue;
    const refers = new Set([...referencesOf(attribute.value)].flatMap((one) => namesOf(one, { block, iterators })));
    yield { file, block, inside, attribute, refers, iterators };
  }
  for (const inner of body.blocks) yield* holdersOf(file, block, [...inside, inner], inner.body);
}

function iteratorsOf({ type, labels, body }: HclBlock): readonly string[] {
  if (type !== 'dynamic') return [];
  const named = body.attributes.find(({ name }) => name === 'iterator')?.value;
  return named === undefined ? labels.slice(0, 1) : [named.text];
}

/** What these name is waited for, or left alone; no value of it is taken. */
function saysOrderOnly(inside: readonly HclBlock[], { name }: HclAttribute): boolean {
  return inside.length === 0 ? name === 'depends_on' : inside[0]?.type === 'lifecycle' && name === 'ignore_changes';
}

export function idOf({ type, labels }: HclBlock): string {
  return `${type === 'data' || type === 'ephemeral' ? `${type}.` : ''}${labels.join('.')}`;
}

export function blockName({ type, labels }: HclBlock): string {
  return `${type}.${labels.join('.')}`;
}

/** What an object is called does not change: an edit that would change it is none. */
const identities: ReadonlySet<string> = new Set('id uid live_uid name namespace kind api_version'.split(' '));

/** None where it takes nothing that an edit could change. */
export function namesOf(
  { root, steps }: HclReference,
  { block, iterators }: Pick<Holder, 'block' | 'iterators'>,
): readonly string[] {
  if (iterators.has(root)) return [`each:${blockName(block)}`];
  const names = steps.map((step) => (step.kind === 'name' ? step.name : undefined));
  const [first, second] = names;
  switch (root) {
    case 'var':
    case 'local':
      return [`${root}.${first ?? '?'}`];
    case 'each':
    case 'count':
      return [`each:${blockName(block)}`];
    case 'module': {
      const output = names.slice(1).find((name) => name !== undefined);
      return [`module.${first ?? '?'}.${output ?? '*'}`];
    }
    // Of a provisioner or a condition: what it runs or asks takes the whole resource.
    case 'self':
      return [idOf(block)];
    case 'path':
    case 'terraform':
      return [];
    default: {
      const isData = root === 'data' || root === 'ephemeral';
      const id = isData ? `${root}.${first}.${second}` : `${root}.${first}`;
      const taken = names.slice(isData ? 2 : 1).filter((name) => name !== undefined);
      const isIdentity =
        identities.has(taken.at(-1) ?? '') && (taken.length === 1 || (taken.length === 2 && taken[0] === 'metadata'));
      return isIdentity ? [] : [id];
    }
  }
}

/** Every attribute of a file with where it stands, to see what an edit did to it. */
export function attributesOf(
  file: HclFile,
): readonly { readonly top: number; readonly name: string; readonly text: string }[] {
  const all: { top: number; name: string; text: string }[] = [];
  const visit = (body: HclBody, top: number, prefix: string): void => {
    for (const { name, value } of body.attributes) all.push({ top, name: `${prefix}${name}`, text: value.text });
    for (const [index, block] of body.blocks.entries()) {
      const labels = JSON.stringify([block.type, ...block.labels]);
      const here = `${prefix}${prefix === '' ? index : ''}${labels}`;
      all.push({ top: prefix === '' ? index : top, name: here, text: '' });
      visit(block.body, prefix === '' ? index : top, `${here}/`);
    }
  };
  visit(file.body, -1, '');
  return all;
}
