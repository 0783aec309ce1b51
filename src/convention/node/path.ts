import { isAbsent, type Node, textOf, unknown } from './node.ts';

/**
 * A path into a node, as rules write it: `spec.template.spec.containers[].image`.
 *
 *  name           a key; one with dots or slashes in it as `["a.b/c"]`
 *  []             each item of a list; a map or scalar in its place is taken as the only item
 *  *              each entry of a map
 *  **             anything below, at any depth, itself included
 */
export type Path = readonly Step[];
type Step =
  | { readonly kind: 'key'; readonly name: string }
  | { readonly kind: 'each' }
  | { readonly kind: 'any' }
  | { readonly kind: 'deep' };

export interface Found {
  /** The way that was taken: items of a list by their `name` where they have one, so that two readings can be compared. */
  readonly at: string;
  readonly node: Node;
}

export interface Search {
  readonly found: readonly Found[];
  /** There may be more, in what could not be seen. */
  readonly blind: boolean;
}

const stepText = /\.?(?:(\*\*)|(\*)|([A-Za-z0-9_$-]+)|\["([^"\]]+)"\])|\[\]/y;

/** Rules have a few hundred, and each is asked of every resource. */
const parsed = new Map<string, Path | undefined>();

/** Undefined when the text is no path. */
export function parsePath(text: string): Path | undefined {
  if (!parsed.has(text)) parsed.set(text, readPath(text));
  return parsed.get(text);
}

function readPath(text: string): Path | undefined {
  const steps: Step[] = [];
  stepText.lastIndex = 0;
  while (stepText.lastIndex < text.length) {
    const [whole, deep, any, word, quoted] = stepText.exec(text) ?? [];
    if (whole === undefined) return undefined;
    const name = word ?? quoted;
    if (deep !== undefined) steps.push({ kind: 'deep' });
    else if (any !== undefined) steps.push({ kind: 'any' });
    else if (name !== undefined) steps.push({ kind: 'key', name });
    else steps.push({ kind: 'each' });
  }
  return steps.length > 0 && !text.startsWith('.') ? steps : undefined;
}

export function search(node: Node | undefined, path: Path): Search {
  if (node === undefined) return { found: [], blind: false };
  const found: Found[] = [];
  let blind = false;
  const walk = (here: Node, step: number, at: string): void => {
    const next = path[step];
    if (next === undefined) {
      found.push({ at, node: here });
      return;
    }
    if (here.kind === 'unknown') {
      blind = true;
      found.push({ at, node: unknown(here.place) });
      return;
    }
    if (next.kind === 'deep') {
      walk(here, step + 1, at);
      if ((here.kind === 'map' || here.kind === 'list') && here.open) blind = true;
      for (const [key, child] of childrenOf(here))
        walk(child, child.kind === 'unknown' ? step + 1 : step, `${at}.${key}`);
      return;
    }
    if (next.kind === 'each') {
      if (here.kind === 'list' && here.open) blind = true;
      if (here.kind !== 'list') walk(here, step + 1, `${at}[0]`);
      else for (const [key, child] of childrenOf(here)) walk(child, step + 1, `${at}[${key}]`);
      return;
    }
    if (here.kind !== 'map') return;
    if (next.kind === 'any') {
      if (here.open) blind = true;
      for (const [key, child] of here.entries) walk(child, step + 1, `${at}.${key}`);
      return;
    }
    const child = here.entries.get(next.name);
    if (child !== undefined) walk(child, step + 1, `${at}.${next.name}`);
    else if (here.open) blind = true;
  };
  walk(node, 0, '');
  return { found, blind };
}

/** What stands at a path, whatever is not set left out. */
export function set(node: Node | undefined, path: Path): Search {
  const { found, blind } = search(node, path);
  return { found: found.filter((one) => !isAbsent(one.node)), blind };
}

/** Items of a list by name where every one has its own, as Kubernetes merges them; else by position. */
function childrenOf(node: Node): readonly (readonly [string, Node])[] {
  if (node.kind === 'map') return [...node.entries];
  if (node.kind !== 'list') return [];
  const names = node.items.map((item) => (item.kind === 'map' ? textOf(item.entries.get('name')) : undefined));
  const named = names.every((name) => name !== undefined) && new Set(names).size === names.length;
  return node.items.map((item, index) => [named ? (names[index] ?? String(index)) : String(index), item]);
}
