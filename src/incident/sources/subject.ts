import {
  type Chronicle,
  type ClusterReader,
  everybodysPast,
  goneRoot,
  type ObjectRef,
  pastOf,
  rootByName,
  type WhosePast,
} from '../../cluster/index.ts';
import { CastellanError } from '../../kit/index.ts';

export interface SubjectRequest {
  readonly cluster: ClusterReader;
  readonly chronicle: Pick<Chronicle, 'rootOf'> | undefined;
  readonly target: string | undefined;
  readonly namespace: string | undefined;
  readonly signal: AbortSignal;
}

/** Also of what is not there any more: that nothing is told of it then is an answer. */
export async function subjectOf({
  cluster,
  chronicle = byName,
  target,
  namespace,
  signal,
}: SubjectRequest): Promise<WhosePast> {
  if (target === undefined) return everybodysPast(namespace);
  try {
    return await pastOf({ cluster, chronicle, target, namespace, signal });
  } catch (error) {
    if (!(error instanceof CastellanError) || error.code !== 'target-not-found') throw error;
    const gone = await goneRoot({ cluster, target, namespace, signal });
    return { ...everybodysPast(gone.namespace), roots: [gone], notes: [`there is no ${target} now`] };
  }
}

const byName: Pick<Chronicle, 'rootOf'> = { rootOf: (_, ref: ObjectRef) => rootByName(ref) };
