import type { HclBlock, HclBody } from '../hcl/syntax.ts';
import { expandDynamic } from './dynamic.ts';
import { evaluate, type Scope } from './evaluate.ts';
import type { Defined } from './modules.ts';
import { computed, type Entry, type Symbolic } from './symbol.ts';

const noBlocks: ReadonlySet<string> = new Set();

/** Blocks of the kubernetes provider that are lists by its schema. Of any other block a plan may tell in another order. */
const kubernetesLists: ReadonlySet<string> = new Set(
  'container init_container env env_from volume volume_mount port toleration'.split(' '),
);

/** A block’s attributes by their name, and the blocks in it by their type, as lists of such objects. */
export function bodySymbol({ file, node }: Defined<HclBlock>, scope: Scope): Symbolic {
  return symbolOf({ file, node }, scope, node.labels[0]?.startsWith('kubernetes_') ? kubernetesLists : noBlocks);
}

function symbolOf(
  { file, node }: Defined<Pick<HclBlock, 'body' | 'range'>>,
  scope: Scope,
  lists: ReadonlySet<string>,
): Symbolic {
  const { attributes, blocks }: HclBody = node.body;
  const entries = new Map<string, Entry>(
    attributes.map((one) => [one.name, { key: { file, range: one.range }, value: evaluate(one.value, scope) }]),
  );
  for (const [type, all] of Map.groupBy(blocks, nameOf)) {
    const [first] = all;
    if (first === undefined) continue;
    const place = { file, range: first.range };
    const make = (body: HclBlock, inside: Scope): Symbolic => symbolOf({ file, node: body }, inside, lists);
    const items = all.map((block) =>
      block.type === 'dynamic' ? expandDynamic(block, scope, make) : [make(block, scope)],
    );
    // One that is not known to be none might be any number of them.
    const isKnown = items.every((made) => made !== undefined);
    const value: Symbolic = isKnown
      ? { is: 'list', items: items.flat(), place, ordered: lists.has(type) }
      : computed(place);
    entries.set(type, { key: place, value });
  }
  return { is: 'object', entries, place: { file, range: node.range } };
}

function nameOf({ type, labels }: HclBlock): string {
  return type === 'dynamic' ? (labels[0] ?? '') : type;
}
