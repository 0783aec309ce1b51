import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { KeepClient } from '../../src/change/wire/keep-port.ts';
import type { KeepReply, KeepRequest } from '../../src/change/wire/protocol.ts';
import type { RunState, RunView } from '../../src/change/wire/run.ts';
import { CastellanError, type Principal, toolsFor } from '../../src/kit/index.ts';
import { iacError } from './errors.ts';
import { fields } from './fields.ts';
import { diffOf } from './given-patch.ts';
import { planAnswer } from './plan-answer.ts';
import type { IacPorts } from './port.ts';
import { plainName } from './words.ts';

const { defineTool } = toolsFor<IacPorts>();

/** The tool itself is stopped after 45 s: what was waited for must be told before. */
const longestSeconds = 40;
/** One look at the run: short enough to say where it is. */
const lookMs = 10_000;
/** What an answer may take beyond what it waited; with the wait still under the 45 s. */
const graceMs = 3_000;

const input = z.strictObject({
  stack: fields.stack,
  patch: fields.patch,
  ref: fields.ref,
  reason: z.string().max(1_000).optional().describe('what for, shown to humans'),
  run: fields.run,
  wait: fields.wait,
  budget: fields.budget,
});
type Input = z.output<typeof input>;

/** Where a run does not move by itself any more. */
const still: readonly RunState[] = [
  'needs-consent',
  'planned',
  'no-changes',
  'denied',
  'failed',
  'withdrawn',
  'interrupted',
];

export const plan = defineTool({
  name: 'terragrunt_plan',
  title: 'Plan a change of a stack',
  description:
    'What an edit would do, planned in a sandbox with read-only credentials: actions, YAML diff, risk, findings, blast ' +
    'radius. Never applies. Neither patch nor ref: drift of the trusted base. Slow plans give run_…; call again with run. ' +
    'Before raw terragrunt or terraform plan.',
  effect: 'propose',
  searchHint: 'terraform tofu opentofu diff preview change propose infrastructure edit helm values',
  input,
  async run(given, { ports: { keep, patches }, principal, signal, now, progress, room }) {
    assertFitting(given);
    const until = performance.now() + (given.wait ?? longestSeconds) * 1_000;
    const asked = { ...given, patch: await diffOf(given.patch, patches, { principal, now: now() }) };
    const first = await keep.ask(firstRequest(asked, principal), signal);
    const { reply, lost } = await follow(first, { keep, until, signal, progress });
    return planAnswer({ run: runOf(reply), keep: reply.keep, lost, now: now(), room });
  },
});

function assertFitting({ stack, patch, ref, reason, run }: Input): void {
  const conflict = (message: string): Error =>
    iacError('plan-arguments-conflict', {
      message,
      next: 'give stack with patch or ref or neither, to begin; or run alone, to go on',
    });
  if (run === undefined && stack === undefined)
    throw conflict('neither a stack to plan nor a run to go on with is named');
  const beginning = [stack, patch, ref, reason].some((value) => value !== undefined);
  if (run !== undefined && beginning) throw conflict('a run that goes on takes no stack, patch, ref or reason');
  if (patch !== undefined && ref !== undefined) throw conflict('patch and ref are two different changes');
}

function firstRequest({ stack, patch, ref, reason, run }: Input, { agent, human }: Principal): KeepRequest {
  if (run !== undefined) return { verb: 'status', of: 'run', id: run, waitMs: 0 };
  return {
    verb: 'propose',
    kind: 'plan',
    by: { agent: agent.slice(0, 80), human: human.slice(0, 80) },
    stack: stack ?? '',
    ...(patch === undefined ? {} : { patch }),
    ...(ref === undefined ? {} : { ref }),
    ...(reason === undefined ? {} : { reason }),
  };
}

interface Following {
  readonly keep: KeepClient;
  /** By `performance.now()`. */
  readonly until: number;
  readonly signal: AbortSignal;
  progress(message: string): void;
}

interface Followed {
  readonly reply: KeepReply;
  /** Why the run could not be looked at any more: it exists all the same, and its id must reach the agent. */
  readonly lost?: string;
}

async function follow(first: KeepReply, { keep, until, signal, progress }: Following): Promise<Followed> {
  let reply = first;
  let told: RunState | undefined;
  for (;;) {
    const { id, state, stack } = runOf(reply);
    if (state !== told) progress(`${plainName(stack)}: ${state} (${id})`);
    told = state;
    const left = until - performance.now();
    if (still.includes(state) || left <= 0) return { reply };
    const waitMs = Math.round(Math.min(left, lookMs));
    const late = AbortSignal.timeout(waitMs + graceMs);
    try {
      const asked = performance.now();
      reply = await keep.ask({ verb: 'status', of: 'run', id, waitMs }, AbortSignal.any([signal, late]));
      // A keep that does not wait is not asked in a circle.
      if (runOf(reply).state === state && performance.now() - asked < 200) await sleep(300, undefined, { signal });
    } catch (error) {
      if (signal.aborted) throw error;
      if (late.aborted) return { reply, lost: 'it did not answer in time' };
      if (error instanceof CastellanError) return { reply, lost: `${error.code}: ${error.message}` };
      throw error;
    }
  }
}

function runOf({ run }: KeepReply): RunView {
  if (run !== undefined) return run;
  throw iacError('keep-reply-invalid', {
    message: 'what came back from the keep tells of no run',
    next: 'run keep and daemon of one version: restart both after an upgrade',
  });
}
