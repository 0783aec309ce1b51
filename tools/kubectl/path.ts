import type { JsonObject, JsonValue } from '../../src/kit/index.ts';
import { kubectlError } from './errors.ts';

/**
 * One part of an object that is redacted already: `spec.containers.0.image`, `spec.containers[0].image`, or a field whose
 * own name has dots (`metadata.labels.app.kubernetes.io/name`): the longest name that fits is taken. Lists are seen through.
 */
export function narrowTo(body: JsonObject, path: string): JsonValue {
  const steps = stepsOf(path);
  let here: JsonValue = body;
  let walked = 0;
  while (walked < steps.length) {
    const taken = step(here, steps.slice(walked));
    if (taken === undefined) {
      const through = Array.isArray(here) ? valuesIn(here, steps.slice(walked)) : [];
      if (through.length > 0) return through;
      throw notThere(steps.slice(0, walked), steps[walked] ?? '', here);
    }
    here = taken.value;
    walked += taken.steps;
  }
  return here;
}

/** Everything at a path of an object that is redacted already, lists seen through: `spec.containers.image`. */
export function valuesAt(body: JsonObject, path: string): readonly JsonValue[] {
  return valuesIn(body, stepsOf(path));
}

function valuesIn(here: JsonValue, steps: readonly string[]): readonly JsonValue[] {
  if (steps.length === 0) return Array.isArray(here) ? here : [here];
  const taken = step(here, steps);
  if (taken !== undefined) return valuesIn(taken.value, steps.slice(taken.steps));
  return Array.isArray(here) ? here.flatMap((item) => valuesIn(item, steps)) : [];
}

function stepsOf(path: string): readonly string[] {
  return path
    .replace(/\[(\d*)\]/g, '.$1')
    .split('.')
    .filter((step) => step !== '');
}

function step(
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

function notThere(walked: readonly string[], missing: string, here: JsonValue): Error {
  const where = walked.length === 0 ? 'the object' : walked.join('.');
  return kubectlError('path-not-found', {
    message: `${where} has no ${missing}`,
    next: `${where} has ${choices(here)}`,
  });
}

/** Names somebody else chose freely could be sentences: only plain ones are repeated. */
function choices(here: JsonValue): string {
  if (Array.isArray(here)) return here.length === 0 ? 'no items' : `items 0 to ${here.length - 1}`;
  if (here === null || typeof here !== 'object') return 'no fields';
  const plain = Object.keys(here).filter((name) => /^[\w./-]{1,60}$/.test(name));
  return plain.length === 0 ? 'no fields' : plain.slice(0, 20).join(', ');
}
