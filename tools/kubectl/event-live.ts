import { type ObjectRef, type Occurrence, readEvents, type SeenEvent, templateOf } from '../../src/cluster/index.ts';
import { CastellanError, type Coverage, Untrusted } from '../../src/kit/index.ts';
import type { HistoryRequest } from './history-request.ts';
import type { KubectlPorts } from './port.ts';

interface LiveRequest {
  readonly request: HistoryRequest;
  readonly chronicle: Pick<KubectlPorts['chronicle'], 'rootOf'>;
  readonly warningsOnly: boolean;
  readonly signal: AbortSignal;
}

interface Live {
  readonly occurrences: readonly Occurrence[];
  readonly said: string;
  readonly missing: NonNullable<Coverage['missing']>;
}

/** Events of the API server that belong to the window and to whom it is asked about. */
export async function readLive({ request, chronicle, warningsOnly, signal }: LiveRequest): Promise<Live> {
  const { cluster, since, until, resolved } = request;
  // Of what is outside namespaces, the events are in this one.
  const namespace =
    resolved !== undefined && resolved.object.namespace === '' ? namespaceOf(request) : request.namespace;
  const where = namespace === undefined ? 'all namespaces' : `namespace ${namespace}`;
  try {
    const all = await readEvents({ cluster, namespace, warningsOnly, signal });
    const inWindow = all
      .filter(({ first, last }) => last >= since && first <= until)
      .map((event) => occurrence(event, chronicle.rootOf(cluster.context, event.about)))
      .filter((one) => belongs(one, request));
    return {
      occurrences: inWindow,
      said: `${all.length} ${warningsOnly ? 'warnings' : 'events'} in ${where}`,
      missing: [],
    };
  } catch (error) {
    if (!(error instanceof CastellanError)) throw error;
    const missing = { what: `events of the API server in ${where}`, why: `${error.code}: ${error.message}` };
    return { occurrences: [], said: 'the chronicle', missing: [missing] };
  }
}

function namespaceOf({ resolved, namespace }: HistoryRequest): string | undefined {
  return resolved?.object.kind === 'Namespace' ? namespace : 'default';
}

function occurrence(event: SeenEvent, root: ObjectRef): Occurrence {
  const { about, message } = event;
  const template = templateOf(message, [about.name, root.name, about.namespace]);
  return { ...event, root, message: new Untrusted(message), template, from: 'api' };
}

/** About one of those asked about, or something one of them made. */
function belongs({ about, root }: Occurrence, { roots, resolved }: HistoryRequest): boolean {
  if (roots === undefined) return true;
  // A pod's own events, not those of the pods beside it.
  if (resolved?.object.kind === 'Pod') return about.kind === 'Pod' && about.name === resolved.object.name;
  return roots.some((asked) => isSame(asked, root) || isSame(asked, about) || isMadeBy(asked, about));
}

function isSame(asked: Partial<ObjectRef>, one: ObjectRef): boolean {
  return (['kind', 'namespace', 'name'] as const).every(
    (field) => asked[field] === undefined || asked[field] === one[field],
  );
}

/** A pod that is gone and nobody followed: its name is its maker's and a suffix. */
function isMadeBy({ kind, namespace, name = '' }: Partial<ObjectRef>, about: ObjectRef): boolean {
  const made = /^-[bcdfghjklmnpqrstvwxz2456789]{5}$/.test(about.name.slice(name.length));
  return about.kind === 'Pod' && kind !== 'Pod' && about.namespace === namespace && about.name.startsWith(name) && made;
}
