import { existsSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { type Config, prepareHome } from '../config/index.ts';
import { CastellanError, type Group, type ProbeFinding, provide } from '../kit/index.ts';
import { createRedactor } from '../redaction/index.ts';
import { redactorPort } from '../redaction/port.ts';
import { openGroups } from './groups.ts';
import type { Build } from './handshake.ts';
import { createLog } from './log.ts';
import { controlDaemon } from './shim/daemon-link.ts';

/** What `castellan doctor` looks at. It opens its own connections, so that it can tell what a broken daemon cannot. */
export interface DoctorOptions {
  readonly config: Config;
  readonly catalogue: readonly Group[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly build: Build;
  readonly signal: AbortSignal;
}

export type DoctorFinding = ProbeFinding & { readonly group: string };

export async function diagnose(options: DoctorOptions): Promise<readonly DoctorFinding[]> {
  const { config, catalogue, signal } = options;
  const redactor = createRedactor();
  await using groups = openGroups({
    catalogue,
    slices: config.groups,
    base: [provide(redactorPort, redactor)],
    log: createLog('error', redactor),
  });
  const probed = await groups.probe(signal);
  const findings = [
    home(config),
    await daemon(options),
    boundary(),
    ...writeCredentials(options.environment),
    ...probed,
    ...groups.served.unconfigured.map(unconfigured),
  ];
  return findings.map((finding) => ({
    ...finding,
    detail: redactor.text(finding.detail).text,
    ...(finding.next === undefined ? {} : { next: redactor.text(finding.next).text }),
  }));
}

function home(config: Config): DoctorFinding {
  try {
    prepareHome(config);
    return { group: 'castellan', check: 'data directory', status: 'pass', detail: `${config.home}, owner only` };
  } catch (error) {
    return { group: 'castellan', check: 'data directory', status: 'fail', ...wordsOf(error) };
  }
}

async function daemon({ config, build }: DoctorOptions): Promise<DoctorFinding> {
  const check = { group: 'castellan', check: 'daemon' };
  try {
    const reached = await controlDaemon({ home: config.home, config: null, build }, 'status');
    return reached === undefined
      ? { ...check, status: 'pass', detail: 'not running; the first session starts it' }
      : {
          ...check,
          status: 'pass',
          detail: `running, pid ${reached.welcome.pid}, version ${reached.welcome.build.version}`,
        };
  } catch (error) {
    return { ...check, status: 'fail', ...wordsOf(error) };
  }
}

/**
 * Agents run as whoever runs the client. While daemon and agent are one user, an agent can read what the daemon can: it
 * holds because the daemon's credentials only read.
 */
function boundary(): DoctorFinding {
  const { username } = userInfo();
  return {
    group: 'castellan',
    check: 'boundary',
    status: 'pass',
    detail: `same user (${username}): agents can read the daemon's credentials, so these must stay read-only; nothing in this build applies changes`,
  };
}

/** Credentials on the agent's host that can change things past Castellan. Their presence is told, their content never read. */
function writeCredentials(environment: Readonly<Record<string, string | undefined>>): readonly DoctorFinding[] {
  const user = environment['HOME'] ?? homedir();
  const places = [
    { path: environment['KUBECONFIG'] ?? join(user, '.kube', 'config'), what: 'a kubeconfig' },
    { path: join(user, '.vault-token'), what: 'a Vault token' },
    { path: join(user, '.terraform.d', 'credentials.tfrc.json'), what: 'Terraform credentials' },
    { path: join(user, '.aws', 'credentials'), what: 'AWS credentials' },
  ];
  const found = places.filter(({ path }) => path.split(':').some((one) => existsSync(one)));
  const named = ['VAULT_TOKEN', 'TF_TOKEN_app_terraform_io', 'PGPASSWORD'].filter(
    (name) => (environment[name] ?? '') !== '',
  );
  if (found.length + named.length === 0) {
    return [
      {
        group: 'castellan',
        check: 'credentials beside Castellan',
        status: 'pass',
        detail: 'none found in the usual places',
      },
    ];
  }
  return [
    ...found.map(({ path, what }) => ({ what: `${what} (${path})` })),
    ...named.map((name) => ({ what: `the environment variable ${name}` })),
  ].map(({ what }) => ({
    group: 'castellan',
    check: 'credentials beside Castellan',
    status: 'unknown' as const,
    detail: `${what} is within reach of agents on this host; what it can change was not tried`,
    next: 'give agents a user of their own, or move it where only you can read it',
  }));
}

function unconfigured(group: Group): DoctorFinding {
  return {
    group: group.name,
    check: 'configured',
    status: 'unknown',
    detail: `not configured: ${group.summary}`,
    next: `add to castellan.yaml: ${group.howToConfigure}`,
  };
}

function wordsOf(error: unknown): { detail: string; next?: string } {
  if (error instanceof CastellanError) return { detail: error.message, next: error.next };
  return { detail: error instanceof Error ? error.message : 'unknown failure' };
}
