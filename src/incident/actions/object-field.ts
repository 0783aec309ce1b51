import { type ClusterObject, type ClusterReader, refText, resolveTarget, valuesAt } from '../../cluster/index.ts';
import { CastellanError, type JsonValue } from '../../kit/index.ts';
import { holdsMarker } from '../../redaction/marker.ts';
import type { VerifyPredicate } from '../action.ts';
import { fail, type Looking, pass, type Seen, unknown } from './ports.ts';

type Wanted = Extract<VerifyPredicate, { readonly kind: 'object-field' }>;

/**
 * The reader gives objects in which values are masked. Of a masked field nothing is compared, and what is said of it is the same
 * whatever was asked for: whoever guesses learns nothing.
 */
export async function seeObjectField(wanted: Wanted, { ports, signal }: Looking): Promise<Seen> {
  if (ports.cluster === undefined) return unknown('no cluster is configured');
  const object = await objectOf(await ports.cluster(), wanted, signal);
  return object === undefined ? fail('there is no such object') : seenIn(object, wanted);
}

/** Undefined: it was looked for by its kind and name, and is not there. */
async function objectOf(
  cluster: ClusterReader,
  { target, namespace }: Wanted,
  signal: AbortSignal,
): Promise<ClusterObject | undefined> {
  try {
    return (await resolveTarget({ cluster, target, namespace, signal })).object;
  } catch (error) {
    // A word that leads nowhere may only be one that this credential does not see.
    const isNamed = target.includes('/');
    if (isNamed && error instanceof CastellanError && error.code === 'target-not-found') return undefined;
    throw error;
  }
}

function seenIn(object: ClusterObject, { field, is }: Wanted): Seen {
  const values = valuesAt(object.body, field);
  const name = refText(object);
  if (values.some(isMasked)) return unknown(`${name}: the field is masked`);
  if (holdsMarker(field) || holdsMarker(is))
    return unknown('what was asked for was masked: nothing can be compared with it');
  if (values.length === 0) {
    return isWithheld(object, field)
      ? unknown(`${name}: such fields are not shown`)
      : fail(`${name} has no such field`);
  }
  const texts = values.map(textOf);
  if (texts.includes(undefined)) return unknown(`${name}: the field is no single value`);
  const others = texts.filter((text) => text !== is).length;
  if (others === 0) return pass(`${name}: the field is as wanted`);
  return fail(
    texts.length === 1 ? `${name}: the field is different` : `${name}: ${others} of ${texts.length} are different`,
  );
}

/** A mask, or a size that stands for a text that is too long to be shown. */
function isMasked(value: JsonValue): boolean {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return holdsMarker(text) || /^<\d+ chars>$/.test(text);
}

/** Managed fields and some annotations are taken out whole, and say nothing by not being there. */
function isWithheld({ withheld }: ClusterObject, field: string): boolean {
  const isAnnotation = field.startsWith('metadata.annotations') && (withheld['annotation'] ?? 0) > 0;
  return isAnnotation || field.startsWith('metadata.managedFields');
}

function textOf(value: JsonValue): string | undefined {
  return value !== null && typeof value === 'object' ? undefined : String(value);
}
