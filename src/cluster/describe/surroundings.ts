import { CastellanError } from '../../kit/index.ts';
import type { Chronicle } from '../chronicle/chronicle.ts';
import { editShape } from '../chronicle/edits.ts';
import type { Occurrence } from '../events/group-events.ts';
import { at } from '../fields.ts';
import { currentSurvey } from '../findings/current-survey.ts';
import type { Survey } from '../findings/survey.ts';
import type { Kind } from '../kind.ts';
import { refText } from '../owner.ts';
import { servedKind } from '../read-kinds.ts';
import type { ClusterObject, ClusterReader } from '../reader.ts';
import { selectorOf, selectorText } from '../selector.ts';
import { podsOf, podsSelected } from '../target/pods.ts';
import { type Route, readRoutes } from '../target/routes.ts';
import { type Metrics, readMetrics } from '../usage/metrics.ts';
import { type ClusterView, createView } from '../view.ts';
import { type Owner, readOwners } from './owners.ts';
import { readPast } from './past.ts';
import type { Need, Profile } from './profile.ts';

/** The object to be described. */
export interface Subject {
  readonly cluster: ClusterReader;
  readonly kind: Kind;
  /** Whole and redacted. */
  readonly object: ClusterObject;
  readonly chronicle: Pick<Chronicle, 'read' | 'rootOf'>;
  readonly now: Date;
  readonly signal: AbortSignal;
}

/**
 * Everything that is read around an object, at once, before anything is said about it. What could not be read is
 * undefined, or its kind is in `unread`: what needs it says that it does not know.
 */
export interface Surroundings extends Pick<Subject, 'kind' | 'object' | 'now'> {
  /** What lies beside it: what its profile needs. */
  readonly view: ClusterView;
  /** Ids of kinds that could not be read. */
  readonly unread: ReadonlySet<string>;
  /** Newest first. */
  readonly pods: readonly ClusterObject[] | undefined;
  /** From the nearest up. */
  readonly owners: readonly Owner[];
  /** Hosts that routes of its namespace name. */
  readonly routes: readonly Route[] | undefined;
  readonly survey: Survey | undefined;
  /** Usage by `namespace/name`; empty where none was measured. */
  readonly samples: Metrics['samples'];
  /** What went wrong with it in the last day, as the chronicle has it. */
  readonly past: readonly Occurrence[];
  /** The object once more, with no more than who wrote it, how and when. */
  readonly writers: ClusterObject | undefined;
  readonly missing: readonly Missing[];
}

/** What could not be seen, and the code of the error. */
export interface Missing {
  readonly what: string;
  readonly why: string;
}

export async function readSurroundings(subject: Subject, profile: Profile): Promise<Surroundings> {
  const { cluster, kind, object, now, signal } = subject;
  const missing: Missing[] = [];
  const unread = new Set<string>();
  const attempt = async <Value>(what: string, work: Promise<Value>): Promise<Value | undefined> => {
    try {
      return await work;
    } catch (error) {
      const late = error instanceof DOMException && error.name === 'TimeoutError' && !signal.aborted;
      if (error instanceof CastellanError) missing.push({ what, why: error.code });
      else if (late) missing.push({ what, why: 'no answer in time' });
      else throw error;
      return undefined;
    }
  };
  const beside = Object.entries(profile.needs(object)).map(async ([id, need]) => {
    const read = await attempt(id, readBeside(cluster, id, need, signal));
    if (read === undefined) unread.add(id);
    return [id, read?.objects] as const;
  });
  const [read, pods, owners, routes, survey, metrics, writers, past] = await Promise.all([
    Promise.all(beside),
    attempt('its pods', podsFor(subject, profile)),
    attempt('its owners', readOwners(subject)),
    object.namespace === '' ? undefined : attempt('routes', readRoutes(cluster, object.namespace, signal)),
    attempt('findings', currentSurvey(cluster, { signal, now })),
    attempt('usage', readUsage(subject, profile)),
    attempt('who changed it', readWriters(subject)),
    attempt('the chronicle', readPast(subject)),
  ]);
  if (metrics?.missing !== undefined) missing.push({ what: 'usage', why: metrics.missing });
  for (const { ref, found } of owners ?? []) {
    if ('why' in found && found.why !== 'cluster-not-found') missing.push({ what: refText(ref), why: found.why });
  }
  for (const id of routes?.unread ?? []) missing.push({ what: id, why: 'cluster-forbidden' });
  for (const { kindId: id, why } of survey?.unread ?? []) missing.push({ what: `findings that need ${id}`, why });
  return {
    kind,
    object,
    now,
    view: createView(new Map(read), now),
    unread,
    // Owners that could not be read hide the pods below them.
    pods: pods?.length === 0 && hiding.some((id) => unread.has(id)) ? undefined : pods,
    owners: owners ?? [],
    routes: routes === undefined || routes.unread.length > 0 ? undefined : routes.routes,
    survey,
    samples: metrics?.samples ?? new Map(),
    writers,
    past: past ?? [],
    missing,
  };
}

const hiding = ['replicasets.apps', 'jobs.batch'];

/** The objects are undefined where the API server does not serve the kind. */
async function readBeside(
  cluster: ClusterReader,
  id: string,
  need: Need,
  signal: AbortSignal,
): Promise<{ readonly objects: readonly ClusterObject[] | undefined }> {
  const kind = await servedKind(cluster, id, signal);
  return { objects: kind && (await cluster.list(kind, { ...need, signal })).objects };
}

async function podsFor(
  { cluster, kind, object, signal }: Subject,
  profile: Profile,
): Promise<readonly ClusterObject[]> {
  if (profile.pods === 'none') return [];
  if (profile.pods === 'own') return podsOf({ cluster, resolved: { kind, object }, signal });
  const selector = selectorText(selectorOf(at(object.body, 'spec', 'selector')) ?? {});
  return selector === undefined ? [] : podsSelected({ cluster, namespace: object.namespace, selector, signal });
}

async function readUsage({ cluster, object, signal }: Subject, { usage }: Profile): Promise<Metrics | undefined> {
  if (usage === undefined) return undefined;
  const namespace = object.namespace === '' ? undefined : object.namespace;
  return readMetrics({ cluster, of: usage, namespace, signal });
}

async function readWriters({ cluster, kind, object, signal }: Subject): Promise<ClusterObject | undefined> {
  if (!kind.verbs.includes('list')) return undefined;
  const namespace = object.namespace === '' ? undefined : object.namespace;
  const only = { namespace, fieldSelector: `metadata.name=${object.name}`, shape: { metadata: editShape } };
  return (await cluster.list(kind, { ...only, signal })).objects[0];
}
