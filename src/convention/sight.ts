import type { Node, Place, Truth } from './node/node.ts';

/** One thing a rule looks at, and what it may ask about what is around it. */
export interface Sight {
  /** The part `each` names, or all of it. */
  readonly node: Node;
  /** The object or resource it is part of: `$object.metadata.name`. */
  readonly whole: Node;
  readonly kind: string | undefined;
  readonly stack: string;
  readonly ignored: readonly string[];
  commentAt(place: Place | undefined, pattern: RegExp): Truth;
  /** Whether an object of these kinds, in the same stack, says this text at one of the paths. */
  joined(text: string | undefined, kinds: readonly string[], at: readonly string[]): Truth;
}
