import type { HclBlock, HclBody, HclExpression } from '../../iac/hcl/syntax.ts';
import type { Bound, Place } from './instances.ts';
import { attributeOf } from './module-source.ts';

/** Called for every expression, those inside others after them. `path` is the names that lead to it. */
type Visit = (expression: HclExpression, place: Place, path: readonly string[]) => void;

export function visitBody(body: HclBody, place: Place, visit: Visit, path: readonly string[] = []): void {
  for (const { name, value } of body.attributes) visitExpression(value, place, visit, [...path, name]);
  for (const block of body.blocks) {
    const inner = placeInNested(block, place);
    if (block.type !== 'dynamic') {
      visitBody(block.body, inner, visit, [...path, block.type]);
      continue;
    }
    for (const { name, value } of block.body.attributes)
      visitExpression(value, place, visit, [...path, 'dynamic', name]);
    for (const content of block.body.blocks) visitBody(content.body, inner, visit, [...path, block.labels[0] ?? '']);
  }
}

/** Inside a dynamic block its iterator stands for what it repeats over. */
export function placeInNested(block: HclBlock, place: Place): Place {
  const over = block.type === 'dynamic' ? attributeOf(block, 'for_each') : undefined;
  if (over === undefined) return place;
  const iterator = attributeOf(block, 'iterator')?.value;
  const name = iterator?.kind === 'reference' ? iterator.root : (block.labels[0] ?? '');
  const bound = new Map<string, Bound>(place.bound).set(name, { expression: over.value, place, role: 'iterator' });
  return { ...place, bound };
}

/** Inside a `for`: one variable is a value, of two the first is a key. */
export function bind(place: Place, variables: readonly string[], expression: HclExpression): Place {
  const bound = new Map<string, Bound>(place.bound);
  for (const [index, name] of variables.entries()) {
    bound.set(name, { expression, place, role: index === 0 && variables.length > 1 ? 'key' : 'value' });
  }
  return { ...place, bound };
}

function visitExpression(expression: HclExpression, place: Place, visit: Visit, path: readonly string[] = []): void {
  visit(expression, place, path);
  const go = (inner: HclExpression | undefined, where = place, below = path): void => {
    if (inner !== undefined) visitExpression(inner, where, visit, below);
  };
  switch (expression.kind) {
    case 'literal':
      return;
    case 'template':
      for (const part of expression.parts) if (typeof part !== 'string') go(part);
      return;
    case 'object':
      for (const { key, value } of expression.items) {
        go(key);
        go(value, place, [...path, key.kind === 'literal' ? String(key.value) : '*']);
      }
      return;
    case 'tuple':
      for (const item of expression.items) go(item);
      return;
    case 'reference':
      for (const step of expression.steps) if (step.kind === 'index' && typeof step.index === 'object') go(step.index);
      return;
    case 'call':
      for (const argument of expression.arguments) go(argument);
      return;
    case 'conditional':
      go(expression.condition);
      go(expression.whenTrue);
      go(expression.whenFalse);
      return;
    case 'for': {
      go(expression.collection);
      const inner = bind(place, expression.variables, expression.collection);
      go(expression.key, inner);
      go(expression.value, inner);
      go(expression.condition, inner);
      return;
    }
    case 'operation':
      for (const operand of expression.operands) go(operand);
  }
}
