import {
  type Chronicle,
  type ClusterReader,
  configOf,
  historyRoots,
  kindId,
  type ObjectRef,
  type ResolvedTarget,
  resolveTarget,
  rootByName,
} from '../../cluster/index.ts';
import { CastellanError } from '../../kit/index.ts';

/** Whose past is asked for: of what is gone, only the name may be known. */
export type SubjectRoot = Pick<ObjectRef, 'name'> & Partial<Pick<ObjectRef, 'kind' | 'namespace'>>;

export interface Subject {
  readonly namespace: string | undefined;
  readonly resolved: ResolvedTarget | undefined;
  /** Undefined: everybody's. */
  readonly roots: readonly SubjectRoot[] | undefined;
  /** What its pods are configured with. */
  readonly config: readonly ObjectRef[];
  readonly notes: readonly string[];
}

export interface SubjectRequest {
  readonly cluster: ClusterReader;
  readonly chronicle: Pick<Chronicle, 'rootOf'> | undefined;
  readonly target: string | undefined;
  readonly namespace: string | undefined;
  readonly signal: AbortSignal;
}

export async function subjectOf({ cluster, chronicle, target, namespace, signal }: SubjectRequest): Promise<Subject> {
  const everybody: Subject = { namespace, resolved: undefined, roots: undefined, config: [], notes: [] };
  if (target === undefined) return everybody;
  const rootOf = chronicle?.rootOf.bind(chronicle) ?? ((_: string, ref: ObjectRef) => rootByName(ref));
  try {
    const resolved = await resolveTarget({ cluster, target, namespace, signal });
    const notes = resolved.said === undefined ? [] : [resolved.said];
    const { object } = resolved;
    if (kindId(resolved.kind) === 'namespaces') return { ...everybody, namespace: object.name, resolved, notes };
    const roots = await historyRoots({ cluster, chronicle: { rootOf }, resolved, signal });
    return { namespace: object.namespace || undefined, resolved, roots, config: configOf(resolved), notes };
  } catch (error) {
    if (!(error instanceof CastellanError) || error.code !== 'target-not-found') throw error;
    const gone = await goneRoot(target, namespace, cluster, signal);
    return { ...everybody, namespace: gone.namespace, roots: [gone], notes: [`there is no ${target} now`] };
  }
}

async function goneRoot(
  target: string,
  namespace: string | undefined,
  cluster: ClusterReader,
  signal: AbortSignal,
): Promise<SubjectRoot> {
  const [name = '', word, first] = target.trim().split('/').reverse();
  const kind = word === undefined ? undefined : (await cluster.kind(word, signal)).kind;
  const where = first ?? namespace;
  return { name, ...(kind === undefined ? {} : { kind }), ...(where === undefined ? {} : { namespace: where }) };
}

/** About one of those asked about, or something that one of them made. */
export function belongsTo(
  { about, root }: { readonly about: ObjectRef; readonly root: ObjectRef },
  { roots, resolved }: Subject,
): boolean {
  if (roots === undefined) return true;
  // A pod's own, not those of the pods beside it.
  if (resolved?.object.kind === 'Pod') return about.kind === 'Pod' && about.name === resolved.object.name;
  return roots.some((asked) => isSame(asked, root) || isSame(asked, about));
}

export function isSame(asked: SubjectRoot, one: ObjectRef): boolean {
  return (['kind', 'namespace', 'name'] as const).every(
    (field) => asked[field] === undefined || asked[field] === one[field],
  );
}
