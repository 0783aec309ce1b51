import type { HclBlock, HclExpression } from '../hcl/syntax.ts';
import { evaluate, type Scope } from './evaluate.ts';
import { makesSet } from './modules.ts';
import { type Symbolic, scalarOf } from './symbol.ts';

/**
 * What a `dynamic` block makes, in its order. Undefined where it cannot be told how many there are or which comes first; and
 * always where the source is read to be compared with a plan.
 */
export function expandDynamic(
  block: HclBlock,
  scope: Scope,
  make: (content: HclBlock, inside: Scope) => Symbolic,
): readonly Symbolic[] | undefined {
  const all = block.body.attributes.find(({ name }) => name === 'for_each')?.value;
  const [content, ...more] = block.body.blocks.filter(({ type }) => type === 'content');
  const name = iteratorOf(block);
  if (scope.reading === undefined || all === undefined || content === undefined || more.length > 0) return undefined;
  const pairs = name === undefined ? undefined : pairsOf(all, scope);
  if (pairs === undefined || name === undefined) return undefined;
  const items: Symbolic[] = [];
  for (const { key, value } of pairs) {
    scope.budget.steps -= 1;
    if (scope.budget.steps < 0) return undefined;
    const each: Symbolic = {
      is: 'object',
      place: value.place,
      entries: new Map([
        ...(key === undefined ? [] : [['key', { key: key.place, value: key }] as const]),
        ['value', { key: value.place, value }] as const,
      ]),
    };
    items.push(make(content, { ...scope, bound: new Map([...scope.bound, [name, each]]) }));
  }
  return items;
}

function iteratorOf({ labels, body }: HclBlock): string | undefined {
  const named = body.attributes.find(({ name }) => name === 'iterator')?.value;
  if (named === undefined) return labels[0];
  return named.kind === 'reference' && named.steps.length === 0 ? named.root : undefined;
}

interface Pair {
  /** Undefined where it hangs on whether a list is a set. */
  readonly key: Symbolic | undefined;
  readonly value: Symbolic;
}

function pairsOf(expression: HclExpression, scope: Scope): readonly Pair[] | undefined {
  const all = evaluate(expression, scope);
  if (all.is === 'object') {
    return [...all.entries]
      .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      .map(([name, { key, value }]) => ({ key: { is: 'literal', value: name, place: key }, value }));
  }
  if (all.is !== 'list') return undefined;
  const { items } = all;
  const isCertain = items.length <= 1 || isInSetOrder(items) || keepsOrder(expression, scope);
  return isCertain ? items.map((value) => ({ key: undefined, value })) : undefined;
}

/** Texts that a set would have in this very order. */
function isInSetOrder(items: readonly Symbolic[]): boolean {
  const texts = items.map(scalarOf);
  return texts.every((text, index) => {
    const before = index === 0 ? '' : texts[index - 1];
    if (typeof text !== 'string' || typeof before !== 'string') return false;
    return index === 0 || Buffer.compare(Buffer.from(before), Buffer.from(text)) < 0;
  });
}

/** Whether it is a list and no set, by how it is written or by the type of the variable that it is. */
function keepsOrder(expression: HclExpression, scope: Scope, depth = 0): boolean {
  if (depth > 10) return false;
  switch (expression.kind) {
    case 'tuple':
      return true;
    case 'for': {
      const isOverMap = evaluate(expression.collection, scope).is === 'object';
      return !expression.object && (isOverMap || keepsOrder(expression.collection, scope, depth + 1));
    }
    case 'conditional':
      return [expression.whenTrue, expression.whenFalse].every((arm) => keepsOrder(arm, scope, depth + 1));
    case 'reference':
      return !scope.bound.has(expression.root) && isListReference(expression, scope, depth);
    default:
      return false;
  }
}

function isListReference(
  { root, steps }: HclExpression & { readonly kind: 'reference' },
  { instance, budget }: Scope,
  depth: number,
): boolean {
  const [first, ...more] = steps;
  if (first?.kind !== 'name' || more.length > 0) return false;
  if (root === 'local') {
    const local = instance.source.locals.get(first.name);
    const scope = local === undefined ? undefined : { instance, budget, file: local.file, bound: new Map() };
    return local !== undefined && scope !== undefined && keepsOrder(local.node.value, scope, depth + 1);
  }
  const declared = root === 'var' ? instance.source.variables.get(first.name) : undefined;
  const type = declared?.node.body.attributes.find(({ name }) => name === 'type')?.value;
  if (declared === undefined || type?.kind !== 'call') return false;
  return (type.name === 'list' || type.name === 'tuple') && !makesSet(declared.node);
}
