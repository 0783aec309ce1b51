import { userInfo } from 'node:os';
import { type Config, prepareHome, userHome } from '../config/index.ts';
import { CastellanError, type Group, type ProbeFinding, provide } from '../kit/index.ts';
import { createRedactor } from '../redaction/index.ts';
import { createKnownValues } from '../redaction/known/known-values.ts';
import { redactorPort } from '../redaction/port.ts';
import { lendFolders } from '../store/data-folder.ts';
import { databasePort, foldersPort, logPort } from '../store/port.ts';
import { boundaryFinding, credentialFindings, type Host, serviceAccountFolder } from './doctor-host.ts';
import { knownValuesFindings, learnKnownValues } from './doctor-known-values.ts';
import { storeFinding } from './doctor-store.ts';
import { openGroups } from './groups.ts';
import { type Build, isOlder, type Welcome } from './handshake.ts';
import { redactionMode } from './known-standing.ts';
import { createLog, lentLog } from './log.ts';
import { controlDaemon } from './shim/daemon-link.ts';
import { noDatabase } from './store-behind.ts';

/** What `castellan doctor` looks at. It opens its own connections, so that it can tell what a broken daemon cannot. */
export interface DoctorOptions {
  readonly config: Config;
  readonly catalogue: readonly Group[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly build: Build;
  readonly signal: AbortSignal;
}

/** What the finding of a group that nobody configured is called. */
export const configuredCheck = 'configured';

export type DoctorFinding = ProbeFinding & { readonly group: string };

export async function diagnose(options: DoctorOptions): Promise<readonly DoctorFinding[]> {
  const { config, catalogue, environment, signal } = options;
  const redactor = createRedactor();
  const known = createKnownValues();
  redactor.addLayer(known.layer);
  const log = createLog('error', redactor);
  await using groups = openGroups({
    catalogue,
    slices: config.groups,
    base: [
      provide(redactorPort, redactor),
      provide(databasePort, noDatabase),
      provide(logPort, lentLog(log)),
      provide(foldersPort, lendFolders(config.home)),
    ],
    log,
  });
  const { username: name, uid } = userInfo();
  const home = userHome(environment);
  const host: Host = { user: { name, uid }, home, environment, serviceAccount: serviceAccountFolder };
  const [probed, daemon] = await Promise.all([
    groups.probe(signal),
    lookAtDaemon(options),
    redactionMode(config.groups) === undefined ? undefined : learnKnownValues(groups, known, signal),
  ]);
  const own = [
    homeFinding(config),
    daemon.finding,
    await storeFinding(config, daemon.state),
    ...knownValuesFindings(config, daemon.state),
    boundaryFinding(host),
    ...credentialFindings(host),
  ];
  const findings = [
    ...own.map((finding) => ({ group: 'castellan', ...finding })),
    ...probed,
    ...groups.served.unconfigured.map(unconfigured),
  ];
  return findings.map((finding) => ({
    ...finding,
    detail: redactor.text(finding.detail).text,
    ...(finding.next === undefined ? {} : { next: redactor.text(finding.next).text }),
  }));
}

function homeFinding(config: Config): ProbeFinding {
  const check = 'data directory';
  try {
    prepareHome(config);
    return { check, status: 'pass', detail: `${config.home}, owner only` };
  } catch (error) {
    return { check, status: 'fail', ...wordsOf(error) };
  }
}

/** The daemon of this data directory, and what it says of itself when one runs. */
async function lookAtDaemon({
  config,
  build,
}: DoctorOptions): Promise<{ readonly finding: ProbeFinding; readonly state?: unknown }> {
  const check = 'daemon';
  try {
    const reached = await controlDaemon({ home: config.home, config: null, build }, 'status');
    if (reached === undefined) {
      return { finding: { check, status: 'pass', detail: 'not running; the first session starts it' } };
    }
    return { finding: { check, ...judge(reached.welcome, config, build) }, state: reached.answer };
  } catch (error) {
    return { finding: { check, status: 'fail', ...wordsOf(error) } };
  }
}

function judge(welcome: Welcome, config: Config, build: Build): Omit<ProbeFinding, 'check'> {
  const here = config.file ?? null;
  const detail = `running, pid ${welcome.pid}, version ${welcome.build.version}`;
  if (welcome.config !== here) {
    return {
      status: 'fail',
      detail: `${detail}; it serves ${welcome.config ?? 'no castellan.yaml'}, and this command reads ${here ?? 'none'}`,
      next: 'give one configuration a data directory of its own (CASTELLAN_HOME), or stop that daemon',
    };
  }
  return isOlder(welcome.build, build)
    ? { status: 'pass', detail: `${detail}, older than this command; it is replaced when its last client leaves` }
    : { status: 'pass', detail };
}

function unconfigured(group: Group): DoctorFinding {
  return {
    group: group.name,
    check: configuredCheck,
    status: 'unknown',
    detail: `not configured: ${group.summary}`,
    next: `add to castellan.yaml: ${group.howToConfigure}`,
  };
}

function wordsOf(error: unknown): { detail: string; next?: string } {
  if (error instanceof CastellanError) return { detail: error.message, next: error.next };
  return { detail: error instanceof Error ? error.message : 'unknown failure' };
}
