import type { ValuePath } from '../port.ts';

/** Paths that were given something in no known order. */
export interface Names {
  /** Undefined, or the path at which it and one before it are in each other's way. */
  add(path: ValuePath): ValuePath | undefined;
}

interface Node {
  isGiven: boolean;
  readonly inside: Map<string | number, Node>;
}

export function openNames(): Names {
  const root: Node = { isGiven: false, inside: new Map() };
  return {
    add: (path) => {
      let node = root;
      for (const [index, step] of path.entries()) {
        const next: Node = node.inside.get(step) ?? { isGiven: false, inside: new Map() };
        node.inside.set(step, next);
        node = next;
        if (node.isGiven) return path.slice(0, index + 1);
      }
      node.isGiven = true;
      return node.inside.size > 0 ? path : undefined;
    },
  };
}
