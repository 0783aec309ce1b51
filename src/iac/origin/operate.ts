import type { Scalar } from './port.ts';
import type { Symbolic } from './symbol.ts';

/** The value of a comparison or a sum of literals; undefined for everything else. `x == null` is known of what is no scalar, too. */
export function operate(operator: string, operands: readonly Symbolic[]): Scalar | undefined {
  const [left, right] = operands;
  if (left === undefined || operands.some(({ is }) => is === 'computed')) return undefined;
  if (right !== undefined && (operator === '==' || operator === '!=')) {
    const same = isSame(left, right);
    return same === undefined ? undefined : same === (operator === '==');
  }
  const [a, b] = operands.map((one) => (one.is === 'literal' ? one.value : undefined));
  if (right === undefined) {
    if (operator === '!' && typeof a === 'boolean') return !a;
    return operator === '-' && typeof a === 'number' ? -a : undefined;
  }
  if (typeof a === 'boolean' && typeof b === 'boolean') {
    if (operator === '&&') return a && b;
    return operator === '||' ? a || b : undefined;
  }
  return typeof a === 'number' && typeof b === 'number' ? arithmetic[operator]?.(a, b) : undefined;
}

const arithmetic: Readonly<Record<string, (a: number, b: number) => Scalar>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
};

function isSame(left: Symbolic, right: Symbolic): boolean | undefined {
  if (left.is === 'literal' && right.is === 'literal') return left.value === right.value;
  const isNull = [left, right].some((one) => one.is === 'literal' && one.value === null);
  return isNull ? false : undefined;
}
