import type { HclExpression } from '../../iac/hcl/syntax.ts';
import { type Place, placeInside } from './instances.ts';
import { attributeOf } from './module-source.ts';

/** What stands behind a name, and where that stands. */
interface Definition {
  readonly value: HclExpression;
  readonly where: Place;
}

/** Of a local or variable as a whole; nothing for parts of one, nor for what has its value from outside. */
export function definitionsOf(
  { root, steps }: HclExpression & { readonly kind: 'reference' },
  { instance }: Place,
): readonly Definition[] {
  const [step, ...rest] = steps;
  if (step?.kind !== 'name' || rest.length > 0) return [];
  const here: Place = { instance, bound: new Map() };
  if (root === 'local') {
    return (instance.module.locals.get(step.name) ?? []).map(({ attribute }) => ({
      value: attribute.value,
      where: here,
    }));
  }
  if (root !== 'var') return [];
  const { parent } = instance;
  const given = instance.calls.flatMap((call) => {
    const argument = attributeOf(call.block, step.name);
    return argument === undefined || parent === undefined
      ? []
      : [{ value: argument.value, where: placeInside(parent, call) }];
  });
  if (given.length > 0) return given;
  return (instance.module.variables.get(step.name) ?? [])
    .flatMap(({ block }) => attributeOf(block, 'default') ?? [])
    .map(({ value }) => ({ value, where: here }));
}
