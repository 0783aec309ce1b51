import type { HclAttribute, HclBlock, HclBody, HclExpression, HclFile, HclRange } from '../hcl/syntax.ts';
import { partsOf } from '../hcl/walk.ts';
import { contains, sameRange } from './text.ts';

/** What stands at a place: an expression, an item of an object, an attribute or a block. */
interface Standing {
  readonly expression: HclExpression;
  readonly attribute: HclAttribute;
  /** Outermost first. */
  readonly blocks: readonly HclBlock[];
}

/** The attribute whose value, or part of it, has this range. */
export function attributeAround(file: HclFile, range: HclRange): Omit<Standing, 'expression'> | undefined {
  const blocks: HclBlock[] = [];
  let body: HclBody | undefined = file.body;
  while (body !== undefined) {
    const attribute: HclAttribute | undefined = body.attributes.find((one) => contains(one.range, range));
    if (attribute !== undefined) return { attribute, blocks };
    const block: HclBlock | undefined = body.blocks.find((one) => contains(one.range, range));
    if (block !== undefined) blocks.push(block);
    body = block?.body;
  }
  return undefined;
}

/** Blocks around a range, the one that has exactly this range among them. */
export function blocksAround(file: HclFile, range: HclRange): readonly HclBlock[] {
  const blocks: HclBlock[] = [];
  let block = file.body.blocks.find((one) => contains(one.range, range));
  while (block !== undefined) {
    blocks.push(block);
    block = block.body.blocks.find((one) => contains(one.range, range));
  }
  return blocks;
}

/** The innermost expression of exactly this range. */
export function expressionAt(file: HclFile, range: HclRange): Standing | undefined {
  const around = attributeAround(file, range);
  if (around === undefined) return undefined;
  const found = [...partsOf(around.attribute.value)].findLast((part) => sameRange(part.range, range));
  return found === undefined ? undefined : { ...around, expression: found };
}

type HclObject = HclExpression & { readonly kind: 'object' };

/** The item of an object whose key stands at this range, and the object. */
export function itemWithKey(
  file: HclFile,
  key: HclRange,
): { readonly object: HclObject; readonly index: number } | undefined {
  const around = attributeAround(file, key);
  for (const part of around === undefined ? [] : partsOf(around.attribute.value)) {
    if (part.kind !== 'object') continue;
    const index = part.items.findIndex((item) => sameRange(item.key.range, key));
    if (index >= 0) return { object: part, index };
  }
  return undefined;
}
