import type { Cache } from './cache.ts';
import { Lab } from './lab.ts';
import { parts } from './parts/index.ts';
import { isAlive } from './process.ts';
import { readState } from './state.ts';

export interface PartStatus {
  readonly part: string;
  readonly pid: number | undefined;
  readonly ports: readonly number[];
  /** `missing`: its program is not built. `gone`: its process ended. `unhealthy`: it lives but does not answer. */
  readonly health: 'healthy' | 'unhealthy' | 'gone' | 'missing';
}

export interface LabStatus {
  readonly name: string;
  readonly phase: 'starting' | 'up';
  readonly since: string;
  readonly directory: string;
  readonly parts: readonly PartStatus[];
}

export async function status(cache: Cache, name: string): Promise<LabStatus | undefined> {
  const state = readState(cache, name);
  if (state === undefined) return undefined;
  const lab = new Lab(cache, state);
  const started = state.processes.map(async (record): Promise<PartStatus> => {
    const { part, pid, ports } = record;
    if (!isAlive(record)) return { part, pid, ports, health: 'gone' };
    const known = parts.find((one) => one.name === part);
    const healthy = known !== undefined && (await known.ready(lab));
    return { part, pid, ports, health: healthy ? 'healthy' : 'unhealthy' };
  });
  const missing = state.missing.map((part): PartStatus => ({ part, pid: undefined, ports: [], health: 'missing' }));
  return {
    name,
    phase: state.phase,
    since: state.since,
    directory: state.directory,
    parts: [...(await Promise.all(started)), ...missing],
  };
}

export function renderStatus({ name, phase, since, directory, parts: rows }: LabStatus): string {
  const lines = rows.map(({ part, pid, ports, health }) =>
    [part.padEnd(26), health.padEnd(11), `pid ${pid ?? '-'}`.padEnd(13), `port ${ports.join(', ') || '-'}`].join(' '),
  );
  return [`lab ${name} · ${phase} since ${since} · ${directory}`, ...lines, ''].join('\n');
}
