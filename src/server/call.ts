import { distance } from 'fastest-levenshtein';
import type { z } from 'zod';
import {
  type Answer,
  budgets,
  CastellanError,
  type Cursors,
  defineErrors,
  type RenderedAnswer,
  renderAnswer,
} from '../kit/index.ts';
import type { Redactor } from '../redaction/redactor.ts';
import type { Audit, Outcome } from '../store/index.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { Caller, ServedTool } from './served.ts';

/**
 * One tool call, from request to answer: scope → input → cursor → run under a deadline → redact and cut → audit row →
 * answer. Tools do not catch; every failure is turned into words here, and no failure's own text leaves unredacted.
 */
const deadlineMs = 45_000;

const callError = defineErrors({
  'scope-denied': { audience: 'operator', meaning: "The caller's token does not carry the scope this tool needs." },
  'input-invalid': {
    audience: 'agent',
    meaning: 'An argument is unknown, missing or of the wrong shape. Nothing was run.',
  },
  'call-cancelled': { audience: 'agent', meaning: 'The client cancelled the call, or the daemon is shutting down.' },
  'deadline-exceeded': { audience: 'agent', meaning: 'The call took longer than 45 seconds and was stopped.' },
  'audit-unavailable': {
    audience: 'operator',
    meaning: 'The call could not be written to the audit, so its answer was withheld.',
  },
  internal: {
    audience: 'operator',
    meaning: 'A fault of Castellan itself; the log has the details under the id given.',
  },
});

export interface CallRequest {
  readonly served: ServedTool;
  readonly input: unknown;
  readonly caller: Caller;
  readonly signal: AbortSignal;
  progress(message: string, done?: number, total?: number): void;
}

export interface CallResult {
  readonly text: string;
  readonly structured?: RenderedAnswer['structured'];
  readonly isError: boolean;
}

export interface CallDependencies {
  readonly redactor: Redactor;
  readonly cursors: Cursors;
  readonly audit: Pick<Audit, 'append'>;
  readonly metrics: Metrics;
  readonly log: Log;
  now(): Date;
}

export type CallTool = (request: CallRequest) => Promise<CallResult>;

export function createCallTool(dependencies: CallDependencies): CallTool {
  const { redactor, audit, metrics, log, now } = dependencies;

  return async (request) => {
    const { tool } = request.served;
    const started = performance.now();
    const attempt = await attemptCall(request, dependencies);
    const ms = performance.now() - started;
    let result = attempt.result;
    try {
      await audit.append({
        principal: request.caller.principal,
        client: redactor.text(request.caller.client).text,
        ...(request.caller.correlation === undefined ? {} : { correlation: request.caller.correlation }),
        tool: tool.name,
        input: request.input,
        effect: tool.effect,
        outcome: attempt.outcome,
        ...(attempt.code === undefined ? {} : { code: attempt.code }),
        bytes: Buffer.byteLength(result.text),
        ms,
        at: now(),
      });
    } catch (error) {
      log.error({ err: error, tool: tool.name }, 'audit.append.failed');
      result = failure(
        callError('audit-unavailable', {
          message: 'the call could not be written to the audit, so its answer is withheld',
          next: "ask the operator to run `castellan doctor` on the daemon's host",
        }),
        redactor,
      );
    }
    metrics.call(tool.name, attempt.outcome, ms / 1000, Buffer.byteLength(result.text));
    metrics.redacted(attempt.redactions);
    return result;
  };
}

interface Attempt {
  readonly result: CallResult;
  readonly outcome: Outcome;
  readonly code?: string;
  readonly redactions: Readonly<Record<string, number>>;
}

async function attemptCall(request: CallRequest, dependencies: CallDependencies): Promise<Attempt> {
  const { redactor, log } = dependencies;
  try {
    const rendered = await runTool(request, dependencies);
    const { text, structured } = rendered;
    const result = { text, isError: false, ...(structured === undefined ? {} : { structured }) };
    return { result, outcome: 'ok', redactions: rendered.redactions };
  } catch (error) {
    const known = error instanceof CastellanError ? error : internalError(error, request, log);
    return { result: failure(known, redactor), outcome: outcomeOf(known), code: known.code, redactions: {} };
  }
}

