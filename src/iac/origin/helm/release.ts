import type { HclBlock } from '../../hcl/syntax.ts';
import type { SourcePlace, ValuePath } from '../port.ts';
import { at, computed, type Symbolic, scalarOf } from '../symbol.ts';
import { openAssignment } from './assign.ts';
import { openMerge } from './merge.ts';
import { openNames } from './names.ts';
import { parseSetPath } from './set-path.ts';
import { setValue } from './set-value.ts';

/**
 * The values that a `helm_release` is given, as one object: its documents, the later over the earlier, and over them what is set
 * by name, in the order the provider goes through it. The chart's own values are not among them.
 */
export function releaseValues(resource: Symbolic, block: HclBlock): Symbolic {
  const documents = documentsOf(resource);
  if (documents === undefined) return computed(resource.place);
  const assigned = openAssignment(documents.reduce(openMerge()));
  for (const list of ['set', 'set_list', 'set_sensitive', 'set_wo']) {
    const given = at(resource, [list]);
    if (isNothing(given)) continue;
    if (given.is !== 'list') return computed(given.place);
    // Blocks are a set, in an order that nothing here decides: of two for one path it is not known which one is left.
    const isOrdered = block.body.attributes.some(({ name }) => name === list);
    const names = isOrdered ? undefined : openNames();
    for (const item of given.items) {
      const told = assignmentOf(item, list === 'set');
      if (told === undefined) return computed(item.place);
      const clash = names?.add(told.path);
      assigned.assign(clash ?? told.path, clash === undefined ? told.value : computed(told.name), told.name);
    }
  }
  return assigned.values;
}

/** The first is what lies under all others. Undefined where it is not known how many there are. */
function documentsOf(resource: Symbolic): readonly [Symbolic, ...Symbolic[]] | undefined {
  const { place } = resource;
  const reused = at(resource, ['reuse_values']);
  // Those of the last release.
  const isReusing = !isNothing(reused) && scalarOf(reused) !== false;
  const first: Symbolic = isReusing ? computed(place) : { is: 'object', entries: new Map(), place };
  const given = at(resource, ['values']);
  if (isNothing(given)) return [first];
  if (given.is !== 'list') return undefined;
  return [first, ...given.items.filter((item) => !isNothing(item) && scalarOf(item) !== '').map(contentOf)];
}

/** Anything that is no document of values is not known. */
function contentOf(item: Symbolic): Symbolic {
  return item.is === 'document' && item.content.is === 'object' ? item.content : computed(item.place);
}

interface Told {
  readonly path: ValuePath;
  readonly value: Symbolic;
  readonly name: SourcePlace;
}

/** Undefined where it is not known which path is given anything. */
function assignmentOf(item: Symbolic, isShown: boolean): Told | undefined {
  const [name, value, type] = ['name', 'value', 'type'].map((field) => at(item, [field]));
  const [path, how] = [scalarOf(name), scalarOf(type) ?? undefined];
  if (name === undefined || typeof path !== 'string') return undefined;
  const unknown = computed(value?.place ?? name.place);
  if (how === 'literal') {
    return /^[\w-]+$/.test(path) ? { path: [path], value: unknown, name: name.place } : undefined;
  }
  const steps = parseSetPath(path);
  if (steps === undefined) return undefined;
  const isTyped = isNothing(type) || how === 'auto' || how === 'string';
  if (!isShown || !isTyped || value === undefined || value.is !== 'literal') {
    return { path: steps, value: unknown, name: name.place };
  }
  const made = setValue(value, how === 'string' ? how : undefined);
  return made.is === 'elsewhere' ? undefined : { path: steps, value: made.symbol, name: name.place };
}

function isNothing(symbol: Symbolic | undefined): symbol is undefined {
  return symbol === undefined || scalarOf(symbol) === null;
}
