import type { JsonObject, JsonValue } from '../../kit/index.ts';
import { at, isObject, listAt, textAt } from '../fields.ts';
import type { LabelSelector } from './rule.ts';

/** Reads a LabelSelector, or a Service's plain map of labels; undefined where there is none. */
export function selectorOf(value: JsonValue | undefined): LabelSelector | undefined {
  if (!isObject(value)) return undefined;
  if (!isObject(value['matchLabels']) && !Array.isArray(value['matchExpressions'])) {
    return { matchLabels: labelsOf(value) };
  }
  const matchExpressions = listAt(value, 'matchExpressions').map((expression) => {
    const values = expression['values'];
    return {
      key: textAt(expression, 'key') ?? '',
      operator: textAt(expression, 'operator') ?? '',
      values: Array.isArray(values) ? values.filter((one) => typeof one === 'string') : [],
    };
  });
  return { matchLabels: labelsOf(at(value, 'matchLabels')), matchExpressions };
}

function labelsOf(labels: JsonObject | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels ?? {}).map(([name, value]) => [name, typeof value === 'string' ? value : '']),
  );
}

/** As the API server evaluates it; an operator nobody knows matches nothing. */
export function matches({ matchLabels, matchExpressions }: LabelSelector, labels: JsonObject): boolean {
  const has = (key: string): boolean => Object.hasOwn(labels, key);
  return (
    Object.entries(matchLabels ?? {}).every(([key, value]) => has(key) && labels[key] === value) &&
    (matchExpressions ?? []).every(({ key, operator, values = [] }) => {
      const value = has(key) ? labels[key] : undefined;
      const isIn = typeof value === 'string' && values.includes(value);
      switch (operator) {
        case 'In':
          return isIn;
        case 'NotIn':
          return !isIn;
        case 'Exists':
          return has(key);
        case 'DoesNotExist':
          return !has(key);
        default:
          return false;
      }
    })
  );
}
