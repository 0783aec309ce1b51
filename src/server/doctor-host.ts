import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ProbeFinding } from '../kit/index.ts';

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

const files = [
  { path: '.vault-token', what: 'a Vault token' },
  { path: '.terraform.d/credentials.tfrc.json', what: 'Terraform credentials' },
  { path: '.aws/credentials', what: 'AWS credentials' },
  { path: '.config/gcloud/application_default_credentials.json', what: 'Google Cloud credentials' },
  { path: '.pgpass', what: 'Postgres passwords' },
] as const;
const variables = /^(?:VAULT_TOKEN|TF_TOKEN_\w+|PGPASSWORD|AWS_SECRET_ACCESS_KEY|GITHUB_TOKEN|GH_TOKEN|GITLAB_TOKEN)$/;

/** Credentials on the agent's host that can change things past Castellan. Their presence is told, their content never read. */
export function credentialFindings({ home, environment }: Host): readonly ProbeFinding[] {
  const check = 'credentials beside Castellan';
  const kubeconfigs = (environment['KUBECONFIG'] ?? join(home, '.kube', 'config')).split(':');
  const found = [
    ...kubeconfigs.map((path) => ({ path, what: 'a kubeconfig' })),
    ...files.map(({ path, what }) => ({ path: join(home, path), what })),
  ].filter(({ path }) => path !== '' && existsSync(path));
  const named = Object.keys(environment).filter((name) => variables.test(name) && environment[name] !== '');
  const within = [
    ...found.map(({ path, what }) => `${what} (${path})`),
    ...named.sort().map((name) => `the environment variable ${name}`),
  ];
  if (within.length === 0) return [{ check, status: 'pass', detail: 'none found in the usual places' }];
  return within.map((what) => ({
    check,
    status: 'unknown',
    detail: `${what} is within reach of agents on this host; what it can change was not tried`,
    next: 'give agents a user of their own, or move it where only you can read it',
  }));
}
