import { readKinds } from '../read-kinds.ts';
import type { ClusterReader } from '../reader.ts';
import { readBehindHost } from './behind.ts';
import { type Candidate, candidateText, isOfApp, lastingFirst, readWorkloads } from './candidate.ts';

/** The steps in their order; `nothing` when none found anything. */
export type Step = 'name' | 'app label' | 'namespace' | 'host' | 'prefix' | 'nothing';

export interface Search {
  readonly by: Step;
  readonly hits: readonly Candidate[];
  /** Every workload that was looked at, for suggestions. */
  readonly known: readonly Candidate[];
  /** Kinds the credential may not read. */
  readonly unread: readonly string[];
}

export interface SearchRequest {
  readonly cluster: ClusterReader;
  /** Plain: what `parseTarget` let pass. */
  readonly word: string;
  readonly namespace: string | undefined;
  readonly signal: AbortSignal;
}

/** What a word may mean, by the first step that finds something. */
export async function searchWord(request: SearchRequest): Promise<Search> {
  const { cluster, word, namespace, signal } = request;
  const named = { namespace, fieldSelector: `metadata.name=${word}`, shape: 'metadata' } as const;
  const [{ workloads, unread }, pods] = await Promise.all([
    readWorkloads(cluster, namespace, signal),
    readKinds(cluster, { pods: named }, signal),
  ]);
  const search = { known: workloads, unread: [...unread, ...pods.unread] };
  const withName = [...workloads.filter(({ object }) => object.name === word), ...candidatesOf(pods)];
  if (withName.length > 0) return { ...search, by: 'name', hits: withName };
  const ofApp = lastingFirst(workloads.filter((candidate) => isOfApp(candidate, word)));
  const inNamespace = lastingFirst(workloads.filter(({ object }) => object.namespace === word));
  const [by, several] = ofApp.length > 0 ? (['app label', ofApp] as const) : (['namespace', inNamespace] as const);
  if (several.length === 1) return { ...search, by, hits: several };
  const host = await readBehindHost(cluster, word, { namespace, signal });
  const seen = { ...search, unread: [...new Set([...search.unread, ...host.unread])] };
  if (several.length > 0) {
    const leadTo = new Set(host.hits.map(candidateText));
    const led = several.filter((candidate) => leadTo.has(candidateText(candidate)));
    return { ...seen, by, hits: led.length === 1 ? led : several };
  }
  if (host.hits.length > 0) return { ...seen, by: 'host', hits: host.hits };
  return { ...seen, ...(await byPrefix(request, workloads)) };
}

async function byPrefix(
  { cluster, word, namespace, signal }: SearchRequest,
  workloads: readonly Candidate[],
): Promise<Pick<Search, 'by' | 'hits'>> {
  const begins = ({ object }: Candidate): boolean => object.name.startsWith(word);
  const fitting = lastingFirst(workloads.filter(begins));
  if (fitting.length > 0) return { by: 'prefix', hits: fitting };
  const pods = candidatesOf(await readKinds(cluster, { pods: { namespace, shape: 'metadata' } }, signal)).filter(
    begins,
  );
  return pods.length > 0 ? { by: 'prefix', hits: pods } : { by: 'nothing', hits: [] };
}

function candidatesOf({ found }: Awaited<ReturnType<typeof readKinds>>): readonly Candidate[] {
  return found.flatMap(({ kind, objects }) => objects.map((object) => ({ kind, object })));
}
