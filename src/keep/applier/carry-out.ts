import type { ApplyReport } from '../../change/wire/change.ts';
import type { PulledState } from '../planner/apply-port.ts';
import { readWords } from '../planner/diagnostics.ts';
import { repositoryPath } from '../planner/engine-folder.ts';
import type { RawDiagnostic, StateFacts } from '../planner/port.ts';
import type { SandboxResult } from '../sandbox/port.ts';
import type { Begun } from './begin.ts';
import { stateThatIs } from './bound.ts';
import { converge } from './converge.ts';
import type { ApplierOptions } from './create.ts';
import { judgeOutcome, type Verdict } from './outcome.ts';
import type { ApplyOrder, ApplyOutcome, ApplyStep } from './port.ts';
import { type ApplyReading, readApplyStream } from './stream.ts';

/**
 * The apply itself, once, and what came of it. Nothing in here is thrown: from `enter` on every failure is an outcome, and what
 * is not known is told as such.
 */
const mostOutput = 256_000_000;
const defaultGentleMs = 60_000;
/** After the engine has ended: what is read back is read even where the keep is stopping. */
const readBackMs = 60_000;
const leftState = 'errored.tfstate';

export async function carryOut(
  options: ApplierOptions,
  order: ApplyOrder,
  begun: Begun,
  signal: AbortSignal,
): Promise<ApplyOutcome> {
  const { now } = options;
  const startedAt = now().toISOString();
  const troubles: string[] = [];
  const ran = await runEngine(options, order, begun, signal, troubles);
  const reading = readApplyStream(ran.stdout, pathOf(order));

  await told(options, order, 'read-back', troubles);
  const left = await keepLeftState(options, order, begun, troubles);
  const after = await readBack(options, order, begun);
  const facts = after === 'unreadable' ? after : after?.facts;
  const verdict = judgeOutcome({
    result: ran,
    reading,
    before: begun.before?.facts,
    after: facts,
    leftState: left,
  });
  const saved = await saveState(options, order, begun, after, troubles);
  const state = facts === 'unreadable' ? undefined : facts;
  const report: ApplyReport = {
    startedAt,
    endedAt: now().toISOString(),
    done: printed(reading.done, begun.print),
    failed: printed(reading.failed, begun.print),
    unknown: printed(reading.unknown, begun.print),
    lines: [...(await explained(options, order, begun, ran, reading)), ...refusals(begun)],
    ...(state === undefined ? {} : { serial: state.serial }),
  };
  const ended = outcomeOf(verdict, report, [...saved, ...troubles], state);
  if (ended.outcome !== 'applied') return ended;
  await told(options, order, 'converge', troubles);
  const { converged, line } = await converge(begun.surroundings, order.profile.timeoutSeconds, signal, options.log);
  return {
    ...ended,
    report: {
      ...report,
      endedAt: now().toISOString(),
      lines: [...report.lines, ...(line === undefined ? [] : [line])],
      ...(converged === undefined ? {} : { converged }),
    },
  };
}

/** Plain engine on the saved plan: no Terragrunt, no wrapper, and no second try. */
async function runEngine(
  { gentleMs = defaultGentleMs, log }: ApplierOptions,
  { change, profile }: ApplyOrder,
  { surroundings }: Begun,
  signal: AbortSignal,
  troubles: string[],
): Promise<SandboxResult> {
  try {
    const { engine, plan } = surroundings;
    return await surroundings.run([engine, 'apply', '-json', '-input=false', '-no-color', '-lock-timeout=60s', plan], {
      signal,
      wallMs: (profile.apply?.timeoutSeconds ?? profile.timeoutSeconds) * 1_000,
      outputBytes: mostOutput,
      gentleMs,
    });
  } catch (error) {
    log.error({ err: error, change }, 'apply.sandbox.failed');
    troubles.push('the sandbox failed while the engine ran');
    return { exitCode: undefined, ended: 'signal', stdout: '', stderr: '' };
  }
}

/** A step that cannot be written down is no reason to leave what was applied unread. */
async function told(
  { log }: ApplierOptions,
  { change, onStep }: ApplyOrder,
  step: ApplyStep,
  troubles: string[],
): Promise<void> {
  try {
    await onStep(step);
  } catch (error) {
    log.error({ err: error, change, step }, 'apply.step.unwritten');
    troubles.push(`the step ${step} could not be written down`);
  }
}

