import type { Symbolic } from '../origin/symbol.ts';
import { type Resolved, resolvePath } from './fields.ts';
import type { FieldPath, Refusal } from './port.ts';

/** Items of lists that are chosen by their name: containers, and variables of their environment. */

/** A container that is not among the containers is looked for where kubectl looks next. */
export function withInitContainers(body: Symbolic, path: FieldPath): FieldPath {
  const index = path.findIndex(
    (step, at) => step === 'containers' && typeof path[at + 1] === 'object' && path[at + 1] !== undefined,
  );
  const named = path[index + 1];
  if (index < 0 || typeof named !== 'object' || !('name' in named)) return path;
  const other: FieldPath = [...path.slice(0, index), 'initContainers', ...path.slice(index + 1)];
  const isThere = (one: FieldPath): boolean => resolvePath(body, one.slice(0, index + 2)).rest.length === 0;
  return !isThere(path) && isThere(other) ? other : path;
}

/**
 * Why nothing is put where this path ends, whatever place the source has for it; undefined where something may be. A variable of
 * an environment is the one item of a list that is made for a wish: of any other it is not known what else it needs.
 */
export function whyNotMade({ chain, rest }: Resolved, path: FieldPath): Refusal | undefined {
  const above = chain.at(-1);
  const from = path.length - rest.length;
  for (let index = from; index < path.length; index += 1) {
    if (typeof path[index] === 'string') continue;
    const isVariable = path[index - 1] === 'env' && path[index + 1] === 'value' && index === path.length - 2;
    if (!isVariable) return 'no-place';
  }
  // A variable has a value, or says where one is taken from.
  if (above?.is !== 'object' || path[from - 2] !== 'env') return undefined;
  const source = above.entries.get('valueFrom')?.value;
  if (source !== undefined && path[from] === 'value') return isOfSecret(source) ? 'secret' : 'no-place';
  return path[from] === 'valueFrom' && above.entries.has('value') ? 'no-place' : undefined;
}

/** One that is not plainly from elsewhere may be from a Secret. */
function isOfSecret(source: Symbolic): boolean {
  return source.is !== 'object' || source.open === true || source.entries.has('secretKeyRef');
}
