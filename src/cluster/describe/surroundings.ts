import { CastellanError } from '../../kit/index.ts';
import type { Chronicle } from '../chronicle/chronicle.ts';
import { editShape } from '../chronicle/edits.ts';
import { historyRoots } from '../chronicle/history-roots.ts';
import { eventWhats, occurrenceOf } from '../events/from-chronicle.ts';
import type { Occurrence } from '../events/group-events.ts';
import { at } from '../fields.ts';
import { currentSurvey } from '../findings/current-survey.ts';
import type { ClusterView } from '../findings/rule.ts';
import type { Survey } from '../findings/survey.ts';
import { createView } from '../findings/view.ts';
import { type Kind, kindId } from '../kind.ts';
import { type ObjectRef, ownerOf, refText } from '../owner.ts';
import type { ClusterObject, ClusterReader } from '../reader.ts';
import { podsOf, podsSelected } from '../target/pods.ts';
import { type Route, readRoutes } from '../target/routes.ts';
import { abortable } from '../transport/transport.ts';
import { type Metrics, readMetrics } from '../usage/metrics.ts';
import { selectorText } from './needs.ts';
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

export interface Owner {
  readonly ref: ObjectRef;
  readonly found:
    | { readonly kind: Kind; readonly object: ClusterObject }
    /** The code of the error: `cluster-not-found` when it is gone. */
    | { readonly why: string };
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

/** A kind the API server does not serve has no objects: that is measured, and no failure. */
async function readBeside(
  cluster: ClusterReader,
  id: string,
  need: Need,
  signal: AbortSignal,
): Promise<{ readonly objects: readonly ClusterObject[] | undefined }> {
  try {
    const kind = await cluster.kind(id, signal);
    if (kindId(kind) !== id) return { objects: undefined };
    return { objects: (await cluster.list(kind, { ...need, signal })).objects };
  } catch (error) {
    if (error instanceof CastellanError && error.code === 'cluster-kind-unknown') return { objects: undefined };
    throw error;
  }
}

async function podsFor(
  { cluster, kind, object, signal }: Subject,
  profile: Profile,
): Promise<readonly ClusterObject[]> {
  if (profile.pods === 'none') return [];
  if (profile.pods === 'own') return podsOf({ cluster, resolved: { kind, object }, signal });
  const selector = selectorText(at(object.body, 'spec', 'selector'));
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

const pastMs = 86_400_000;

/** A database that is only being opened must not hold everything up. */
const patienceMs = 2_000;

/** The API server forgets events within the hour, and pods at once. */
async function readPast(subject: Subject): Promise<readonly Occurrence[]> {
  const { cluster, chronicle, object, now } = subject;
  const signal = AbortSignal.any([subject.signal, AbortSignal.timeout(patienceMs)]);
  const isNamespace = object.kind === 'Namespace';
  const roots = isNamespace ? undefined : await historyRoots({ cluster, chronicle, resolved: subject, signal });
  const namespace = isNamespace ? object.name : object.namespace || undefined;
  const since = new Date(now.getTime() - pastMs);
  const query = { context: cluster.context, since, until: now, namespace, whats: eventWhats, roots };
  const { entries } = await abortable(chronicle.read(query), signal);
  return entries
    .filter(({ about }) => object.kind !== 'Pod' || about.name === object.name)
    .map(occurrenceOf)
    .filter(({ warning, reason }) => warning || reason === 'Deleted');
}

const longestChain = 5;

async function readOwners({ cluster, object, signal }: Subject): Promise<readonly Owner[]> {
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
