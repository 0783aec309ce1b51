import type { HclExpression, HclStep } from '../../iac/hcl/syntax.ts';
import { attributeOf, type PlacedBlock } from './module-source.ts';

/** An item of a literal object or list; undefined where it cannot be told. */
export function partOf(value: HclExpression, step: HclStep): HclExpression | undefined {
  const name = step.kind === 'name' ? step.name : step.kind === 'index' ? step.index : undefined;
  if (value.kind === 'object' && typeof name === 'string' && value.items.every(({ key }) => key.kind === 'literal')) {
    return value.items.findLast(({ key }) => key.kind === 'literal' && String(key.value) === name)?.value;
  }
  return value.kind === 'tuple' && typeof name === 'number' ? value.items[name] : undefined;
}

/**
 * The steps behind the one that says which instance is meant, which only what is repeated has. Everywhere else `["a"]` is the
 * attribute `a`.
 */
export function withoutInstance(steps: readonly HclStep[], blocks: readonly PlacedBlock[]): readonly HclStep[] {
  const isRepeated = blocks.some(({ block }) => attributeOf(block, 'count') ?? attributeOf(block, 'for_each'));
  const [first] = steps;
  const isInstance = first?.kind === 'splat' || (first?.kind === 'index' && (isRepeated || first.index === 0));
  return isInstance ? steps.slice(1) : isRepeated ? [] : steps;
}

/** `rest` is what is picked out of the argument. */
interface Picked {
  readonly name: string;
  readonly value: HclExpression;
  readonly rest: readonly HclStep[];
  readonly owner: PlacedBlock;
}

/** The argument of a block that the steps lead to; undefined when they lead to something it computes, or cannot be followed. */
export function pickedFrom(blocks: readonly PlacedBlock[], steps: readonly HclStep[]): Picked | undefined {
  const [owner] = blocks;
  let body = owner?.block.body;
  let left = steps;
  while (body !== undefined && owner !== undefined) {
    const [step, ...rest] = left;
    if (step?.kind !== 'name') return undefined;
    const attribute = body.attributes.find(({ name }) => name === step.name);
    if (attribute !== undefined) return { name: step.name, value: attribute.value, rest, owner };
    const nested = body.blocks.filter(({ type, labels }) => type === step.name || labels[0] === step.name);
    if (nested.length !== 1 || nested[0]?.type !== step.name) return undefined;
    body = nested[0].body;
    const [index] = rest;
    left = index?.kind === 'splat' || (index?.kind === 'index' && index.index === 0) ? rest.slice(1) : rest;
  }
  return undefined;
}
