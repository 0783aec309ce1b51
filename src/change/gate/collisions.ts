import { foldedPath } from './path-names.ts';

/**
 * Which of `paths` some file system takes for another of the tree: the same but for case, width or composition, as a whole
 * or in a folder above.
 */
export function colliding(paths: readonly string[], tree: readonly string[]): ReadonlySet<string> {
  const spellings = new Map<string, Set<string>>();
  for (const path of [...tree, ...paths]) {
    for (const prefix of prefixes(path)) {
      const folded = foldedPath(prefix);
      const known = spellings.get(folded);
      if (known === undefined) spellings.set(folded, new Set([prefix]));
      else known.add(prefix);
    }
  }
  const collides = (path: string): boolean =>
    prefixes(path).some((prefix) => (spellings.get(foldedPath(prefix))?.size ?? 0) > 1);
  return new Set(paths.filter(collides));
}

function prefixes(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}
