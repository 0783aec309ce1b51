import type { HclExpression } from '../../iac/hcl/syntax.ts';
import { attributeOf, type ModuleSource, type PlacedBlock } from './module-source.ts';
import { Unjudgeable } from './problem.ts';
import { moduleFolder, type Tree } from './tree.ts';

/** A module as it is called from one place: its variables have the values of that call. */
export interface Instance {
  /** `module.a.module.b`; the empty string for the root. */
  readonly path: string;
  readonly module: ModuleSource;
  readonly root: ModuleSource;
  readonly parent: Instance | undefined;
  /** The blocks that call it; several only when an override file adds to one. */
  readonly calls: readonly PlacedBlock[];
  /** By the name of the call. A call whose module is not in the tree has none. */
  readonly children: ReadonlyMap<string, readonly Instance[]>;
}

/** Where an expression stands: what `var`, `local`, … mean there, and what the words bound around it stand for. */
export interface Place {
  readonly instance: Instance;
  readonly bound: ReadonlyMap<string, Bound>;
}
/** `each`, `count`, the iterator of a dynamic block, the variables of a `for`. */
export interface Bound {
  readonly expression: HclExpression;
  readonly place: Place;
  /** An iterator has `.key` and `.value`; the first of two variables of a `for` is a key. */
  readonly role: 'key' | 'value' | 'iterator';
}

/** A folder by itself, called from nowhere. */
export function aloneInstance(module: ModuleSource): Instance {
  return { path: '', module, root: module, parent: undefined, calls: [], children: new Map() };
}

const limits = { depth: 12, instances: 4_000 } as const;

export function instancesOf(tree: Tree, rootFolder: string): readonly Instance[] {
  const root = tree.modules.get(rootFolder);
  if (root === undefined) return [];
  const all: Instance[] = [];
  const make = (
    module: ModuleSource,
    path: string,
    parent?: Instance,
    calls: readonly PlacedBlock[] = [],
  ): Instance => {
    const depth = path.split('module.').length;
    if (depth > limits.depth || all.length >= limits.instances) {
      throw new Unjudgeable(
        'scan-too-large',
        'modules call each other deeper or more often than the scan follows: flatten them',
      );
    }
    const children = new Map<string, readonly Instance[]>();
    const instance: Instance = { path, module, root, parent, calls, children };
    all.push(instance);
    for (const [name, blocks] of module.calls) {
      const folders = new Set(blocks.flatMap(({ block }) => moduleFolder(module.folder, block) ?? []));
      const called = [...folders]
        .flatMap((folder) => tree.modules.get(folder) ?? [])
        .filter(({ files }) => files.length > 0);
      const below = path === '' ? `module.${name}` : `${path}.module.${name}`;
      if (called.length > 0)
        children.set(
          name,
          called.map((child) => make(child, below, instance, blocks)),
        );
    }
    return instance;
  };
  make(root, '');
  return all;
}

/** Inside a block: `each` and `count` are what the block repeats over. */
export function placeInside(instance: Instance, { block }: PlacedBlock): Place {
  const outside: Place = { instance, bound: new Map() };
  const bound = new Map<string, Bound>();
  const each = attributeOf(block, 'for_each');
  if (each !== undefined) bound.set('each', { expression: each.value, place: outside, role: 'iterator' });
  const count = attributeOf(block, 'count');
  if (count !== undefined) bound.set('count', { expression: count.value, place: outside, role: 'value' });
  return { instance, bound };
}
