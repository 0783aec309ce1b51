import type { JsonObject, JsonValue } from '../kit/index.ts';
import { at, isObject, listAt, textAt, textsAt } from './fields.ts';

export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly Expression[];
}

interface Expression {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

/** Reads a LabelSelector, or a Service's plain map of labels; undefined where there is none. */
export function selectorOf(value: JsonValue | undefined): LabelSelector | undefined {
  if (!isObject(value)) return undefined;
  if (!isObject(value['matchLabels']) && !Array.isArray(value['matchExpressions'])) {
    return { matchLabels: labelsOf(value) };
  }
  const matchExpressions = listAt(value, 'matchExpressions').map((expression) => {
    const [key = '', operator = ''] = [textAt(expression, 'key'), textAt(expression, 'operator')];
    return { key, operator, values: textsAt(expression, 'values') };
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

/** As the API server takes it; undefined when it selects nothing in particular or cannot be written. */
export function selectorText({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string | undefined {
  const terms = [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map(expressionText),
  ];
  return terms.length === 0 || terms.includes(undefined) ? undefined : terms.join(',');
}

function expressionText({ key, operator, values = [] }: Expression): string | undefined {
  switch (operator) {
    case 'In':
      return `${key} in (${values.join(',')})`;
    case 'NotIn':
      return `${key} notin (${values.join(',')})`;
    case 'Exists':
      return key;
    case 'DoesNotExist':
      return `!${key}`;
    default:
      return undefined;
  }
}
