import type { Instance } from './instance.ts';
import { at, type Symbolic, scalarOf } from './symbol.ts';

/** A resource as often as it is repeated, in the module that holds it. */
export interface Resource {
  readonly instance: Instance;
  readonly address: string;
  readonly id: string;
  readonly key: string | number | undefined;
}

/** What a module more costs, in steps of the stack's budget. */
const stepsOfModule = 50;

/** Of a stack and of every module that it calls, as far as its budget goes. */
export function* resourcesOf(instance: Instance, prefix = ''): Generator<Resource> {
  const { budget } = instance.scope;
  budget.steps -= stepsOfModule;
  if (budget.steps < 0) return;
  for (const [id, block] of instance.source.resources) {
    for (const key of keysOf(instance.repeats(block)))
      yield { instance, address: `${prefix}${id}${keyText(key)}`, id, key };
  }
  for (const [name, call] of instance.source.calls) {
    for (const key of keysOf(instance.repeats(call))) {
      const child = instance.child(name, key);
      if (child !== undefined) yield* resourcesOf(child, `${prefix}module.${name}${keyText(key)}.`);
    }
  }
}

/** Undefined is the one there is where nothing is repeated. What is not known is none. */
function keysOf(repeats: Symbolic | undefined): readonly (string | number | undefined)[] {
  if (repeats === undefined) return [undefined];
  if (repeats.is === 'object') return [...repeats.entries.keys()];
  if (repeats.is === 'list') {
    return repeats.items.map(scalarOf).filter((key) => typeof key === 'string' || typeof key === 'number');
  }
  const count = scalarOf(repeats);
  return typeof count === 'number' && count <= 1_000 ? Array.from({ length: count }, (_, index) => index) : [];
}

function keyText(key: string | number | undefined): string {
  return key === undefined ? '' : `[${JSON.stringify(key)}]`;
}

/** Attributes of a resource that hold a whole object. */
const manifestAttributes = ['yaml_body', 'manifest'];

/** The object that a resource holds whole; undefined where it holds none. */
export function manifestOf(body: Symbolic): Symbolic | undefined {
  for (const name of manifestAttributes) {
    const found = at(body, [name]);
    if (found?.is === 'document') return found.content;
    if (found?.is === 'object') return found;
  }
  return undefined;
}
