import type { Calculation, Comparison } from '../logql/syntax.ts';

/** The value after all calculations; undefined when a comparison among them drops it. */
export function calculate(value: number, calculations: readonly Calculation[]): number | undefined {
  let result = value;
  for (const { op, number } of calculations) {
    switch (op) {
      case '+':
        result += number;
        break;
      case '-':
        result -= number;
        break;
      case '*':
        result *= number;
        break;
      case '/':
        result /= number;
        break;
      case '%':
        result %= number;
        break;
      case '^':
        result **= number;
        break;
      default:
        if (!compares(op, result, number)) return undefined;
    }
  }
  return result;
}

export function compares(op: Comparison, left: number, right: number): boolean {
  switch (op) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
  }
}
