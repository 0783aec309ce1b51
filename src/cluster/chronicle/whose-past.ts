import { kindId } from '../kind.ts';
import type { ObjectRef } from '../owner.ts';
import type { ClusterReader } from '../reader.ts';
import { type ResolvedTarget, resolveTarget } from '../target/resolve.ts';
import type { Chronicle } from './chronicle.ts';
import { configOf, historyRoots } from './history-roots.ts';

/** Of what is gone, only the name may be known. */
export type PastRoot = Pick<ObjectRef, 'name'> & Partial<Pick<ObjectRef, 'kind' | 'namespace'>>;

/** Whose past somebody asks for: of events and of changes. */
export interface WhosePast {
  readonly namespace: string | undefined;
  /** The object that was named. */
  readonly resolved: ResolvedTarget | undefined;
  /** Undefined: everybody's. */
  readonly roots: readonly PastRoot[] | undefined;
  /** What its pods are configured with. */
  readonly config: readonly ObjectRef[];
  readonly notes: readonly string[];
}

export interface PastRequest {
  readonly cluster: ClusterReader;
  readonly chronicle: Pick<Chronicle, 'rootOf'>;
  readonly target: string;
  readonly namespace: string | undefined;
  readonly signal: AbortSignal;
}

export function everybodysPast(namespace: string | undefined): WhosePast {
  return { namespace, resolved: undefined, roots: undefined, config: [], notes: [] };
}

/** Of what is there now. Errors: those of `resolveTarget`, `target-not-found` among them. */
export async function pastOf({ cluster, chronicle, target, namespace, signal }: PastRequest): Promise<WhosePast> {
  const resolved = await resolveTarget({ cluster, target, namespace, signal });
  const notes = resolved.said === undefined ? [] : [resolved.said];
  const { object } = resolved;
  if (kindId(resolved.kind) === 'namespaces') return { ...everybodysPast(object.name), resolved, notes };
  const roots = await historyRoots({ cluster, chronicle, resolved, signal });
  return { namespace: object.namespace || undefined, resolved, roots, config: configOf(resolved), notes };
}

/** What is not there any more: `deploy/server`, `photos/deploy/server`, or a name alone; as much as was said. */
export async function goneRoot({
  cluster,
  target,
  namespace,
  signal,
}: Omit<PastRequest, 'chronicle'>): Promise<PastRoot> {
  const [name = '', word, first] = target.trim().split('/').reverse();
  const kind = word === undefined ? undefined : (await cluster.kind(word, signal)).kind;
  const where = first ?? namespace;
  return { name, ...(kind === undefined ? {} : { kind }), ...(where === undefined ? {} : { namespace: where }) };
}

/** About one of those asked about, or something that one of them made. */
export function belongsTo(
  { about, root }: { readonly about: ObjectRef; readonly root: ObjectRef },
  {
    roots,
    resolved,
  }: { readonly roots: WhosePast['roots']; readonly resolved: Pick<ResolvedTarget, 'object'> | undefined },
): boolean {
  if (roots === undefined) return true;
  // A pod's own, not those of the pods beside it.
  if (resolved?.object.kind === 'Pod') return about.kind === 'Pod' && about.name === resolved.object.name;
  return roots.some((asked) => isPastOf(asked, root) || isPastOf(asked, about) || isMadeBy(asked, about));
}

/** What is not known of a root is no difference. */
export function isPastOf(asked: Partial<ObjectRef>, one: ObjectRef): boolean {
  return (['kind', 'namespace', 'name'] as const).every(
    (field) => asked[field] === undefined || asked[field] === one[field],
  );
}

/** A pod that is gone and nobody followed: its name is its maker's and a suffix. */
function isMadeBy({ kind, namespace, name = '' }: Partial<ObjectRef>, about: ObjectRef): boolean {
  const made = /^-[bcdfghjklmnpqrstvwxz2456789]{5}$/.test(about.name.slice(name.length));
  return about.kind === 'Pod' && kind !== 'Pod' && about.namespace === namespace && about.name.startsWith(name) && made;
}
