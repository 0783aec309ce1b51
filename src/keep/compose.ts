import { join } from 'node:path';
import { judgeEdits } from '../change/gate/judge-edits.ts';
import { blockAddress } from '../change/plan/address.ts';
import { maskDiagnostics } from '../change/plan/mask-diagnostics.ts';
import { maskPlan } from '../change/plan/mask-plan.ts';
import { readPlan } from '../change/plan/read-plan.ts';
import { assessRisk } from '../change/risk/assess.ts';
import { blastRadius } from '../change/risk/blast-radius.ts';
import { scanSources } from '../change/scan/scan-sources.ts';
import { type ClusterConnection, connectCluster } from '../cluster/index.ts';
import { checkConventions } from '../convention/check.ts';
import { prepareEditInTime } from '../iac/edit/prepare.ts';
import { openRepository } from '../iac/git/open.ts';
import { createOrigins } from '../iac/origin/origins.ts';
import { readStackGraph } from '../iac/stacks/read.ts';
import { createRedactor } from '../redaction/index.ts';
import type { Redactor } from '../redaction/redactor.ts';
import { loadOrCreateKey } from '../store/key-file.ts';
import type { KeepParts } from './composed.ts';
import type { KeepConfig, Profile } from './config/valid.ts';
import { openExpectations } from './expect/open.ts';
import { openPgStates } from './foreign/pg-state.ts';
import { openLiveFacts } from './live-facts/open.ts';
import { openApplySurroundings } from './planner/apply-surroundings.ts';
import { createPlanner } from './planner/create.ts';
import type { RunParts, Summarised, SummaryQuestion } from './runs/parts.ts';
import { createSandbox } from './sandbox/sandbox.ts';
import { loadShippedRules, type ShippedRules } from './shipped-rules.ts';
import { originOfObject } from './stacks/object-origin.ts';
import { openPgLocks } from './stacks/pg-lock.ts';
import { createEdits } from './stacks/prepared-edit.ts';
import { sourcesOf } from './stacks/sources.ts';

