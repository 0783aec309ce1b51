import type { HclExpression, HclFile } from '../hcl/syntax.ts';
import { expressionsIn } from '../hcl/walk.ts';
import type { SourcePlace } from '../origin/port.ts';
import { type Symbolic, scalarOf } from '../origin/symbol.ts';
import { contains, type Splice } from './text.ts';

/**
 * Engines give the arms of a condition, and the items of what `tomap` and its like make, one type: `{ a = 1 }` beside `{ b = "x" }`
 * becomes `{ a = "1" }`. An edit that does more than to replace a scalar may so change what it does not touch.
 */
const unifying: ReadonlySet<string> = new Set(
  'tomap tolist toset lookup coalesce coalescelist setunion setintersection setsubtract setproduct zipmap'.split(' '),
);

/** Whether the engine gives parts of this expression one type. */
export function isUnifying(expression: HclExpression): boolean {
  return expression.kind === 'conditional' || (expression.kind === 'call' && unifying.has(expression.name));
}

/** These parts, as `work` works them out. */
export function unified(
  expression: HclExpression,
  work: (part: HclExpression) => Symbolic,
): readonly (Symbolic | undefined)[] {
  if (expression.kind === 'conditional') return [expression.whenTrue, expression.whenFalse].map(work);
  if (expression.kind !== 'call') return [];
  const [first, , ...otherwise] = expression.arguments;
  if (expression.name !== 'lookup' || first === undefined) return expression.arguments.map(work);
  const map = work(first);
  const items = map.is === 'object' ? [...map.entries.values()].map(({ value }) => value) : [undefined];
  return [...items, ...otherwise.map(work)];
}

/** Whether all of these are of one type as they stand: scalars of one kind, or maps or lists of such. */
export function areOneType(symbols: readonly (Symbolic | undefined)[]): boolean {
  const types = symbols.map(typeOf).filter((type) => type !== 'null');
  // An empty one takes the type of any other.
  const full = types.filter((type) => type?.endsWith(' of nothing') !== true);
  return !types.includes(undefined) && new Set(full).size <= 1 && new Set(types.map(kindOf)).size <= 1;
}

function kindOf(type: string | undefined): string | undefined {
  return type?.split(' ')[0];
}

/** `string`, `map of string`, `list of nothing`; undefined for anything that is not plainly of one type. */
function typeOf(symbol: Symbolic | undefined): string | undefined {
  if (symbol === undefined || symbol.is === 'computed' || (symbol.is === 'object' && symbol.open === true))
    return undefined;
  if (symbol.is === 'literal') return symbol.value === null ? 'null' : typeof symbol.value;
  if (symbol.is === 'document') return 'string';
  const inside = symbol.is === 'list' ? symbol.items : [...symbol.entries.values()].map(({ value }) => value);
  const types = new Set(inside.map((one) => typeof scalarOf(one)));
  const [only = 'nothing', ...more] = types;
  if (more.length > 0 || types.has('undefined') || types.has('object')) return undefined;
  return `${symbol.is === 'list' ? 'list' : 'map'} of ${only}`;
}

/** `same`: one scalar, or a part of a text, stands in the place of another of its type. Otherwise there is something more, or less. */
export type Reshaping = 'same' | 'more' | 'less';

export function reshapingOf(
  [before, old]: readonly [HclFile, SourcePlace],
  [after, now]: readonly [HclFile, SourcePlace],
  splice: Splice,
): Reshaping {
  const removed = splice.end - splice.start;
  const changed = splice.text.length > removed ? 'more' : 'less';
  if (splice.text === '' || removed === 0) return changed;
  const [first, second] = [scalarAround(before, old), scalarAround(after, now)];
  return first !== undefined && first === second ? 'same' : changed;
}

/** The type of the scalar that a place lies in. */
function scalarAround({ body }: HclFile, { range }: SourcePlace): string | undefined {
  let innermost: HclExpression | undefined;
  for (const { expression } of expressionsIn(body)) if (contains(expression.range, range)) innermost = expression;
  if (innermost?.kind === 'template') return 'string';
  return innermost?.kind === 'literal' && innermost.value !== null ? typeof innermost.value : undefined;
}
