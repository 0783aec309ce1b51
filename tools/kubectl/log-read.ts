import type { ClusterReader, LogReading, LogSource } from '../../src/cluster/index.ts';
import { CastellanError } from '../../src/kit/index.ts';
import { kubectlError } from './errors.ts';

/** Fewer than the connections of the pool, so that other calls find one. */
const readAtOnce = 3;

/** No log is begun later than this: what was read must still be told before the call's own deadline. */
const beginWithinMs = 20_000;

/** Characters kept of all logs together: what is kept is redacted, and nobody else is served meanwhile. */
const roomForAll = 5 * 1024 * 1024;

export interface ReadRequest {
  readonly cluster: ClusterReader;
  readonly sources: readonly LogSource[];
  readonly since: Date | undefined;
  /** Of each container at most this many of its newest lines. */
  readonly tail: number | undefined;
  readonly signal: AbortSignal;
}

export interface LogsRead {
  readonly read: readonly { readonly source: LogSource; readonly reading: LogReading }[];
  readonly failed: readonly { readonly source: LogSource; readonly error: CastellanError }[];
}

/** In the order of the sources. A log that cannot be read does not keep the others back. */
export async function readLogs({ cluster, sources, since, tail, signal }: ReadRequest): Promise<LogsRead> {
  const begun = performance.now();
  const room = Math.floor(roomForAll / Math.max(1, sources.length));
  const outcomes: (LogReading | CastellanError)[] = [];
  const waiting = sources.entries();
  const readNext = async ({ namespace, pod, container, previous }: LogSource): Promise<LogReading | CastellanError> => {
    if (performance.now() - begun > beginWithinMs) return tooLate();
    try {
      return await cluster.logs({ namespace, name: pod }, { container, previous, since, tail, room, signal });
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof CastellanError) return error;
      throw error;
    }
  };
  const work = async (): Promise<void> => {
    for (const [index, source] of waiting) outcomes[index] = await readNext(source);
  };
  await Promise.all(Array.from({ length: readAtOnce }, work));
  const read: LogsRead['read'][number][] = [];
  const failed: LogsRead['failed'][number][] = [];
  for (const [index, source] of sources.entries()) {
    const outcome = outcomes[index];
    if (outcome instanceof CastellanError) failed.push({ source, error: outcome });
    else if (outcome !== undefined) read.push({ source, reading: outcome });
  }
  return { read, failed };
}

function tooLate(): CastellanError {
  return kubectlError('log-not-begun', {
    message: 'other logs took all the time there was',
    next: 'ask for this pod alone',
  });
}
