import type { ChronicleReading, PastRoot, What } from '../../src/cluster/index.ts';
import { CastellanError, type Coverage } from '../../src/kit/index.ts';
import type { HistoryRequest } from './history-request.ts';
import type { KubectlPorts } from './port.ts';

type Missing = NonNullable<Coverage['missing']>;

export interface Chronicled {
  /** Undefined: there is no chronicle to read, and `missing` says so. */
  readonly reading: ChronicleReading | undefined;
  readonly missing: Missing;
}

interface Asked {
  readonly whats: readonly What[];
  readonly roots: readonly PastRoot[] | undefined;
  /** For this long the API server still has what the chronicle would have. */
  readonly keptMs: number;
  /** Entries from before the window are wanted, too. */
  readonly from?: Date;
}

/** Reads the chronicle of a window; that it cannot be read is no reason to say nothing, and must not look like nothing. */
export async function readChronicle(
  chronicle: KubectlPorts['chronicle'],
  request: Pick<HistoryRequest, 'cluster' | 'since' | 'until' | 'namespace' | 'now'>,
  { whats, roots, keptMs, from = request.since }: Asked,
): Promise<Chronicled> {
  const { cluster, since, until, namespace, now } = request;
  try {
    const reading = await chronicle.read({ context: cluster.context, since: from, until, namespace, whats, roots });
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
    ...gaps
      .filter(({ to }) => to > since)
      .map(({ from, to, kinds, why }) => {
        return { what: `chronicle of ${kindsText(kinds)} ${clockText(from)} to ${clockText(to)}`, why };
      }),
    ...[...Map.groupBy(unfollowed, ({ why }) => why)].map(([why, kinds]) => {
      return { what: `chronicle of ${kindsText(kinds.map(({ kindId }) => kindId))}`, why };
    }),
    ...(cut ? [{ what: 'older entries of the chronicle', why: 'too many in one window' }] : []),
  ];
}

/** One thing that fails fails for all kinds; that only some are not followed must be seen. */
function kindsText(kinds: readonly string[]): string {
  return kinds.length > 6 ? `${kinds.length} kinds` : kinds.map((kind) => kind.split('.')[0]).join(', ');
}

/** `11-25 22:38:34`, in UTC. */
export function clockText(time: Date): string {
  return time.toISOString().slice(5, 19).replace('T', ' ');
}
