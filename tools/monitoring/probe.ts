import { CastellanError, type ProbeFinding } from '../../src/kit/index.ts';

export interface Watched {
  /** `Prometheus`. */
  readonly name: string;
  readonly port: {
    health(signal: AbortSignal): Promise<{ readonly ready: boolean; readonly version: string | undefined }>;
  };
}

const patienceMs = 5_000;

/** What doctor tells of each server that is configured. One that does not answer is no proof that it is down: unknown. */
export async function probeServers(watched: readonly Watched[], signal: AbortSignal): Promise<readonly ProbeFinding[]> {
  return Promise.all(watched.map((one) => probe(one, signal)));
}

async function probe({ name, port }: Watched, signal: AbortSignal): Promise<ProbeFinding> {
  const late = AbortSignal.timeout(patienceMs);
  try {
    const { ready, version } = await port.health(AbortSignal.any([signal, late]));
    if (!ready) return { check: name, status: 'fail', detail: 'it says that it is not ready', next: 'look at its log' };
    return { check: name, status: 'pass', detail: `ready, version ${version ?? 'not said'}` };
  } catch (error) {
    signal.throwIfAborted();
    const next = `what it knows is unknown until it answers: check monitoring.${name.toLowerCase()} in castellan.yaml`;
    if (error instanceof CastellanError) {
      // Refused, redirected or nonsense is an answer, and a wrong one; silence says nothing of it.
      const silent = ['monitoring-unreachable', 'monitoring-deadline', 'monitoring-limited'].includes(error.code);
      return { check: name, status: silent ? 'unknown' : 'fail', detail: `${error.code}: ${error.message}`, next };
    }
    if (!late.aborted) throw error;
    return { check: name, status: 'unknown', detail: `no answer in ${patienceMs / 1_000} s`, next };
  }
}
