import type { HclBlock } from '../hcl/syntax.ts';
import type { Instance } from '../origin/instance.ts';
import type { Defined } from '../origin/modules.ts';
import { type Symbolic, scalarOf } from '../origin/symbol.ts';

export interface MadeResource {
  readonly instance: Instance;
  readonly id: string;
  readonly block: Defined<HclBlock>;
  readonly body: Symbolic;
}

/** A module block whose folder is not in the tree: what it is given is all there is to see of it. */
export interface ForeignCall {
  readonly instance: Instance;
  readonly name: string;
  readonly block: Defined<HclBlock>;
}

/** Counts down: modules that call modules a thousand times over end unfinished. */
export interface Room {
  left: number;
}

/**
 * Everything a stack makes, in its modules too. How many there are of one that is repeated may not be known: it then counts once,
 * with what differs between them left open.
 */
export function* everythingOf(
  instance: Instance,
  room: Room,
): Generator<{ resource: MadeResource; call?: never } | { call: ForeignCall; resource?: never }> {
  for (const [id, block] of instance.source.resources) {
    for (const key of keysOf(instance.repeats(block))) {
      room.left -= 1;
      if (room.left < 0) return;
      const body = instance.resource(id, key);
      if (body !== undefined) yield { resource: { instance, id, block, body } };
    }
  }
  for (const [name, block] of instance.source.calls) {
    for (const key of keysOf(instance.repeats(block))) {
      room.left -= 1;
      if (room.left < 0) return;
      const child = instance.child(name, key);
      if (child === undefined) yield { call: { instance, name, block } };
      else yield* everythingOf(child, room);
    }
  }
}

const mostRepeats = 1_000;

/** Undefined: the one there is where nothing is repeated, or where nobody can tell. */
function keysOf(repeats: Symbolic | undefined): readonly (string | number | undefined)[] {
  if (repeats?.is === 'object') return [...repeats.entries.keys()].slice(0, mostRepeats);
  if (repeats?.is === 'list') {
    const keys = repeats.items.slice(0, mostRepeats).map(scalarOf);
    return keys.map((key) => (typeof key === 'string' || typeof key === 'number' ? key : undefined));
  }
  const count = scalarOf(repeats);
  if (typeof count !== 'number') return [undefined];
  return Array.from({ length: Math.min(Math.max(0, Math.trunc(count)), mostRepeats) }, (_, index) => index);
}
