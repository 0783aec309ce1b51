import type { Tree } from '../runs/parts.ts';

/**
 * Whether a path is among what a stack is made of, as far as a tree says: its folder, the modules it uses, what it includes, the
 * same of every stack it depends on, and whatever its files mention by name. What cannot be understood counts as inside: whoever
 * asks would go on where it does not.
 */
export function madeOf({ graph, source }: Tree, stack: string): (path: string) => boolean {
  const folders = new Set<string>([stack]);
  const files = new Set<string>();
  const waiting = [stack];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const node = graph.stacks.get(at);
    // A stack that the tree does not have, or cannot be read as one, may be made of anything.
    if (node === undefined) return () => true;
    for (const folder of [node.path, ...node.modules]) folders.add(folder);
    for (const file of node.includes) files.add(file);
    for (const needed of node.dependsOn) if (!folders.has(needed)) waiting.push(needed);
  }
  const isOwn = (path: string): boolean => files.has(path) || [...folders].some((folder) => isIn(folder, path));
  if (graph.problems.some(({ file }) => isOwn(file))) return () => true;
  const texts = [...source.files].filter(([path]) => isOwn(path)).map(([, text]) => text);
  return (path) => isOwn(path) || mentions(texts, path);
}

/** `file("../../shared/hosts.yaml")`, `fileset("${path.module}/../shared", …)`. */
function mentions(texts: readonly string[], path: string): boolean {
  const parts = path.split('/');
  const name = parts.at(-1) ?? path;
  const folder = parts.at(-2);
  return texts.some(
    (text) =>
      text.includes(name) || (folder !== undefined && (text.includes(`/${folder}/`) || text.includes(`/${folder}"`))),
  );
}

function isIn(folder: string, path: string): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`);
}
