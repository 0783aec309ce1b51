import type { HclExpression } from '../hcl/syntax.ts';
import { evaluate } from '../origin/evaluate.ts';
import type { Scalar, SourcePlace } from '../origin/port.ts';
import type { Symbolic } from '../origin/symbol.ts';
import { addAttribute, addBlock, addItem } from './layout.ts';
import { blocksAround, expressionAt } from './nodes.ts';
import type { FieldPath } from './port.ts';
import { argument } from './replace.ts';
import { hclText, keyText } from './scalar-text.ts';
import { isPoint, type Site, spliceAt } from './site.ts';
import { type Splice, sameRange } from './text.ts';
import { isValuesFile, valueAdded } from './values-candidates.ts';

/** What feeds a value that is put together: objects and lists that are written out. */
const deepest = 8;

/** Edits after which something is there that was not; `rest` is what is left of the path behind `container`. */
export function insertions(site: Site, container: Symbolic, rest: FieldPath, wished: Scalar): readonly Splice[] {
  const [first, ...more] = rest;
  if (first === undefined || (container.is !== 'object' && container.is !== 'list')) return [];
  const { file } = container.place;
  if (isValuesFile(file)) return valueAdded(site.text(file), container, rest, wished);
  if (isPoint(container.place)) return [];
  const splices: Splice[] = [];
  for (const { node, place, isMapOfItems } of feedersOf(site, container.place)) {
    const item = itemOf(node, first, more, wished, isMapOfItems);
    if (item === undefined) continue;
    const around = expressionAtPlace(site, place);
    const isDefault =
      around !== undefined &&
      around.blocks[0]?.type === 'variable' &&
      sameRange(around.attribute.value.range, place.range);
    const text = item[0] === undefined ? `[${item[1]}]` : `{ ${item[0]} = ${item[1]} }`;
    if (isDefault && node.items.length === 0) {
      splices.push(...argument(site, place.file, around.blocks[0]?.labels[0] ?? '', text));
    }
    splices.push(...spliceAt(place.file, addItem(site.text(place.file), node, item)));
  }
  return [...splices, ...inBlocks(site, container, rest, wished)];
}

/** Key and text of what is put into an object, or the text alone of what is put into a list. */
function itemOf(
  node: WrittenOut,
  first: FieldPath[number],
  more: FieldPath,
  wished: Scalar,
  isMapOfItems: boolean,
): readonly [string | undefined, string] | undefined {
  if (typeof first === 'string') {
    const text = node.kind === 'object' && !isMapOfItems ? nested(more, wished) : undefined;
    return text === undefined || hasKey(node, first) ? undefined : [keyText(first), text];
  }
  if (typeof first !== 'object' || !('name' in first)) return undefined;
  if (node.kind === 'tuple') {
    const text = nested([first, ...more], wished)?.replace(/^\[|\]$/g, '');
    return text === undefined ? undefined : [undefined, text];
  }
  const [only, ...others] = more;
  const text = isMapOfItems && only === 'value' && others.length === 0 ? hclText(wished) : undefined;
  return text === undefined || hasKey(node, first.name) ? undefined : [keyText(first.name), text];
}

function hasKey(node: WrittenOut, key: string): boolean {
  return (
    node.kind === 'object' && node.items.some((item) => item.key.kind !== 'literal' || String(item.key.value) === key)
  );
}

/** `{ limits = { cpu = "1" } }`, `[{ name = "TZ", value = "Etc/UTC" }]` */
function nested(path: FieldPath, wished: Scalar): string | undefined {
  const [first, ...more] = path;
  if (first === undefined) return hclText(wished);
  if (typeof first === 'string') {
    const inner = nested(more, wished);
    return inner === undefined ? undefined : `{ ${keyText(first)} = ${inner} }`;
  }
  if (typeof first !== 'object' || !('name' in first) || more.length === 0) return undefined;
  const inner = nested(more, wished);
  const named = `name = ${hclText(first.name)}`;
  return inner?.startsWith('{ ') ? `[{ ${named}, ${inner.slice(2, -2)} }]` : undefined;
}

type WrittenOut = HclExpression & { readonly kind: 'object' | 'tuple' };

interface Feeder {
  readonly node: WrittenOut;
  readonly place: SourcePlace;
  /** Each of its entries becomes an item of a list. */
  readonly isMapOfItems: boolean;
}

/** The last of what is merged wins, so it comes first. */
function feedersOf(site: Site, place: SourcePlace, isMapOfItems = false, depth = 0): readonly Feeder[] {
  const standing = expressionAtPlace(site, place);
  site.work.spend(100);
  if (standing === undefined || depth > deepest) return [];
  const { expression } = standing;
  const scope = site.moduleOf(place.file)?.instance.scope;
  const into = (part: HclExpression, each = isMapOfItems): readonly Feeder[] => {
    const symbol = scope === undefined ? undefined : evaluate(part, { ...scope, file: place.file });
    return symbol?.is === 'object' || symbol?.is === 'list' ? feedersOf(site, symbol.place, each, depth + 1) : [];
  };
  switch (expression.kind) {
    case 'object':
    case 'tuple':
      return [{ node: expression, place, isMapOfItems }];
    case 'for':
      return expression.object ? into(expression.collection) : into(expression.collection, true);
    case 'call': {
      const isMade = ['merge', 'concat', 'tomap', 'tolist'].includes(expression.name);
      return isMade ? expression.arguments.toReversed().flatMap((one) => into(one)) : [];
    }
    default:
      return [];
  }
}

function expressionAtPlace(site: Site, place: SourcePlace): ReturnType<typeof expressionAt> {
  const file = site.file(place.file);
  return file === undefined ? undefined : expressionAt(file, place.range);
}

/** A resource of the kubernetes provider has blocks where the API has objects. */
function inBlocks(site: Site, container: Symbolic, rest: FieldPath, wished: Scalar): readonly Splice[] {
  const { place } = container;
  const file = site.file(place.file);
  const blocks = file === undefined ? [] : blocksAround(file, place.range);
  const own = blocks.at(-1);
  if (own === undefined || !sameRange(own.range, place.range)) return [];
  const text = site.text(place.file);
  const [first, ...more] = rest;
  if (container.is === 'object' && typeof first === 'string') {
    const value = nested(more, wished);
    const attribute = value === undefined ? undefined : addAttribute(text, own, snake(first), value);
    return [...spliceAt(place.file, attribute), ...namedBlock(place.file, text, own, snake(first), more, wished)];
  }
  const parent = blocks.at(-2);
  return container.is === 'list' && parent !== undefined
    ? namedBlock(place.file, text, parent, own.type, rest, wished)
    : [];
}

function namedBlock(
  file: string,
  text: string,
  parent: Parameters<typeof addBlock>[1],
  type: string,
  [named, field, ...more]: FieldPath,
  wished: Scalar,
): readonly Splice[] {
  const value = hclText(wished);
  const name = typeof named === 'object' && 'name' in named ? hclText(named.name) : undefined;
  if (value === undefined || name === undefined || typeof field !== 'string' || more.length > 0) return [];
  return spliceAt(
    file,
    addBlock(text, parent, type, [
      ['name', name],
      [snake(field), value],
    ]),
  );
}

function snake(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
