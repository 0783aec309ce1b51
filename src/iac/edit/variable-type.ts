import type { HclBlock, HclExpression } from '../hcl/syntax.ts';
import type { Scalar } from '../origin/port.ts';
import type { Symbolic } from '../origin/symbol.ts';

/**
 * Whether a variable has the value as it is given. A type may drop what it does not name, and turn items into one another's
 * type: then the module sees something else than what is written.
 */
export function fitsTypes({ body }: HclBlock, value: Symbolic | undefined): boolean {
  const named = (name: string): HclExpression | undefined => body.attributes.find((one) => one.name === name)?.value;
  if (value === undefined) return true;
  // With `nullable = false`, null stands for the default.
  if (named('nullable') !== undefined && value.is === 'literal' && value.value === null) return false;
  return fits(named('type'), value);
}

function fits(type: HclExpression | undefined, value: Symbolic): boolean {
  if (type === undefined || value.is === 'computed') return true;
  if (type.kind === 'reference') return type.steps.length === 0 && fitsWord(type.root, value);
  if (value.is === 'literal' && value.value === null) return true;
  if (type.kind !== 'call') return false;
  const [inner, ...more] = type.arguments;
  if (type.name === 'optional') return inner !== undefined && fits(inner, value);
  if (inner === undefined || more.length > 0) return false;
  switch (type.name) {
    case 'map':
      return (
        value.is === 'object' &&
        allFit(
          inner,
          [...value.entries.values()].map((entry) => entry.value),
        )
      );
    case 'list':
    case 'set':
      return value.is === 'list' && allFit(inner, value.items);
    case 'object':
      return inner.kind === 'object' && fitsObject(inner, value);
    case 'tuple':
      return (
        inner.kind === 'tuple' &&
        value.is === 'list' &&
        value.items.length === inner.items.length &&
        value.items.every((item, index) => fits(inner.items[index], item))
      );
    default:
      return false;
  }
}

function allFit(inner: HclExpression, values: readonly Symbolic[]): boolean {
  if (!values.every((value) => fits(inner, value))) return false;
  const isAny = inner.kind === 'reference' && inner.root === 'any';
  if (!isAny) return true;
  // `map(any)` gives all its values one type.
  return new Set(values.map((value) => (value.is === 'literal' ? typeof value.value : value.is))).size <= 1;
}

function fitsObject(type: HclExpression & { readonly kind: 'object' }, value: Symbolic): boolean {
  if (value.is !== 'object') return false;
  const types = new Map(type.items.map(({ key, value: of }) => [key.kind === 'literal' ? String(key.value) : '', of]));
  return [...value.entries].every(([name, entry]) => {
    const of = types.get(name);
    return of !== undefined && fits(of, entry.value);
  });
}

function fitsWord(word: string, value: Symbolic): boolean {
  if (word === 'any') return true;
  if (value.is !== 'literal') return word === 'string' && value.is === 'document';
  return fitsScalar(word, value.value);
}

function fitsScalar(word: string, value: Scalar): boolean {
  if (value === null || word === 'string') return ['string', 'number', 'bool'].includes(word);
  if (word === 'number')
    return typeof value === 'number' || (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value));
  return word === 'bool' && (typeof value === 'boolean' || value === 'true' || value === 'false');
}
