import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import type { Repository, TreeFile } from '../../iac/repository.ts';
import { giveTo } from '../sandbox/give-to.ts';
import type { Sandbox, SandboxResult } from '../sandbox/port.ts';
import { planFile } from './commands.ts';
import { readStream, readWords } from './diagnostics.ts';
import { assertPlainFiles } from './encrypted.ts';
import { assertNoBackendCredential, assertUninitialised, findEngineFolder, repositoryPath } from './engine-folder.ts';
import { inside } from './given.ts';
import { readPlain } from './in-clone.ts';
import type { Planned, PlannedBadly, PlanRequest, PlanStep, RawDiagnostic } from './port.ts';
import type { RunFolder } from './run-folder.ts';
import { packForApply } from './seal.ts';
import { decryptState } from './sops.ts';
import { readState, type StateReading, stateUnreadable } from './state.ts';
import { openSurroundings, type Surroundings } from './surroundings.ts';
import { placeWrapper } from './wrapper.ts';

/**
 * One plan, from a tree to its JSON. Nothing of the tree is run or parsed outside the sandbox; what a run leaves in its folder
 * is read without following links.
 */

export interface PlannerOptions {
  readonly repository: Repository;
  readonly sandbox: Sandbox;
  /** On a tmpfs, the keep's own. */
  readonly workDirectory: string;
  /** Addresses of the providers that may be used, `gavinbunney/kubectl`: others of a profile's mirror are not shown. */
  readonly providers: readonly string[];
  /** The user runs have when the keep is root. */
  readonly sandboxUid: number;
  /** Makes the certificate of the chart mirror; `/usr/bin/openssl` unless given. */
  readonly openssl?: string | undefined;
}

const mostOutput = 64_000_000;
const mostJson = 256_000_000;
const mostPlan = 256_000_000;
const mostState = 256_000_000;

export interface Run {
  readonly options: PlannerOptions;
  readonly request: PlanRequest;
  readonly folder: RunFolder;
  readonly signal: AbortSignal;
  readonly endsAt: number;
  readonly took: Record<string, number>;
  readonly files: readonly TreeFile[];
  readonly surroundings: Surroundings;
}

export async function planOnce(
  options: PlannerOptions,
  request: PlanRequest,
  folder: RunFolder,
  signal: AbortSignal,
): Promise<Planned> {
  const { profile } = request;
  const took: Record<string, number> = {};
  const endsAt = Date.now() + profile.timeoutSeconds * 1_000;
  const files = await step({ request, took }, 'checkout', () => checkOut(options, request, folder));
  const hasLockFile = files.some(({ path }) => path === posix.join(request.stack, '.terraform.lock.hcl'));
  const wanted = { mode: 'plan', stack: request.stack, hasLockFile } as const;
  await using surroundings = await openSurroundings(options, profile, folder, wanted);
  return await planStack({ options, request, folder, signal, endsAt, took, files, surroundings });
}

async function checkOut(
  { repository }: PlannerOptions,
  { tree, baseTree, stack, profile }: PlanRequest,
  { clone }: RunFolder,
): Promise<readonly TreeFile[]> {
  const files = await repository.files(tree);
  await assertPlainFiles(repository, tree, files, { stack, varFiles: profile.varFiles });
  await repository.checkOut(tree, clone);
  await assertUninitialised(clone, stack);
  if (profile.runner.kind === 'wrapper') await placeWrapper(repository, baseTree, clone, profile.runner.script);
  return files;
}

