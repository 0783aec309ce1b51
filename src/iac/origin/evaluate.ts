import type { HclExpression, HclStep } from '../hcl/syntax.ts';
import { readDocument } from './document.ts';
import { readFile } from './file.ts';
import { call } from './functions.ts';
import type { Instance } from './instance.ts';
import { operate } from './operate.ts';
import type { SourcePlace } from './port.ts';
import { at, computed, type Entry, joined, type Symbolic, scalarOf } from './symbol.ts';

/** What a name means where an expression stands. */
export interface Scope {
  readonly instance: Instance;
  readonly file: string;
  /** Variables of a `for`. */
  readonly bound: ReadonlyMap<string, Symbolic>;
  readonly each?: { readonly key: Symbolic; readonly value: Symbolic };
  /** Counts down: a source that was made to be expensive ends as computed. */
  readonly budget: { steps: number };
  /** Of `declaredIn` alone: what `count.index` is. */
  readonly count?: Symbolic;
  /** Of `declaredIn` alone. What a plan is compared with is never read this way: it decides what an agent may see. */
  readonly reading?: Reading | undefined;
}

/** How the source of an object that is to be edited is read: further than that of a plan is. */
export interface Reading {
  /** The text of a file that `file()` names, by its path in the repository; undefined where it is not to be read. */
  readonly text?: ((path: string) => string | undefined) | undefined;
}

/** Works an expression out as far as it consists of what is written down. Everything else is computed. */
export function evaluate(expression: HclExpression, scope: Scope): Symbolic {
  const place: SourcePlace = { file: scope.file, range: expression.range };
  scope.budget.steps -= 1;
  if (scope.budget.steps < 0) return computed(place);
  switch (expression.kind) {
    case 'literal':
      return typeof expression.value === 'string' && expression.value.includes('\n')
        ? readDocument([expression.value], expression, place)
        : { is: 'literal', value: expression.value, place };
    case 'template': {
      const parts = expression.parts.map((part) => (typeof part === 'string' ? part : evaluate(part, scope)));
      const [only, ...more] = parts;
      if (only !== undefined && typeof only !== 'string' && more.length === 0) return only;
      if (expression.parts.some((part) => typeof part === 'string' && part.includes('\n'))) {
        return readDocument(parts, expression, place);
      }
      return joined(parts, place);
    }
    case 'object':
      return objectOf(expression.items, scope, place);
    case 'tuple':
      return { is: 'list', items: expression.items.map((item) => evaluate(item, scope)), place };
    case 'reference':
      return refer(expression.root, expression.steps, scope) ?? computed(place);
    case 'call': {
      if (expression.expands) return computed(place);
      if (expression.name === 'file')
        return readFile(expression, scope, (part) => evaluate(part, scope)) ?? computed(place);
      const given = expression.arguments.map((argument) => evaluate(argument, scope));
      return call(expression.name, given, place) ?? computed(place);
    }
    case 'conditional': {
      const condition = scalarOf(evaluate(expression.condition, scope));
      if (typeof condition !== 'boolean') return computed(place);
      return evaluate(condition ? expression.whenTrue : expression.whenFalse, scope);
    }
    case 'for':
      return repeat(expression, scope, place);
    case 'operation':
      return pick(expression.operator, expression.operands, scope, place);
  }
}

function objectOf(
  items: readonly { readonly key: HclExpression; readonly value: HclExpression }[],
  scope: Scope,
  place: SourcePlace,
): Symbolic {
  const entries = new Map<string, Entry>();
  for (const { key, value } of items) {
    const name = scalarOf(evaluate(key, scope));
    // One key that is not known could be any of the others.
    if (name === undefined || name === null) return computed(place);
    entries.set(String(name), { key: { file: scope.file, range: key.range }, value: evaluate(value, scope) });
  }
  return { is: 'object', entries, place };
}