/** The real parts of a keep, put together. Errors: those of the repository's options, of the rules and of the kubeconfig. */
export async function composeKeep(config: KeepConfig): Promise<KeepParts> {
  const redactor = createRedactor();
  const rules = loadShippedRules(config.conventions);
  const { url, branch, sshKeyFile, knownHostsFile, token } = config.repository;
  const git = await openRepository({
    mirror: join(config.stateDirectory, 'mirror'),
    url,
    branch,
    sshKeyFile,
    knownHostsFile,
    token,
  });
  const { uid, memoryMb, processes, fileMb } = config.sandbox;
  const sandbox = createSandbox({
    programs: sandboxPrograms,
    uid,
    memoryMb,
    processes,
    fileMb,
    never: [config.stateDirectory, config.file, config.directories.agents, config.directories.humans],
  });
  const planning = {
    repository: git,
    sandbox,
    workDirectory: config.workDirectory,
    providers: config.edit.providers,
    sandboxUid: uid,
  };
  const planner = createPlanner(planning);
  await using opened = new AsyncDisposableStack();
  const locks = opened.use(openPgLocks());
  const states = opened.use(openPgStates());
  const cluster = config.kubernetes === undefined ? undefined : opened.use(await connect(config.kubernetes, redactor));
  const expectations = opened.use(openExpectations({ cluster: cluster?.reader, config: config.expect }));
  const digestKey = loadOrCreateKey(join(config.stateDirectory, 'keys', 'plan-digest.key')).export();
  const everything = opened.move();
  return {
    git,
    planner,
    sandbox,
    runs: realParts({ config, rules, redactor, cluster, digestKey }),
    openSurroundings: (request, signal) => openApplySurroundings(planning, request, signal),
    expectations,
    states,
    lockOf: async (stack, { state }) =>
      state.kind === 'pg'
        ? locks.lockOf(stack, state.connection)
        : { state: 'unknown', detail: `a state kept by ${state.kind} tells of no lock` },
    originOf: (base, object) => originOfObject(base, object, config.profiles, redactor.text),
    editOf: createEdits({
      prepare: prepareEditInTime(() => performance.now()),
      profiles: config.profiles,
      redact: redactor.text,
    }),
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

/** As distributions install them; the service's PATH is nobody's promise. */
const sandboxPrograms = {
  bwrap: '/usr/bin/bwrap',
  socat: '/usr/bin/socat',
  prlimit: '/usr/bin/prlimit',
  setpriv: '/usr/bin/setpriv',
};

function connect(
  { kubeconfig, context }: NonNullable<KeepConfig['kubernetes']>,
  redactor: Redactor,
): Promise<ClusterConnection> {
  return connectCluster({ kubeconfig, context, deadlineMs: 20_000 }, { redactor });
}

interface Real {
  readonly config: KeepConfig;
  readonly rules: ShippedRules;
  readonly redactor: Redactor;
  readonly cluster: ClusterConnection | undefined;
  readonly digestKey: Buffer;
}

function realParts(real: Real): RunParts {
  const { config, redactor } = real;
  const redact = redactor.text;
  return {
    readGraph: (source) => readStackGraph(source, config.edit),
    judge: async ({ base, proposed, changes, stack }) => {
      const edits = judgeEdits(
        changes,
        config.edit,
        proposed.files.map(({ path }) => path),
      );
      const scanned = await scanSources({
        base: base.source,
        proposed: proposed.source,
        changes,
        stack,
        providers: config.edit.providers,
        redact,
      });
      return [...edits, ...scanned];
    },
    summarise: (question) => summarise(question, real),
    explain: async ({ planned, base, proposed, stack, profile }) => {
      const reading = planned.json === undefined ? undefined : readPlan(planned.json);
      const { lines } = maskDiagnostics(planned.diagnostics, {
        secrets: new Set([...(reading?.secrets ?? []), ...secretsOf(config, profile)]),
        ...(reading === undefined ? {} : { veiled: reading.veiled }),
        origins: createOrigins(await sourcesOf(proposed, stack, profile)),
        baseOrigins: createOrigins(await sourcesOf(base, stack, profile)),
        redact,
      });
      return lines;
    },
  };
}

/** What the keep itself put into a plan's surroundings: wherever it comes back, it is masked. */
function secretsOf({ repository }: KeepConfig, { credentials, state }: Profile): readonly string[] {
  const connection = state.kind === 'pg' ? state.connection.reveal() : '';
  const held = [...Object.values(credentials), ...(repository.token === undefined ? [] : [repository.token])];
  return [
    ...held.map((secret) => secret.reveal()),
    connection,
    decodeURIComponent(URL.parse(connection)?.password ?? ''),
  ].filter((text) => text !== '');
}

async function summarise(question: SummaryQuestion, real: Real): Promise<Summarised> {
  const { planned, base, proposed, stack, profile, findings, touched, record, signal } = question;
  const read = readPlan(planned.json);
  const reading = { ...read, secrets: new Set([...read.secrets, ...secretsOf(real.config, profile)]) };
  const before = await sourcesOf(base, stack, profile);
  const after = await sourcesOf(proposed, stack, profile);
  const origins = createOrigins(after);
  const baseOrigins = createOrigins(before);
  // As everywhere else: an instance is named where its key stands in the source.
  const printAddress = (address: string): string =>
    origins.hasLiteralKeys(address) || baseOrigins.hasLiteralKeys(address) ? address : blockAddress(address);
  const masked = maskPlan(reading, {
    origins,
    baseOrigins,
    redact: real.redactor.text,
    digestKey: real.digestKey,
  });
  const reach = await blastRadius({
    plan: reading,
    stack,
    graph: proposed.graph,
    facts: real.cluster === undefined ? undefined : openLiveFacts(real.cluster.reader, signal),
    printAddress,
  });
  const risk = assessRisk({
    plan: reading,
    findings,
    stack: { path: stack, tier: profile.tier, changed: Math.max(1, touched.length) },
    record,
    state: planned.state,
    blastRadius: reach,
    rules: real.rules.risk,
    printAddress,
  });
  const conventions = checkConventions({
    files: { base: before.files, proposed: after.files },
    plan: { changes: reading.changes },
    stack,
    tier: profile.tier,
    rules: real.rules.conventions,
  });
  return {
    summary: {
      ...masked,
      risk: { level: risk.level, reasons: [...risk.reasons] },
      blastRadius: reach,
      conventions: [...conventions],
    },
    changes: reading.applyable,
  };
}
