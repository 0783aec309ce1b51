import type { HclExpression, HclStep } from '../../iac/hcl/syntax.ts';
import {
  computed,
  isAbsent,
  list,
  map,
  type Node,
  not,
  type Place,
  same,
  scalar,
  textOf,
  unknown,
} from '../node/node.ts';
import { callFunction } from './functions.ts';

/**
 * What an expression says as far as the source alone tells: literals, variables and locals with what they were given, the
 * functions that only put together. Everything else is unknown.
 */
export interface Scope {
  readonly variable: (name: string) => Node | undefined;
  readonly local: (name: string) => Node | undefined;
  readonly output: (module: string, name: string) => Node | undefined;
  /** The names a `for` gives to what it goes through. */
  readonly bound?: ReadonlyMap<string, Node>;
}

export function evaluate(expression: HclExpression, scope: Scope, file: string): Node {
  const place: Place = { file, line: expression.range.line };
  const inner = (one: HclExpression): Node => evaluate(one, scope, file);
  switch (expression.kind) {
    case 'literal':
      return scalar(expression.value, place);
    case 'template':
      return textNode(
        expression.parts.map((part) => (typeof part === 'string' ? scalar(part) : inner(part))),
        place,
      );
    case 'object':
      return objectOf(expression.items, scope, file, place);
    case 'tuple':
      return list(expression.items.map(inner), { place });
    case 'reference':
      return referred(expression, scope, file, place);
    case 'call':
      return callFunction(expression.name, expression.expands ? undefined : expression.arguments.map(inner), place);
    case 'conditional': {
      const is = textOf(inner(expression.condition));
      if (is === 'true') return inner(expression.whenTrue);
      if (is === 'false') return inner(expression.whenFalse);
      return either(inner(expression.whenTrue), inner(expression.whenFalse), place);
    }
    case 'for':
      return goThrough(expression, scope, file, place);
    case 'operation':
      return operate(expression.operator, expression.operands, scope, file, place);
  }
}

function textNode(parts: readonly Node[], place: Place): Node {
  const texts = parts.map(textOf);
  return texts.every((text) => text !== undefined) ? scalar(texts.join(''), place) : computed(place);
}

type Items = Extract<HclExpression, { kind: 'object' }>['items'];

function objectOf(items: Items, scope: Scope, file: string, place: Place): Node {
  let open = false;
  const entries = items.flatMap(({ key, value }): readonly (readonly [string, Node])[] => {
    const isWord = key.kind === 'reference' && key.steps.length === 0;
    const name = isWord ? key.root : textOf(evaluate(key, scope, file));
    if (name !== undefined) return [[name, evaluate(value, scope, file)]];
    open = true;
    return [];
  });
  return map(entries, { open, place });
}

type Reference = Extract<HclExpression, { kind: 'reference' }>;

function referred({ root, steps }: Reference, scope: Scope, file: string, place: Place): Node {
  const bound = scope.bound?.get(root);
  if (bound !== undefined) return follow(bound, steps, scope, file, place);
  const [first, second, ...rest] = steps;
  if (first?.kind !== 'name') return unknown(place);
  // An attribute of a resource; whoever writes it means it to say something.
  if (!['var', 'local', 'module', 'each', 'count', 'path', 'self', 'terraform'].includes(root)) return computed(place);
  if (root === 'module') {
    const output = second?.kind === 'name' ? scope.output(first.name, second.name) : undefined;
    return output === undefined ? unknown(place) : follow(output, rest, scope, file, place);
  }
  const found = root === 'var' ? scope.variable(first.name) : root === 'local' ? scope.local(first.name) : undefined;
  return found === undefined ? unknown(place) : follow(found, steps.slice(1), scope, file, place);
}

function follow(node: Node, steps: readonly HclStep[], scope: Scope, file: string, place: Place): Node {
  return steps.reduce((here, step) => {
    if (step.kind === 'splat') return unknown(place);
    if (step.kind === 'name') return pick(here, step.name, place);
    const { index } = step;
    return pick(here, typeof index === 'object' ? textOf(evaluate(index, scope, file)) : String(index), place);
  }, node);
}

function pick(node: Node, key: string | undefined, place: Place): Node {
  if (key === undefined) return unknown(place);
  if (node.kind === 'map') return node.entries.get(key) ?? unknown(place);
  if (node.kind === 'list' && !node.open) return node.items[Number(key)] ?? unknown(place);
  return unknown(place);
}