function refer(root: string, steps: readonly HclStep[], scope: Scope): Symbolic | undefined {
  const local = scope.bound.get(root);
  if (local !== undefined) return follow(local, steps, scope);
  const [first, ...rest] = steps;
  if (first?.kind !== 'name') return undefined;
  const { instance, each } = scope;
  if (root === 'var') return follow(instance.variable(first.name), rest, scope);
  if (root === 'local') return follow(instance.local(first.name), rest, scope);
  if (root === 'each') return follow(first.name === 'key' ? each?.key : each?.value, rest, scope);
  if (root === 'count') return first.name === 'index' ? follow(scope.count, rest, scope) : undefined;
  if (root !== 'module') return undefined;
  const [second, ...more] = rest;
  const call = instance.source.calls.get(first.name);
  if (call === undefined || second === undefined) return undefined;
  const isRepeated = instance.repeats(call) !== undefined;
  const key = isRepeated && second.kind === 'index' ? indexOf(second, scope) : undefined;
  if (isRepeated !== (key !== undefined)) return undefined;
  const [output, ...last] = isRepeated ? more : rest;
  if (output?.kind !== 'name') return undefined;
  return follow(instance.child(first.name, key)?.output(output.name), last, scope);
}

function follow(from: Symbolic | undefined, steps: readonly HclStep[], scope: Scope): Symbolic | undefined {
  let found = from;
  for (const step of steps) {
    const key = step.kind === 'name' ? step.name : step.kind === 'index' ? indexOf(step, scope) : undefined;
    if (found === undefined || key === undefined || found.is === 'document') return undefined;
    found = at(found, [key]);
  }
  return found;
}

function indexOf(step: HclStep & { readonly kind: 'index' }, scope: Scope): string | number | undefined {
  if (typeof step.index !== 'object') return step.index;
  const value = scalarOf(evaluate(step.index, scope));
  return typeof value === 'string' || typeof value === 'number' ? value : undefined;
}

function pick(operator: string, operands: readonly HclExpression[], scope: Scope, place: SourcePlace): Symbolic {
  const [of, by] = operands;
  if (operator === '[]' && of !== undefined && by !== undefined) {
    const key = scalarOf(evaluate(by, scope));
    const from = evaluate(of, scope);
    if (from.is === 'document' || (typeof key !== 'string' && typeof key !== 'number')) return computed(place);
    return at(from, [key]) ?? computed(place);
  }
  if (operator === '.' && of !== undefined && by?.kind === 'literal') {
    const from = evaluate(of, scope);
    return (from.is === 'document' ? undefined : at(from, [String(by.value)])) ?? computed(place);
  }
  const value = operate(
    operator,
    operands.map((operand) => evaluate(operand, scope)),
  );
  return value === undefined ? computed(place) : { is: 'literal', value, place };
}

function repeat(expression: HclExpression & { readonly kind: 'for' }, scope: Scope, place: SourcePlace): Symbolic {
  const collection = evaluate(expression.collection, scope);
  const pairs = pairsOf(collection);
  if (pairs === undefined || expression.groups) return computed(place);
  const entries = new Map<string, Entry>();
  const items: Symbolic[] = [];
  for (const [key, value] of pairs) {
    const names = expression.variables.length === 2 ? [key, value] : [value];
    const bound = new Map(scope.bound);
    for (const [index, name] of expression.variables.entries()) {
      const symbol = names[index];
      if (symbol !== undefined) bound.set(name, symbol);
    }
    const inside = { ...scope, bound };
    if (expression.condition !== undefined) {
      const isKept = scalarOf(evaluate(expression.condition, inside));
      if (typeof isKept !== 'boolean') return computed(place);
      if (!isKept) continue;
    }
    const made = evaluate(expression.value, inside);
    if (!expression.object || expression.key === undefined) {
      items.push(made);
      continue;
    }
    const name = scalarOf(evaluate(expression.key, inside));
    if (name === undefined || name === null) return computed(place);
    entries.set(String(name), { key: { file: scope.file, range: expression.key.range }, value: made });
  }
  return expression.object ? { is: 'object', entries, place } : { is: 'list', items, place };
}

/** In the order the language goes through them: a map by its keys. */
function pairsOf(collection: Symbolic): readonly (readonly [Symbolic, Symbolic])[] | undefined {
  if (collection.is === 'list') {
    return collection.items.map((item, index) => [{ is: 'literal', value: index, place: item.place }, item]);
  }
  if (collection.is !== 'object') return undefined;
  return [...collection.entries]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { key, value }]) => [{ is: 'literal', value: name, place: key }, value]);
}