async function planStack(run: Run): Promise<Planned> {
  const { options, request, folder } = run;
  const { commands, doors } = run.surroundings;
  const { clone } = folder;
  const { stack, profile } = request;
  let state = await decrypted(run);
  await giveTo(options.sandboxUid, clone);
  await giveTo(options.sandboxUid, folder.out);

  const pathOf = (engineFolder: string) => (name: string) => repositoryPath(engineFolder, stack, name);
  const init = await step(run, 'init', () => inSandbox(run, commands.init, posix.join(inside.tree, stack)));
  const engineFolder = init.exitCode === 0 ? await findEngineFolder(clone, stack) : undefined;
  if (engineFolder === undefined) {
    const said = readWords(init.stdout, init.stderr, pathOf(stack));
    return failed(run, 'init', init, said, state);
  }
  await assertNoBackendCredential(clone, engineFolder);

  const cwd = posix.join(inside.tree, engineFolder);
  if (profile.state.kind !== 'sops') state = await step(run, 'state', () => pulled(run, cwd));
  if (run.signal.aborted) return failed(run, 'state', cancelled, [], state);
  await doors.openKubernetes(state?.secrets ?? []);

  const plan = await step(run, 'plan', () => inSandbox(run, commands.plan, posix.join(inside.tree, stack)));
  const { diagnostics, engine } = readStream(plan.stdout, pathOf(engineFolder));
  const isPlanned = plan.exitCode === 0 || plan.exitCode === 2;
  const bytes = await readPlain(folder.out, planFile, mostPlan);
  const json = bytes === undefined ? undefined : await step(run, 'show', () => shown(run, cwd));
  if (!isPlanned) {
    const said = diagnostics.length > 0 ? diagnostics : readWords('', plan.stderr, pathOf(engineFolder));
    return { ...failed(run, 'plan', plan, said, state, engine), json: json?.text };
  }
  if (bytes === undefined || json?.text === undefined) {
    const { ended = 'exit', stderr = 'no plan was written' } = json?.result ?? {};
    return failed(run, 'show', { ended, exitCode: 1 }, readWords('', stderr, pathOf(engineFolder)), state, engine);
  }
  const planSha256 = createHash('sha256').update(bytes).digest('hex');
  const well = { outcome: 'planned', ...factsOf(run, state, engine), json: json.text, planSha256 } as const;
  if (request.seal !== true) return well;
  const sealed = await packForApply(run, { engineFolder, plan: bytes });
  return sealed === undefined ? failed(run, 'show', cancelled, [], state, engine) : { ...well, sealed };
}

async function decrypted(run: Run): Promise<StateReading | undefined> {
  const { request, options, files, folder, signal } = run;
  const { state } = request.profile;
  if (state.kind !== 'sops') return undefined;
  const from = { repository: options.repository, files, stack: request.stack, clone: folder.clone };
  const bytes = await step(run, 'state', () => decryptState(state, from, signal));
  return bytes === undefined ? undefined : readState(bytes);
}

async function pulled(run: Run, cwd: string): Promise<StateReading | undefined> {
  const { exitCode, ended, stdout, stderr } = await inSandbox(
    run,
    [run.surroundings.commands.engine, 'state', 'pull'],
    cwd,
    mostState,
  );
  if (run.signal.aborted) return undefined;
  if (exitCode !== 0) throw stateUnreadable(`the engine could not pull it (${exitCode ?? ended})`, new Error(stderr));
  return readState(Buffer.from(stdout));
}

async function shown(run: Run, cwd: string) {
  const argv = [run.surroundings.commands.engine, 'show', '-json', `${inside.plan}/${planFile}`] as const;
  const result = await inSandbox(run, argv, cwd, mostJson);
  const text = result.exitCode === 0 && result.stdout.startsWith('{') ? result.stdout : undefined;
  return { result, text };
}

async function inSandbox(
  { options, surroundings, endsAt, signal }: Run,
  argv: readonly [string, ...string[]],
  cwd: string,
  outputBytes = mostOutput,
): Promise<SandboxResult> {
  const wallMs = endsAt - Date.now();
  if (signal.aborted) return cancelled;
  if (wallMs <= 0) return { ...cancelled, ended: 'timeout' };
  const { binds, env, doors } = surroundings;
  return options.sandbox.run({ argv, cwd, env, binds, sockets: doors.sockets(), wallMs, outputBytes }, signal);
}

const cancelled: SandboxResult = { exitCode: undefined, ended: 'cancelled', stdout: '', stderr: '' };

async function step<Result>(
  { request, took }: Pick<Run, 'request' | 'took'>,
  name: PlanStep,
  work: () => Promise<Result>,
): Promise<Result> {
  request.onStep(name);
  const started = performance.now();
  try {
    return await work();
  } finally {
    took[name] = Math.round(performance.now() - started);
  }
}

function factsOf({ request, took, surroundings }: Run, state: StateReading | undefined, engine: string | undefined) {
  const { runner } = request.profile;
  const kind = 'engineKind' in runner ? runner.engineKind : runner.kind;
  const refused = surroundings.doors.refused();
  return { engine: engine ?? kind, took, state: state?.facts, ...(refused.length === 0 ? {} : { refused }) };
}

function failed(
  run: Run,
  at: PlanStep,
  { ended }: Pick<SandboxResult, 'ended' | 'exitCode'>,
  diagnostics: readonly RawDiagnostic[],
  state: StateReading | undefined,
  engine?: string,
): PlannedBadly {
  return { outcome: 'failed', ...factsOf(run, state, engine), step: at, ended, diagnostics, json: undefined };
}
