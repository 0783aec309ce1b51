import type { HclBlock, HclBody, HclExpression } from './syntax.ts';

/**
 * Whether what the official parser made of a text is what stands in our tree: the same attributes and blocks everywhere, and
 * the same literals, objects and lists. Other expressions it gives as their source, which must be the same too.
 */
export function agrees(body: HclBody, json: unknown): boolean {
  if (!isObject(json)) return false;
  const types = Map.groupBy(body.blocks, ({ type }) => type);
  if (Object.keys(json).length !== new Set([...types.keys(), ...body.attributes.map(({ name }) => name)]).size) {
    return false;
  }
  return (
    body.attributes.every(({ name, value }) => Object.hasOwn(json, name) && expressionAgrees(value, json[name])) &&
    [...types].every(([type, blocks]) => Object.hasOwn(json, type) && blocksAgree(blocks, json[type], 0))
  );
}

/** Blocks of one type lie under their labels, and those of the same labels in a list. */
function blocksAgree(blocks: readonly HclBlock[], json: unknown, depth: number): boolean {
  if (blocks.every(({ labels }) => labels.length === depth)) {
    return (
      Array.isArray(json) &&
      json.length === blocks.length &&
      blocks.every((block, index) => agrees(block.body, json[index]))
    );
  }
  if (!isObject(json)) return false;
  const byLabel = Map.groupBy(blocks, ({ labels }) => labels[depth]);
  return (
    Object.keys(json).length === byLabel.size &&
    [...byLabel].every(
      ([label, some]) => label !== undefined && Object.hasOwn(json, label) && blocksAgree(some, json[label], depth + 1),
    )
  );
}

function expressionAgrees(expression: HclExpression, json: unknown): boolean {
  switch (expression.kind) {
    case 'literal':
      return literalAgrees(expression, json);
    case 'tuple':
      return isSource(json, expression) || (Array.isArray(json) && tupleAgrees(expression.items, json));
    case 'object':
      return isSource(json, expression) || (isObject(json) && objectAgrees(expression.items, json));
    case 'template':
      // Given with its indentation and its escapes already resolved.
      return typeof json === 'string' || expression.parts.length === 1;
    case 'operation':
      // `!true` is given as its result.
      return isSource(json, expression) || (expression.operands.length === 1 && typeof json === 'boolean');
    default:
      return isSource(json, expression);
  }
}

function literalAgrees({ value, text }: HclExpression & { readonly kind: 'literal' }, json: unknown): boolean {
  if (json === value) return true;
  if (typeof json !== 'string') return false;
  return (typeof value === 'string' && json === value.replace(/([$%])\{/g, '$1$1{')) || json.includes(text);
}

function tupleAgrees(items: readonly HclExpression[], json: readonly unknown[]): boolean {
  return items.length === json.length && items.every((item, index) => expressionAgrees(item, json[index]));
}

function objectAgrees(
  items: readonly { readonly key: HclExpression; readonly value: HclExpression }[],
  json: Readonly<Record<string, unknown>>,
): boolean {
  const last = new Map(items.map(({ key, value }) => [key.kind === 'literal' ? String(key.value) : undefined, value]));
  return [...last].every(([key, value]) => {
    if (key === undefined) return true;
    const name = [key, key.replace(/([$%])\{/g, '$1$1{')].find((candidate) => Object.hasOwn(json, candidate));
    return name !== undefined && expressionAgrees(value, json[name]);
  });
}

/** `${…}` around the source, with what parentheses or comments stand around the expression. */
function isSource(json: unknown, { text }: HclExpression): boolean {
  return typeof json === 'string' && json.startsWith('${') && json.includes(text);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
