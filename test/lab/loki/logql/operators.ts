import { parseError } from '../query-error.ts';
import type { Cursor } from './cursor.ts';
import type { Calculation } from './syntax.ts';

/** How tightly each binds. */
const strengths: Readonly<Record<Calculation['op'], number>> = {
  '==': 1,
  '!=': 1,
  '>': 1,
  '>=': 1,
  '<': 1,
  '<=': 1,
  '+': 2,
  '-': 2,
  '*': 3,
  '/': 3,
  '%': 3,
  '^': 4,
};

/** `* 60 > 5` behind a metric query: numbers only, and only in the order they are written in. */
export function parseCalculations(cursor: Cursor): readonly Calculation[] {
  const calculations: Calculation[] = [];
  let weakest = Infinity;
  for (;;) {
    const { kind, text, position } = cursor.token;
    const op = kind === 'symbol' ? operatorNamed(text) : undefined;
    if (op === undefined) return calculations;
    cursor.advance();
    const sign = cursor.take('-') ? -1 : 1;
    if (cursor.token.kind !== 'number' || strengths[op] > weakest) {
      throw parseError(`the lab's stand-in for Loki does not know ${text} here`, position);
    }
    calculations.push({ op, number: sign * Number(cursor.advance().text) });
    weakest = strengths[op];
  }
}

function operatorNamed(text: string): Calculation['op'] | undefined {
  const isOperator = (name: string): name is Calculation['op'] => Object.hasOwn(strengths, name);
  return isOperator(text) ? text : undefined;
}
