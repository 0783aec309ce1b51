import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ProbeFinding } from '../kit/index.ts';
import { credentialFiles, isCredentialVariable, shellMentions } from './credential-traces.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What tells who else can read what the daemon reads. */
export interface Host {
  /** Whoever runs this process, and so the daemon: both own the data directory. */
  readonly user: { readonly name: string; readonly uid: number };
  readonly home: string;
  readonly environment: Environment;
  /** Where a pod has its ServiceAccount. */
  readonly serviceAccount: string;
}

export const serviceAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * Agents run as whoever runs their client. Three boundaries are told apart:
 *
 *  same user      an agent can read what the daemon can: it holds because the daemon's credentials only read
 *  separate user  the daemon has a user of its own, and this command was run as that user by somebody else (sudo)
 *  separate pod   the daemon is alone in a pod; agents come over HTTP with a token
 */
export function boundaryFinding({ user, environment, serviceAccount }: Host): ProbeFinding {
  const check = 'boundary';
  const nothingApplies = 'nothing in this build applies changes';
  if (existsSync(join(serviceAccount, 'token'))) {
    const detail = `separate pod: agents reach the daemon over HTTP with a token, and its credentials not at all; ${nothingApplies}`;
    return { check, status: 'pass', detail };
  }
  const caller = environment['SUDO_UID'];
  if (caller !== undefined && caller !== String(user.uid) && user.uid !== 0) {
    const detail = `separate user (${user.name}): agents of ${environment['SUDO_USER'] ?? `uid ${caller}`} cannot read the daemon's credentials; ${nothingApplies}`;
    return { check, status: 'pass', detail };
  }
  const detail = `same user (${user.name}): agents can read the daemon's credentials, so these must stay read-only; ${nothingApplies}`;
  return { check, status: 'pass', detail };
}

/**
 * Credentials on the agent's host that can change things past Castellan. Their presence is told by place and name; no value is
 * shown, and what they may do is not tried.
 */
export function credentialFindings({ home, environment }: Host): readonly ProbeFinding[] {
  const check = 'credentials beside Castellan';
  const named = (environment['KUBECONFIG'] ?? '').split(':').filter((path) => path !== '' && existsSync(path));
  const files = [
    ...named.map((path) => ({ path, what: 'a kubeconfig' })),
    ...credentialFiles(home).filter(({ path }) => !named.includes(path)),
  ];
  const variables = Object.keys(environment).filter((name) => isCredentialVariable(name) && environment[name] !== '');
  const within = [
    ...files.map(({ path, what }) => `${what} (${path})`),
    ...variables.sort().map((name) => `the environment variable ${name}`),
    ...shellMentions(home).map(({ path, names }) => `${names.join(', ')} in a shell's file (${path})`),
  ];
  if (within.length === 0) return [{ check, status: 'pass', detail: 'none found in the usual places' }];
  return within.map((what) => ({
    check,
    status: 'unknown',
    detail: `${what} is within reach of agents on this host; what it can change was not tried`,
    next: 'give agents a user of their own, or move it where only root can read it (sudo castellan install --move FILE)',
  }));
}
