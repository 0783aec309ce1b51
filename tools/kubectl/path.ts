import { fieldSteps, fieldValues, stepInto } from '../../src/cluster/index.ts';
import type { JsonObject, JsonValue } from '../../src/kit/index.ts';
import { kubectlError } from './errors.ts';

/**
 * One part of an object that is redacted already: `spec.containers.0.image`, `spec.containers[0].image`, or a field whose
 * own name has dots (`metadata.labels.app.kubernetes.io/name`): the longest name that fits is taken. Lists are seen through.
 */
export function narrowTo(body: JsonObject, path: string): JsonValue {
  const steps = fieldSteps(path);
  let here: JsonValue = body;
  let walked = 0;
  while (walked < steps.length) {
    const taken = stepInto(here, steps.slice(walked));
    if (taken === undefined) {
      const through = Array.isArray(here) ? fieldValues(here, steps.slice(walked)) : [];
      if (through.length > 0) return through;
      throw notThere(steps.slice(0, walked), steps[walked] ?? '', here);
    }
    here = taken.value;
    walked += taken.steps;
  }
  return here;
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
