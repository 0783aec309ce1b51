import type { JsonObject, JsonValue } from '../kit/index.ts';

/**
 * A path into an object that is redacted already: `spec.containers.0.image`, `spec.containers[0].image`, or a field whose own name
 * has dots (`metadata.labels.app.kubernetes.io/name`): the longest name that fits is taken. Lists are seen through.
 *
 * Everything at a path: of `spec.containers.image` all images.
 */
export function valuesAt(body: JsonObject, path: string): readonly JsonValue[] {
  return fieldValues(body, fieldSteps(path));
}

export function fieldValues(here: JsonValue, steps: readonly string[]): readonly JsonValue[] {
  if (steps.length === 0) return Array.isArray(here) ? here : [here];
  const taken = stepInto(here, steps);
  if (taken !== undefined) return fieldValues(taken.value, steps.slice(taken.steps));
  return Array.isArray(here) ? here.flatMap((item) => fieldValues(item, steps)) : [];
}

export function fieldSteps(path: string): readonly string[] {
  return path
    .replace(/\[(\d*)\]/g, '.$1')
    .split('.')
    .filter((step) => step !== '');
}

export function stepInto(
  here: JsonValue,
  steps: readonly string[],
): { readonly value: JsonValue; readonly steps: number } | undefined {
  if (here === null || typeof here !== 'object') return undefined;
  if (Array.isArray(here)) {
    const [first = ''] = steps;
    const value: JsonValue | undefined = /^\d{1,6}$/.test(first) ? here[Number(first)] : undefined;
    return value === undefined ? undefined : { value, steps: 1 };
  }
  for (let length = steps.length; length > 0; length -= 1) {
    const name = steps.slice(0, length).join('.');
    const value = Object.hasOwn(here, name) ? (here as JsonObject)[name] : undefined;
    if (value !== undefined) return { value, steps: length };
  }
  return undefined;
}
