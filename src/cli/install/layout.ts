import { join } from 'node:path';

/**
 * What an installed keep consists of on a host.
 *
 *  /etc/castellan              root's: keep.yaml, approvers.json, enrolments/; nobody else writes, the keep reads
 *  /etc/castellan/credentials  root's, readable to the keep's group: what was moved away from agents
 *  /etc/castellan/fingerprinter
 *                              root's, readable to the fingerprinter's group and not to the keep's: the token that reads values
 *  /var/lib/castellan-keep     the keep's alone: journal, mirror of the repository, keys
 *  /var/lib/castellan-fingerprinter
 *                              the fingerprinter's alone: its key, and when each value changed
 *  /var/lib/castellan-mirror   root's: providers; plans take theirs from nowhere else
 *  /run/castellan-keep         in memory: sockets for agents and for humans, work of plans, the freeze folder
 *  /run/castellan-fingerprinter
 *                              in memory: its socket, which the keep alone may use
 */
export const keepUser = 'castellan-keep';
export const fingerprinterUser = 'castellan-fingerprinter';
export const agentsGroup = 'castellan-agents';
export const humansGroup = 'castellan-humans';

/** Numeric, since a staged tree has no accounts. */
export interface Ids {
  readonly uid: number;
  readonly gid: number;
  readonly agents: number;
  readonly humans: number;
  readonly fingerprinter: { readonly uid: number; readonly gid: number };
}

export interface Place {
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

export const paths = {
  config: '/etc/castellan',
  keepYaml: '/etc/castellan/keep.yaml',
  approvers: '/etc/castellan/approvers.json',
  enrolments: '/etc/castellan/enrolments',
  credentials: '/etc/castellan/credentials',
  fingerprinterYaml: '/etc/castellan/fingerprinter.yaml',
  fingerprinterCredentials: '/etc/castellan/fingerprinter',
  state: '/var/lib/castellan-keep',
  fingerprinterState: '/var/lib/castellan-fingerprinter',
  mirror: '/var/lib/castellan-mirror',
  runtime: '/run/castellan-keep',
  agents: '/run/castellan-keep/agents',
  humans: '/run/castellan-keep/humans',
  work: '/run/castellan-keep/work',
  freeze: '/run/castellan-keep/freeze',
  fingerprinterRuntime: '/run/castellan-fingerprinter',
  unit: '/etc/systemd/system/castellan-keep.service',
  fingerprinterUnit: '/etc/systemd/system/castellan-fingerprinter.service',
  tmpfiles: '/etc/tmpfiles.d/castellan-keep.conf',
} as const;

/** What lies in memory is made again at every boot, by tmpfiles. Sockets take the group of their folder (setgid). */
export function runtimePlaces({ uid, gid, agents, humans, fingerprinter }: Ids): readonly Place[] {
  return [
    { path: paths.runtime, mode: 0o755, uid: 0, gid: 0 },
    { path: paths.agents, mode: 0o2750, uid, gid: agents },
    { path: paths.humans, mode: 0o2750, uid, gid: humans },
    { path: paths.work, mode: 0o700, uid, gid },
    { path: paths.freeze, mode: 0o1777, uid: 0, gid: 0 },
    // Its socket takes the keep's group, whose members may speak to it; nobody else comes that far.
    { path: paths.fingerprinterRuntime, mode: 0o2750, uid: fingerprinter.uid, gid },
  ];
}

export function lastingPlaces({ uid, gid, fingerprinter }: Ids): readonly Place[] {
  return [
    { path: paths.config, mode: 0o755, uid: 0, gid: 0 },
    { path: paths.enrolments, mode: 0o755, uid: 0, gid: 0 },
    { path: paths.credentials, mode: 0o750, uid: 0, gid },
    { path: paths.fingerprinterCredentials, mode: 0o750, uid: 0, gid: fingerprinter.gid },
    { path: paths.state, mode: 0o700, uid, gid },
    { path: paths.fingerprinterState, mode: 0o700, ...fingerprinter },
    { path: paths.mirror, mode: 0o755, uid: 0, gid: 0 },
  ];
}

/** Below another root: for tests, and for whoever makes a package. */
export function under(root: string, path: string): string {
  return root === '/' ? path : join(root, path);
}

export function modeText(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
