import type { HclBlock, HclExpression } from '../hcl/syntax.ts';
import { literalOf } from '../hcl/walk.ts';
import type { ValuePath } from './port.ts';
import type { BlockType } from './typed/block-type.ts';

/** A field as people write it: `spec.template.spec.containers[0].image`. */
export function fieldText(path: ValuePath): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${step}`))
    .join('');
}

/**
 * What the source tells the engine to leave alone, as it stands there; and after it the same by the names the API server has,
 * where those are others. What cannot be told is `all`, and a part that cannot be told is everything that it is a part of.
 */
export function ignoredBy({ body }: HclBlock, api: (path: ValuePath) => string | undefined): readonly string[] {
  const lifecycle = body.blocks.filter(({ type }) => type === 'lifecycle').flatMap((block) => block.body.attributes);
  const changes = lifecycle.filter(({ name }) => name === 'ignore_changes').map(({ value }) => value);
  const others = body.attributes.filter(({ name }) => name === 'ignore_changes' || name === 'ignore_fields');
  const written = [...changes, ...others.map(({ value }) => value)].flatMap((value) =>
    value.kind === 'tuple' ? value.items.map((item) => String(literalOf(item)?.value ?? item.text)) : [value.text],
  );
  const translated = changes.flatMap((value) =>
    value.kind === 'tuple' ? value.items.map((item) => api(pathOf(item))) : ['all'],
  );
  return [...new Set([...written, ...translated.filter((one) => one !== undefined)])];
}

/** As far as it is plain; empty where nothing of it is. */
function pathOf(expression: HclExpression): ValuePath {
  const literal = literalOf(expression)?.value;
  if (typeof literal === 'string') {
    return (literal.match(/[^.[\]"]+/g) ?? []).map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  }
  if (expression.kind !== 'reference') return [];
  const path: (string | number)[] = [expression.root];
  for (const step of expression.steps) {
    const part = step.kind === 'name' ? step.name : step.kind === 'index' ? step.index : undefined;
    if (typeof part !== 'string' && typeof part !== 'number') break;
    path.push(part);
  }
  return path;
}

/** Of a resource that holds a whole object in one of these attributes. */
export function inAttribute(names: readonly string[]): (path: ValuePath) => string | undefined {
  return ([first, ...rest]) => {
    if (first === undefined) return 'all';
    return names.includes(String(first)) ? fieldText(rest) || 'all' : undefined;
  };
}

/** Of a resource of the kubernetes provider: `spec[0].template[0].spec[0].container[0].image`. */
export function inBlocks(body: BlockType): (path: ValuePath) => string | undefined {
  return (path) => {
    if (body.dropped.has(String(path[0]))) return undefined;
    return fieldText(apiPath(path, body)) || 'all';
  };
}

function apiPath(path: ValuePath, body: BlockType): ValuePath {
  const [name, index, ...rest] = path;
  const attribute = body.attributes.get(String(name));
  if (attribute !== undefined) {
    const isInside = (attribute.type === 'map' || attribute.type === 'texts') && index !== undefined;
    return isInside ? [attribute.as, index] : [attribute.as];
  }
  const blocks = body.blocks.get(String(name));
  if (blocks === undefined) return [];
  if (typeof index !== 'number') return [blocks.as];
  const inside = apiPath(rest, blocks.inside);
  if (blocks.type === 'one') return [blocks.as, ...inside];
  return blocks.type === 'list' ? [blocks.as, index, ...inside] : [blocks.as];
}
