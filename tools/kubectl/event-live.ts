import { belongsTo, liveOccurrence, type Occurrence, readEvents } from '../../src/cluster/index.ts';
import { CastellanError, type Coverage } from '../../src/kit/index.ts';
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
      .map((event) => liveOccurrence(event, chronicle.rootOf(cluster.context, event.about)))
      .filter((one) => belongsTo(one, request));
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