/** Of two that might be meant, what both say. */
function either(one: Node, other: Node, place: Place): Node {
  if (same(one, other) === 'yes') return one;
  if (one.kind !== 'map' || other.kind !== 'map') return unknown(place);
  const shared = [...one.entries].filter(([key, node]) => same(node, other.entries.get(key)) === 'yes');
  return map(shared, { open: true, place });
}

type For = Extract<HclExpression, { kind: 'for' }>;

function goThrough(expression: For, scope: Scope, file: string, place: Place): Node {
  const { variables, object, groups } = expression;
  const collection = evaluate(expression.collection, scope, file);
  const unseen = object ? map([], { open: true, place }) : list([], { open: true, place });
  if (groups || (collection.kind !== 'map' && collection.kind !== 'list')) return unseen;
  const members =
    collection.kind === 'map'
      ? [...collection.entries].map(([key, node]) => [scalar(key), node] as const)
      : collection.items.map((node, index) => [scalar(index), node] as const);
  const keys: [string, Node][] = [];
  const items: Node[] = [];
  for (const [key, value] of members) {
    const [first = '', second] = variables;
    const bound = new Map([
      ...(scope.bound ?? []),
      ...(second === undefined ? [] : [[first, key] as const]),
      [second ?? first, value] as const,
    ]);
    const inside: Scope = { ...scope, bound };
    const wanted = expression.condition && textOf(evaluate(expression.condition, inside, file));
    if (expression.condition !== undefined && wanted === undefined) return unseen;
    if (wanted === 'false') continue;
    const made = evaluate(expression.value, inside, file);
    if (expression.key === undefined) items.push(made);
    else {
      const name = textOf(evaluate(expression.key, inside, file));
      if (name === undefined) return unseen;
      keys.push([name, made]);
    }
  }
  const { open } = collection;
  return object ? map(keys, { open, place }) : list(items, { open, place });
}

function operate(operator: string, operands: readonly HclExpression[], scope: Scope, file: string, place: Place): Node {
  const [one, other] = operands;
  if (one === undefined) return unknown(place);
  const left = evaluate(one, scope, file);
  if (operator === '!') return truthNode(negate(textOf(left)), place);
  if (other === undefined) return unknown(place);
  if (operator === '.')
    return pick(left, other.kind === 'reference' ? other.root : textOf(evaluate(other, scope, file)), place);
  const right = evaluate(other, scope, file);
  switch (operator) {
    case '[]':
      return pick(left, textOf(right), place);
    case '==':
      return equality(left, right, place);
    case '!=':
      return truthNode(negate(textOf(equality(left, right, place))), place);
    case '&&':
      return junction([left, right], 'false', place);
    case '||':
      return junction([left, right], 'true', place);
    default:
      return unknown(place);
  }
}

/** Here null and "" differ, as they do in HCL. */
function equality(left: Node, right: Node, place: Place): Node {
  if (left.kind === 'scalar' && right.kind === 'scalar')
    return scalar(String(left.value) === String(right.value), place);
  const truth =
    isAbsent(left) || isAbsent(right)
      ? not(left.kind === 'unknown' || right.kind === 'unknown' ? 'unknown' : 'yes')
      : same(left, right);
  return truth === 'unknown' ? unknown(place) : scalar(truth === 'yes', place);
}

function junction(nodes: readonly Node[], decides: 'true' | 'false', place: Place): Node {
  const texts = nodes.map(textOf);
  if (texts.includes(decides)) return scalar(decides === 'true', place);
  return texts.every((text) => text !== undefined) ? scalar(decides === 'false', place) : unknown(place);
}

function negate(text: string | undefined): string | undefined {
  return text === undefined ? undefined : text === 'true' ? 'false' : 'true';
}

function truthNode(text: string | undefined, place: Place): Node {
  return text === undefined ? unknown(place) : scalar(text === 'true', place);
}

const hole = '\u{f0000}';
export const holes: RegExp = /\u{f0000}/u;

/** A text with a mark in place of every part that is not known: YAML in a heredoc is read around them. */
export function textWithHoles(expression: HclExpression, scope: Scope, file: string): string | undefined {
  if (expression.kind !== 'template') return textOf(evaluate(expression, scope, file));
  return expression.parts
    .map((part) => (typeof part === 'string' ? part : (textOf(evaluate(part, scope, file)) ?? hole)))
    .join('');
}