async function runTool(request: CallRequest, dependencies: CallDependencies): Promise<RenderedAnswer> {
  const { served, caller } = request;
  const { tool } = served;
  if (!caller.principal.scopes.includes(tool.effect)) {
    throw callError('scope-denied', {
      message: `${tool.name} needs the scope \`${tool.effect}\`, and this caller has ${caller.principal.scopes.join(', ') || 'none'}`,
      next: `ask the operator for a token with the scope ${tool.effect} (castellan token create)`,
    });
  }
  const input = parseInput(tool.name, tool.input, request.input);
  const at = dependencies.now();
  const cursor = typeof input['cursor'] === 'string' ? input['cursor'] : undefined;
  const page = dependencies.cursors.pageFor({ tool: tool.name, input, principal: caller.principal }, cursor, at);
  const room = typeof input['budget'] === 'number' ? input['budget'] : budgets.standard;

  const answer = await underDeadline(request.signal, tool.name, async (signal) => {
    const ports = await served.ports(signal);
    return tool.run(input, {
      ports,
      principal: Object.freeze(caller.principal),
      signal,
      now: dependencies.now,
      progress: (message, done, total) => request.progress(dependencies.redactor.text(message).text, done, total),
      page,
      room,
    });
  });
  assertKind(tool.name, tool.output !== undefined, answer);
  return renderAnswer(answer, { budget: room, redact: dependencies.redactor.text });
}

/** The caller's signal, the deadline and the tool's own pace: whichever ends first. A tool that ignores its signal is left behind. */
async function underDeadline<Result>(
  caller: AbortSignal,
  toolName: string,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const deadline = AbortSignal.timeout(deadlineMs);
  const signal = AbortSignal.any([caller, deadline]);
  const stopped = Promise.withResolvers<never>();
  const stop = (): void => {
    stopped.reject(
      deadline.aborted
        ? callError('deadline-exceeded', {
            message: `${toolName} did not finish within ${deadlineMs / 1000} s`,
            next: 'narrow the call (namespace, selector, a shorter window), or ask for a smaller budget',
          })
        : callError('call-cancelled', {
            message: `${toolName} was cancelled`,
            next: 'call again if it is still wanted',
          }),
    );
  };
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([stopped.promise, work(signal)]);
  } catch (error) {
    // The tool's own complaint about its aborted request is not the reason: the cancellation is.
    if (signal.aborted && !(error instanceof CastellanError)) return await stopped.promise;
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function parseInput(toolName: string, schema: z.ZodObject, input: unknown): Readonly<Record<string, unknown>> {
  const parsed = schema.safeParse(input ?? {});
  if (parsed.success) return parsed.data;
  const known = Object.keys(schema.shape);
  const problems = parsed.error.issues.map((issue) => {
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownArgument(key, known)).join('; ');
    return `${issue.path.join('.') || 'arguments'}: ${issue.message}`;
  });
  throw callError('input-invalid', {
    message: `${toolName} was not run: ${problems.join('; ')}`,
    next: `${toolName} takes ${known.join(', ')}`,
  });
}

function unknownArgument(key: string, known: readonly string[]): string {
  const nearest = known.map((name) => ({ name, away: distance(key, name) })).sort((a, b) => a.away - b.away)[0];
  const hint = nearest !== undefined && nearest.away <= 3 ? ` (did you mean \`${nearest.name}\`?)` : '';
  return `unknown argument \`${key.slice(0, 60)}\`${hint}`;
}

/** A record without a schema, or a schema without a record, would be served wrongly: a fault of the tool. */
function assertKind(toolName: string, hasSchema: boolean, answer: Answer): void {
  if (hasSchema !== (answer.kind === 'record')) {
    throw new TypeError(`${toolName} answered with a ${answer.kind}, which does not fit its output schema`);
  }
}

function internalError(error: unknown, request: CallRequest, log: Log): CastellanError {
  const id = crypto.randomUUID().slice(0, 8);
  log.error({ err: error, id, tool: request.served.tool.name }, 'call.failed');
  return callError('internal', {
    message: `${request.served.tool.name} failed for a reason that is Castellan's own (id ${id})`,
    next: `ask the operator to look for id ${id} in the daemon's log`,
    cause: error,
  });
}

function outcomeOf(error: CastellanError): Outcome {
  if (error.code === 'scope-denied') return 'denied';
  return error.code === 'call-cancelled' || error.code === 'deadline-exceeded' ? 'cancelled' : 'error';
}

function failure(error: CastellanError, redactor: Redactor): CallResult {
  const { text } = redactor.text(`error ${error.code}: ${error.message}\nnext: ${error.next}`);
  return { text, isError: true };
}
