import type { HclBlock, HclExpression } from '../hcl/syntax.ts';
import type { ValuePath } from './port.ts';
import { isWritten, type Symbolic } from './symbol.ts';

/**
 * What a source says of a resource, as far as a plan must say the same. It need not where a set is told in an order of its
 * own, which a computed item may have decided, nor where the source has the engine leave a field as it is in the state.
 */
export interface Planned {
  readonly symbol: Symbolic;
  /** Paths that are the state's; a part of one that is not plain is undefined, and stands for any. */
  readonly ignored: readonly (readonly (string | undefined)[])[];
}

export function planned(symbol: Symbolic | undefined, block: HclBlock | undefined): Planned | undefined {
  if (symbol === undefined) return undefined;
  const changes = block?.body.blocks
    .filter(({ type }) => type === 'lifecycle')
    .flatMap(({ body }) => body.attributes)
    .filter(({ name }) => name === 'ignore_changes')
    .map(({ value }) => value);
  return { symbol, ignored: (changes ?? []).flatMap(pathsOf) };
}

/** `all`, and whatever is no list, is everything. */
function pathsOf(changes: HclExpression): Planned['ignored'] {
  return changes.kind === 'tuple' ? changes.items.map(pathOf) : [[]];
}

function pathOf(expression: HclExpression): Planned['ignored'][number] {
  if (expression.kind === 'literal') return [String(expression.value)];
  if (expression.kind !== 'reference') return [];
  const steps = expression.steps.map((step) => {
    if (step.kind === 'name') return step.name;
    return step.kind === 'index' && typeof step.index !== 'object' ? String(step.index) : undefined;
  });
  return [expression.root, ...steps];
}

/** What lies at a path of a plan; undefined also where the plan may have something else there. */
export function plannedAt(resource: Planned | undefined, path: ValuePath): Symbolic | undefined {
  if (resource === undefined || resource.ignored.some((ignored) => overlaps(ignored, path))) return undefined;
  let found: Symbolic | undefined = resource.symbol;
  let inDocument = false;
  for (const step of path) {
    if (found?.is === 'document') {
      inDocument = true;
      found = found.content;
    }
    if (found?.is === 'object') found = found.entries.get(String(step))?.value;
    else if (found?.is === 'list' && typeof step === 'number' && (inDocument || hasCertainOrder(found))) {
      found = found.items[step];
    } else return undefined;
  }
  return found;
}

/** Whether one is a part of the other. */
function overlaps(ignored: Planned['ignored'][number], path: ValuePath): boolean {
  return ignored.every((part, index) => index >= path.length || part === undefined || part === String(path[index]));
}

function hasCertainOrder(list: Symbolic & { readonly is: 'list' }): boolean {
  return list.ordered === true || list.items.length <= 1 || list.items.every(isWritten);
}
