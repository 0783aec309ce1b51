import type { ClusterReader, FoundBy } from '../../src/cluster/index.ts';
import { CastellanError } from '../../src/kit/index.ts';
import { isAtLeast, levelOf } from './log-level.ts';

/** A node that is down answers no question about its logs. */
const patienceMs = 3_000;

/** Lines looked at: an error and the trace below it. */
const tail = 60;

export interface LastWords {
  /** Redacted, somebody else's words; undefined when no line sounds like an error. */
  readonly line: string | undefined;
  /** Why the log could not be read. */
  readonly why: string | undefined;
}

/** The newest line of a container's log that sounds like an error. */
export async function lastWordsOf(
  cluster: ClusterReader,
  { object, log }: FoundBy,
  signal: AbortSignal,
): Promise<LastWords> {
  if (log === undefined) return { line: undefined, why: undefined };
  const { namespace, name } = object;
  const late = AbortSignal.timeout(patienceMs);
  try {
    const { lines } = await cluster.logs(
      { namespace, name },
      { ...log, tail, signal: AbortSignal.any([signal, late]) },
    );
    const error = lines.findLast(({ text }) => isAtLeast(levelOf(text), 'error'));
    return { line: error?.text.trim(), why: undefined };
  } catch (error) {
    if (signal.aborted) throw error;
    if (late.aborted) return { line: undefined, why: `no answer in ${patienceMs / 1_000} s` };
    if (!(error instanceof CastellanError)) throw error;
    // The container has not printed anything, or its instance is gone already.
    const absent = error.code === 'cluster-not-found' || error.code === 'cluster-request-rejected';
    return { line: undefined, why: absent ? undefined : error.code };
  }
}
