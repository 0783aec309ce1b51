import type { ChronicleReading, What } from '../../src/cluster/index.ts';
import { CastellanError, type Coverage } from '../../src/kit/index.ts';
import type { HistoryRequest, HistoryRoot } from './history-request.ts';
import type { KubectlPorts } from './port.ts';

type Missing = NonNullable<Coverage['missing']>;

export interface Chronicled {
  /** Undefined: there is no chronicle to read, and `missing` says so. */
  readonly reading: ChronicleReading | undefined;
  readonly missing: Missing;
}

interface Asked {
  readonly whats: readonly What[];
  readonly roots: readonly HistoryRoot[] | undefined;
  /** For this long the API server still has what the chronicle would have. */
  readonly keptMs: number;
}

/** Reads the chronicle of a window; that it cannot be read is no reason to say nothing, and must not look like nothing. */
export async function readChronicle(
  chronicle: KubectlPorts['chronicle'],
  { cluster, since, until, namespace, now }: Pick<HistoryRequest, 'cluster' | 'since' | 'until' | 'namespace' | 'now'>,
  { whats, roots, keptMs }: Asked,
): Promise<Chronicled> {
  try {
    const reading = await chronicle.read({ context: cluster.context, since, until, namespace, whats, roots });
    return { reading, missing: missingOf(reading, since, new Date(now.getTime() - keptMs)) };
  } catch (error) {
    if (!(error instanceof CastellanError)) throw error;
    return { reading: undefined, missing: [{ what: 'the chronicle', why: `${error.code}: ${error.message}` }] };
  }
}

function missingOf({ begins, gaps, unfollowed, cut }: ChronicleReading, since: Date, kept: Date): Missing {
  return [
    ...(since < kept && (begins === undefined || begins > since)
      ? [{ what: `before ${begins === undefined ? 'now' : clockText(begins)}`, why: 'the chronicle begins there' }]
      : []),
    ...gaps.map(({ from, to, kinds, why }) => {
      const whose = kinds.length > 3 ? '' : ` of ${kinds.map((kind) => kind.split('.')[0]).join(', ')}`;
      return { what: `chronicle${whose} ${clockText(from)} to ${clockText(to)}`, why };
    }),
    ...unfollowed.map(({ kindId, why }) => ({ what: `chronicle of ${kindId}`, why })),
    ...(cut ? [{ what: 'older entries of the chronicle', why: 'too many in one window' }] : []),
  ];
}

/** `11-25 22:38:34`, in UTC. */
export function clockText(time: Date): string {
  return time.toISOString().slice(5, 19).replace('T', ' ');
}
