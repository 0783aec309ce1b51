import { kindId } from '../kind.ts';
import type { ClusterReader } from '../reader.ts';
import { type Candidate, candidateText } from '../target/candidate.ts';
import { targetError } from '../target/errors.ts';
import { findObject } from '../target/find.ts';
import { mostCandidates } from '../target/nearest.ts';
import { parseTarget } from '../target/parse.ts';
import { ambiguous, notFound, unseen } from '../target/refusals.ts';
import { searchWord } from '../target/search.ts';

/** Which part of one namespace an app's name means. */
export interface Meant {
  readonly namespace: string;
  /** Workloads, pods, Services or routes; everything that runs in the namespace when undefined. */
  readonly picks: readonly Candidate[] | undefined;
  /** The app's name as far as a host could have it. */
  readonly word: string;
  /** `resolved: photos → photos/deploy/server, photos/deploy/resizer` */
  readonly said: string | undefined;
}

export interface AppRequest {
  readonly cluster: ClusterReader;
  readonly target: string;
  readonly namespace?: string | undefined;
  readonly signal: AbortSignal;
}

/** Like `resolveTarget`, but several hits in one namespace are one app. */
export async function readMeant({ cluster, target, namespace, signal }: AppRequest): Promise<Meant> {
  const asked = parseTarget(target, namespace);
  if (asked.form === 'object') {
    const kind = await cluster.kind(asked.kind, signal);
    const object = await findObject({ cluster, kind, name: asked.name, namespace: asked.namespace, signal });
    if (kindId(kind) === 'namespaces') {
      return { namespace: object.name, picks: undefined, word: object.name, said: undefined };
    }
    if (object.namespace !== '') {
      return { namespace: object.namespace, picks: [{ kind, object }], word: object.name, said: undefined };
    }
    throw targetError('target-invalid', {
      message: `${kindId(kind)} ${object.name} is outside all namespaces, and an app is in one`,
      next: `give an app, a workload, a namespace or a host; for the object itself: kubectl_describe target=${asked.kind}/${object.name}`,
    });
  }
  const { word } = asked;
  const search = await searchWord({ cluster, word, namespace: asked.namespace, signal });
  const [first, ...others] = search.hits;
  if (first === undefined) throw notFound(word, search);
  const place = first.object.namespace;
  if (others.some(({ object }) => object.namespace !== place)) throw ambiguous(word, search);
  const shown = search.hits.slice(0, mostCandidates).map(candidateText).join(', ');
  const whole = search.by === 'namespace';
  return {
    namespace: place,
    picks: whole ? undefined : search.hits,
    word,
    said: `resolved: ${word} → ${whole ? `namespace ${place}` : shown}${unseen(search)}`,
  };
}
