import { CastellanError, defineErrors, type Effect, type Principal, type RenderedAnswer } from '../kit/index.ts';
import type { Redactor } from '../redaction/redactor.ts';
import type { Audit, AuditedCall, Outcome } from '../store/index.ts';
import { wasStopped } from './deadline.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { Running } from './running.ts';
import type { Caller } from './served.ts';

/**
 * What holds for everything that is answered, tool or resource: scope → intent → work → audit row → answer. Work does not
 * catch; every failure is turned into words here, and no failure's own text leaves unredacted. No row, no answer; and what
 * does more than look has its intent in the audit before anything runs: a crash in between leaves a trace of it.
 */
const answerError = defineErrors({
  'scope-denied': { audience: 'operator', meaning: "The caller's token does not carry the scope this tool needs." },
  'audit-unavailable': {
    audience: 'operator',
    meaning: 'The call could not be written to the audit, so it was not run, or its answer was withheld.',
  },
  internal: {
    audience: 'operator',
    meaning: 'A fault of Castellan itself; the log has the details under the id given.',
  },
});

const longestLine = 2_000;

export interface Asked {
  /** The tool, or the method where there is none. */
  readonly name: string;
  readonly effect: Effect;
  readonly input: unknown;
  readonly caller: Caller;
}

export interface CallResult {
  readonly text: string;
  readonly structured?: RenderedAnswer['structured'];
  readonly isError: boolean;
}

export interface AnsweringDependencies {
  readonly redactor: Redactor;
  readonly audit: Pick<Audit, 'append'>;
  readonly metrics: Metrics;
  readonly running: Running;
  readonly log: Log;
  now(): Date;
}

/** What the work gives back: redacted already, and how often. */
export type Worked = Pick<RenderedAnswer, 'text' | 'structured' | 'redactions'>;

export type Answering = (asked: Asked, work: (principal: Principal) => Promise<Worked>) => Promise<CallResult>;

interface Attempt {
  readonly result: CallResult;
  readonly outcome: Outcome;
  readonly code?: string;
  readonly redactions: Worked['redactions'];
}

export function createAnswering(dependencies: AnsweringDependencies): Answering {
  const { redactor, audit, metrics, running, log, now } = dependencies;

  const failed = (error: CastellanError): Attempt => {
    const words = [`error ${error.code}: ${error.message}`, `next: ${error.next}`];
    const text = words.map((line) => shortened(redactor.text(line).text)).join('\n');
    return { result: { text, isError: true }, outcome: outcomeOf(error), code: error.code, redactions: {} };
  };

  const write = (asked: Asked, ended: Pick<AuditedCall, 'outcome' | 'code' | 'bytes' | 'ms'>): Promise<void> => {
    const { name, effect, input, caller } = asked;
    return audit.append({
      principal: caller.principal,
      client: redactor.text(caller.client).text,
      ...(caller.correlation === undefined ? {} : { correlation: redactor.text(caller.correlation).text }),
      tool: name,
      input,
      effect,
      ...ended,
      at: now(),
    });
  };

  const unaudited = (error: unknown, { name }: Asked, consequence: string): CastellanError => {
    log.error({ err: error, tool: name }, 'audit.append.failed');
    return answerError('audit-unavailable', {
      message: `the call could not be written to the audit, so ${consequence}`,
      next: "ask the operator to run `castellan doctor` on the daemon's host",
      cause: error,
    });
  };

  const begin = async (asked: Asked): Promise<void> => {
    try {
      await write(asked, { outcome: 'begun', bytes: 0, ms: 0 });
    } catch (error) {
      throw unaudited(error, asked, 'nothing was run');
    }
  };

  const attempt = async (asked: Asked, work: () => Promise<Worked>): Promise<Attempt> => {
    try {
      assertScope(asked);
      if (asked.effect !== 'read') await begin(asked);
      const { text, structured, redactions } = await work();
      const result = { text, isError: false, ...(structured === undefined ? {} : { structured }) };
      return { result, outcome: 'ok', redactions };
    } catch (error) {
      return failed(error instanceof CastellanError ? error : internalError(error, asked, log));
    }
  };

  const audited = async (asked: Asked, tried: Attempt, ms: number): Promise<Attempt> => {
    const { outcome, code, result } = tried;
    try {
      const bytes = Buffer.byteLength(result.text);
      await write(asked, { outcome, ...(code === undefined ? {} : { code }), bytes, ms });
      return tried;
    } catch (error) {
      return failed(unaudited(error, asked, 'its answer is withheld'));
    }
  };

  return (asked, work) =>
    running.during(async () => {
      const started = performance.now();
      const tried = await attempt(asked, () => work(frozen(asked.caller.principal)));
      const ms = performance.now() - started;
      const { result, outcome, redactions } = await audited(asked, tried, ms);
      metrics.call(asked.name, outcome, ms / 1000, Buffer.byteLength(result.text));
      metrics.redacted(redactions);
      return result;
    });
}

/** An error repeats what the caller sent, and obeys a budget as every answer does. */
function shortened(line: string): string {
  return line.length <= longestLine ? line : `${line.slice(0, longestLine).toWellFormed()}…`;
}

function assertScope({ name, effect, caller }: Asked): void {
  const { scopes } = caller.principal;
  if (scopes.includes(effect)) return;
  throw answerError('scope-denied', {
    message: `${name} needs the scope \`${effect}\`, and this caller has ${scopes.join(', ') || 'none'}`,
    next: `ask the operator for a token with the scope ${effect} (castellan token create)`,
  });
}

/** A copy to the last leaf: many calls share one principal, and no tool may widen it for the next. */
function frozen(principal: Principal): Principal {
  return Object.freeze({ ...principal, scopes: Object.freeze([...principal.scopes]) });
}

function internalError(error: unknown, { name }: Asked, log: Log): CastellanError {
  const id = crypto.randomUUID().slice(0, 8);
  log.error({ err: error, id, tool: name }, 'call.failed');
  return answerError('internal', {
    message: `${name} failed for a reason that is Castellan's own (id ${id})`,
    next: `ask the operator to look for id ${id} in the daemon's log`,
    cause: error,
  });
}

function outcomeOf(error: CastellanError): Outcome {
  if (error.code === 'scope-denied') return 'denied';
  return wasStopped(error) ? 'cancelled' : 'error';
}
