import { CastellanError } from '../../kit/index.ts';
import type { Kind } from '../kind.ts';
import { type ObjectRef, ownerOf } from '../owner.ts';
import type { ClusterObject, ClusterReader } from '../reader.ts';
import type { Subject } from './surroundings.ts';

export interface Owner {
  readonly ref: ObjectRef;
  readonly found:
    | { readonly kind: Kind; readonly object: ClusterObject }
    /** The code of the error: `cluster-not-found` when it is gone. */
    | { readonly why: string };
}

const longestChain = 5;

/** From the nearest up. */
export async function readOwners({ cluster, object, signal }: Subject): Promise<readonly Owner[]> {
  const owners: Owner[] = [];
  let here: ClusterObject | undefined = object;
  while (here !== undefined && owners.length < longestChain) {
    const ref: ObjectRef | undefined = ownerOf(here);
    if (ref === undefined) break;
    const found: Owner['found'] = await readOwner(cluster, ref, signal);
    owners.push({ ref, found });
    here = 'why' in found ? undefined : found.object;
  }
  return owners;
}

async function readOwner(cluster: ClusterReader, ref: ObjectRef, signal: AbortSignal): Promise<Owner['found']> {
  const word = ref.group === '' ? ref.kind : `${ref.kind}.${ref.group}`;
  try {
    const kind = await cluster.kind(word.toLowerCase(), signal);
    const namespace = ref.namespace === '' ? undefined : ref.namespace;
    return { kind, object: await cluster.get(kind, ref.name, { namespace, signal }) };
  } catch (error) {
    if (error instanceof CastellanError) return { why: error.code };
    throw error;
  }
}
