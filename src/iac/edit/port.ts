import type { ObjectName } from '../origin/find-object.ts';
import type { OriginSources } from '../origin/origins.ts';
import type { Scalar, SourcePlace } from '../origin/port.ts';

/**
 * An edit of the source that gives fields of a live object another value, or a reason why there is none. Nothing is guessed: an
 * edit is given only where the source, worked out again with it, says of every object of every stack what it said before, but
 * for the fields that were wished.
 *
 *  wish      one field of an object, and what it is to be
 *  prepared  the edit, as a unified diff; what else of the same object it moves, since one literal may stand for several fields
 *  refused   where the field stands, as far as that is known, and why no edit of it is certain
 */

/**
 * `{ name }` is the item of a list with that name: a container, a variable of its environment. `{ only }` is the one item of a
 * list that has one, and where the list is `containers`, there are no `initContainers` beside it: what is asked of every container.
 */
export type FieldStep = string | number | { readonly name: string } | { readonly only: true };
export type FieldPath = readonly FieldStep[];

export interface FieldWish {
  /** As the API server knows it: `['spec', 'replicas']`. Of a Helm release: the path within its values. */
  readonly path: FieldPath;
  /** Undefined: it is to be gone. An item of a list goes by the path that ends at it: `…, 'env', { name: 'TZ' }`. */
  readonly value: Scalar | undefined;
}

/** Every stack of a tree, and the text of its files. */
export interface EditSources {
  readonly stacks: ReadonlyMap<string, OriginSources>;
  text(path: string): string | undefined;
  /** Whether a value that is written down is shown to nobody. */
  isHidden(value: NamedValue): boolean;
}

export interface NamedValue {
  /** Its key, or of an item with a `value` what the item is called: `DB_PASSWORD`. */
  readonly name: string;
  readonly value: Scalar;
  readonly place?: SourcePlace;
}

export interface FieldChange {
  /** `spec.template.spec.containers[0].image` */
  readonly field: string;
  /** Undefined: it was not there, or is computed. */
  readonly before: Scalar | undefined;
  /** Undefined: it is gone. */
  readonly after: Scalar | undefined;
}

export interface PreparedEdit {
  readonly is: 'prepared';
  readonly stack: string;
  readonly address: string;
  /** A unified diff, as `git apply` takes it. */
  readonly patch: string;
  readonly place: SourcePlace;
  readonly changes: readonly FieldChange[];
  /** Fields of the same object that nobody wished, and that the same literal stands for. */
  readonly also: readonly FieldChange[];
}

export const refusals = [
  /** No stack makes such an object, as far as its source can be worked out. */
  'no-owner',
  /** Several resources make an object of this name. */
  'several-owners',
  /** The object's source does not have the field, and has no place for it that is certain. */
  'no-place',
  /** The field's value is computed. */
  'computed',
  /** What stands there is also another object's, of this stack or of others. */
  'shared',
  /** The source tells the engine to leave the field alone: a controller owns it. */
  'ignored',
  /** It has this value already. */
  'same',
  /** A Secret, or a value the source keeps to itself, or that is hidden; whatever was wished. */
  'secret',
  /** An edit was tried, and the source said something else than was wished. */
  'not-proven',
] as const;
export type Refusal = (typeof refusals)[number];

export interface RefusedEdit {
  readonly is: 'refused';
  readonly why: Refusal;
  /** The wish that could not be fulfilled. */
  readonly field: string | undefined;
  readonly stack: string | undefined;
  readonly place: SourcePlace | undefined;
  /** `shared`: whose else, as `stack address`; at most five. */
  readonly others: readonly string[];
}

export type EditOutcome = PreparedEdit | RefusedEdit;

/** All wishes are fulfilled by one edit of one stack, or none is. */
export type PrepareEdit = (
  sources: EditSources,
  object: ObjectName,
  wishes: readonly FieldWish[],
) => Promise<EditOutcome>;
