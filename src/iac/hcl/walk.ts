import type { HclAttribute, HclBlock, HclBody, HclExpression, HclStep } from './syntax.ts';

/** Walks over the tree of syntax.ts: every expression with what it stands in, references, calls, literals. */
export interface Found {
  readonly expression: HclExpression;
  readonly attribute: HclAttribute;
  /** The blocks around the attribute, outermost first. */
  readonly blocks: readonly HclBlock[];
}

/** Every expression of a body, those inside others too, in the order of the text. */
export function* expressionsIn(body: HclBody, blocks: readonly HclBlock[] = []): Generator<Found> {
  for (const attribute of body.attributes) {
    for (const expression of partsOf(attribute.value)) yield { expression, attribute, blocks };
  }
  for (const block of body.blocks) yield* expressionsIn(block.body, [...blocks, block]);
}

/** The expression and everything it is made of. */
export function* partsOf(expression: HclExpression): Generator<HclExpression> {
  yield expression;
  for (const child of childrenOf(expression)) yield* partsOf(child);
}

/** What the expression is directly made of. */
function childrenOf(expression: HclExpression): readonly HclExpression[] {
  switch (expression.kind) {
    case 'literal':
      return [];
    case 'template':
      return expression.parts.filter((part) => typeof part !== 'string');
    case 'object':
      return expression.items.flatMap(({ key, value }) => [key, value]);
    case 'tuple':
      return expression.items;
    case 'reference':
      return expression.steps.flatMap(indexOf);
    case 'call':
      return expression.arguments;
    case 'conditional':
      return [expression.condition, expression.whenTrue, expression.whenFalse];
    case 'for':
      return [expression.collection, expression.key, expression.value, expression.condition].filter(
        (part) => part !== undefined,
      );
    case 'operation':
      return expression.operands;
  }
}

function indexOf(step: HclStep): readonly HclExpression[] {
  return step.kind === 'index' && typeof step.index === 'object' ? [step.index] : [];
}

export type HclReference = HclExpression & { readonly kind: 'reference' };

/** Every reference in it, those in indexes too. A variable of a `for` around it is none. */
export function* referencesOf(
  expression: HclExpression,
  bound: ReadonlySet<string> = new Set(),
): Generator<HclReference> {
  if (expression.kind === 'reference' && !bound.has(expression.root)) yield expression;
  if (expression.kind === 'for') {
    const inside = new Set([...bound, ...expression.variables]);
    yield* referencesOf(expression.collection, bound);
    for (const part of [expression.key, expression.value, expression.condition]) {
      if (part !== undefined) yield* referencesOf(part, inside);
    }
    return;
  }
  for (const child of childrenOf(expression)) yield* referencesOf(child, bound);
}

export type HclCall = HclExpression & { readonly kind: 'call' };

/** Every call in it, of any function, or of those named. */
export function* callsOf(expression: HclExpression, names?: ReadonlySet<string>): Generator<HclCall> {
  for (const part of partsOf(expression)) {
    if (part.kind === 'call' && (names === undefined || names.has(part.name))) yield part;
  }
}

/** `module.app.name` for the plain names a reference begins with, up to the first index or splat. */
export function pathOf({ root, steps }: HclReference): readonly string[] {
  const names: string[] = [root];
  for (const step of steps) {
    if (step.kind !== 'name') break;
    names.push(step.name);
  }
  return names;
}

/** The value that a literal, or a string made of literals alone, has; undefined when it is computed. */
export function literalOf(expression: HclExpression): { readonly value: string | number | boolean | null } | undefined {
  if (expression.kind === 'literal') return { value: expression.value };
  if (expression.kind !== 'template') return undefined;
  const [only, ...more] = expression.parts;
  // `"${x}"` is x itself, with its type.
  if (only !== undefined && typeof only !== 'string' && more.length === 0) return literalOf(only);
  let text = '';
  for (const part of expression.parts) {
    const literal = typeof part === 'string' ? { value: part } : literalOf(part);
    if (literal === undefined || literal.value === null) return undefined;
    text += String(literal.value);
  }
  return { value: text };
}

/** The text of an attribute of that name, when it is a literal string. */
export function textAttribute(body: HclBody, name: string): string | undefined {
  const found = body.attributes.find((attribute) => attribute.name === name);
  const value = found === undefined ? undefined : literalOf(found.value)?.value;
  return typeof value === 'string' ? value : undefined;
}