/** What the engine could not write back is the only copy of what it made. */
async function keepLeftState(
  { sealed, log }: ApplierOptions,
  { change }: ApplyOrder,
  { surroundings }: Begun,
  troubles: string[],
): Promise<boolean> {
  try {
    const bytes = await surroundings.leftBehind(leftState);
    if (bytes === undefined) return false;
    log.error({ change, bytes: bytes.length }, 'apply.state.left-behind');
    await sealed.keepState(`${change}-errored`, bytes);
  } catch (error) {
    log.error({ err: error, change }, 'apply.state.lost');
    troubles.push('a state that the engine left behind could not be kept');
  }
  return true;
}

async function readBack(
  { log }: ApplierOptions,
  { change }: ApplyOrder,
  { surroundings }: Begun,
): Promise<PulledState | undefined | 'unreadable'> {
  try {
    return stateThatIs(await surroundings.state(AbortSignal.timeout(readBackMs)));
  } catch (error) {
    log.error({ err: error, change }, 'apply.state.unreadable');
    return 'unreadable';
  }
}

/**
 * Gives why it is not where it belongs. A state that is a file lives in the working directory alone until it is pushed: it is sealed
 * before, for a keep that is killed while it pushes.
 */
async function saveState(
  { stateKeeper, sealed, log }: ApplierOptions,
  { change, document, profile }: ApplyOrder,
  { surroundings, before, tree }: Begun,
  after: PulledState | undefined | 'unreadable',
  troubles: string[],
): Promise<readonly string[]> {
  if (profile.state.kind !== 'sops' || after === undefined || after === 'unreadable') return [];
  if (after.facts.sha256 === before?.facts.sha256) return [];
  let isSealed = true;
  try {
    await sealed.keepState(`${change}-after`, after.bytes);
  } catch (error) {
    log.error({ err: error, change }, 'apply.state.unsealed');
    isSealed = false;
  }
  try {
    await stateKeeper.save({ change, stack: document.stack, tree, surroundings });
    return [];
  } catch (error) {
    log.error({ err: error, change }, isSealed ? 'apply.state.unsaved' : 'apply.state.lost');
  }
  if (isSealed) return ['the new state could not be pushed into the repository; it is sealed in the keep'];
  troubles.push('the new state could not be sealed either');
  return ['the new state could not be pushed into the repository'];
}

function outcomeOf(
  verdict: Verdict,
  report: ApplyReport,
  whys: readonly string[],
  state: StateFacts | undefined,
): Exclude<ApplyOutcome, { outcome: 'refused' }> {
  const known = { report, ...(state === undefined ? {} : { state }) };
  if (verdict.outcome === 'interrupted') {
    return { outcome: 'interrupted', why: [verdict.why, ...whys].join('; '), ...known };
  }
  if (whys.length > 0) return { outcome: 'interrupted', why: whys.join('; '), ...known };
  return { outcome: verdict.outcome, ...known };
}

async function explained(
  { words, log }: ApplierOptions,
  { change, document, profile }: ApplyOrder,
  { json }: Begun,
  ran: SandboxResult,
  { diagnostics }: ApplyReading,
): Promise<readonly string[]> {
  const said = diagnostics.length === 0 && ran.exitCode !== 0 ? inWords(ran, document) : diagnostics;
  if (said.length === 0) return [];
  try {
    return await words.explain({ document, profile, json, diagnostics: said });
  } catch (error) {
    log.error({ err: error, change }, 'apply.words.failed');
    return ['what the engine said could not be masked, and is not shown'];
  }
}

function inWords({ stderr }: SandboxResult, document: ApplyOrder['document']): readonly RawDiagnostic[] {
  return stderr.trim() === '' ? [] : readWords('', stderr, pathOf({ document }));
}

function pathOf({ document: { workdir, stack } }: Pick<ApplyOrder, 'document'>): (name: string) => string {
  return (name) => repositoryPath(workdir.engineFolder, stack, name);
}

function refusals({ surroundings }: Begun): readonly string[] {
  const count = surroundings.traffic().refused.reduce((sum, { times }) => sum + times, 0);
  return count === 0 ? [] : [`it asked ${count} time(s) for what an apply does not get; nothing was sent on`];
}

function printed(addresses: readonly string[], print: (address: string) => string): string[] {
  return [...new Set(addresses.map(print))];
}
