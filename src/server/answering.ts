import {
  CastellanError,
  defineErrors,
  type Effect,
  type Principal,
  type Redact,
  type RenderedAnswer,
} from '../kit/index.ts';
import type { Redactor } from '../redaction/redactor.ts';
import type { Audit, AuditedCall, Outcome } from '../store/index.ts';
import { wasStopped } from './deadline.ts';
import { guessableInInput, type InputGuard } from './input-guard.ts';
import type { KnownValuesSupply } from './known-values.ts';
import { type Log, unquoted } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { Running } from './running.ts';
import { readSent, type Sent } from './sent.ts';
import type { Caller } from './served.ts';

/**
 * What holds for everything that is answered, tool or resource: scope → known values at hand → input free of them → intent →
 * work → audit row → answer. Work does not catch; every failure is turned into words here, and no failure's own text leaves
 * unredacted. No row, no answer; and what does more than look has its intent in the audit before anything runs: a crash in
 * between leaves a trace of it.
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
  /**
   * By a program, whose answers mask nothing that could be guessed: so it may send any number of values, and our own words need not
   * spare what it sent.
   */
  readonly byProgram?: true;
}

export interface CallResult {
  readonly text: string;
  readonly structured?: RenderedAnswer['structured'];
  readonly isError: boolean;
  /** What `text` says of an error, in parts. */
  readonly error?: { readonly code: string; readonly message: string; readonly next: string };
}

export interface AnsweringDependencies {
  readonly redactor: Redactor;
  readonly audit: Pick<Audit, 'append'>;
  readonly metrics: Metrics;
  readonly running: Running;
  readonly log: Log;
  readonly guard: InputGuard;
  /** Undefined: no Vault is configured. */
  readonly supply: Pick<KnownValuesSupply, 'assertUsable' | 'standing'> | undefined;
  now(): Date;
}

/** What the work gives back: redacted already, and how often. */
export type Worked = Pick<RenderedAnswer, 'text' | 'structured' | 'redactions'>;

/** `redactOwn`: for our own words, which may repeat what the call sent. */
export type Work = (principal: Principal, redactOwn: Redact) => Promise<Worked>;

export type Answering = (asked: Asked, work: Work) => Promise<CallResult>;

/** These answer while no known value is at hand: they say why, and hold nothing of the homelab's own. */
const answeredBlind: ReadonlySet<string> = new Set(['vault_health', 'resources/read']);

/** Instead of an input that was refused or not looked at: nothing that is kept is made from it, not even under a key. */
const inputNotKept = { notKept: true };

/** One call on its way: what is known of it so far. */
interface Call {
  readonly asked: Asked;
  readonly sent: Sent;
  readonly redactOwn: Redact;
  /** What the audit keeps a keyed hash of. */
  input: unknown;
  /** Something in it could have been a guess. */
  guessable: boolean;
}

interface Attempt {
  readonly result: CallResult;
  readonly outcome: Outcome;
  readonly code?: string;
  readonly redactions: Worked['redactions'];
}

export function createAnswering(dependencies: AnsweringDependencies): Answering {
  const { redactor, audit, metrics, running, log, guard, supply, now } = dependencies;

  const failed = (error: CastellanError, { redactOwn }: Call): Attempt => {
    const { code } = error;
    const said = (words: string): string => shortened(redactOwn(words).text);
    const told = { code, message: said(error.message), next: said(error.next) };
    const text = `error ${code}: ${told.message}\nnext: ${told.next}`;
    return { result: { text, isError: true, error: told }, outcome: outcomeOf(error), code, redactions: {} };
  };

  const write = (
    { asked, input }: Call,
    ended: Pick<AuditedCall, 'outcome' | 'code' | 'bytes' | 'ms'>,
  ): Promise<void> => {
    const { name, effect, caller } = asked;
    return audit.append({
      principal: caller.principal,
      client: redactor.agentText(caller.client).text,
      ...(caller.correlation === undefined ? {} : { correlation: redactor.agentText(caller.correlation).text }),
      tool: name,
      input,
      effect,
      ...ended,
      at: now(),
    });
  };

  const unaudited = (error: unknown, { asked, sent }: Call, consequence: string): CastellanError => {
    const { name, caller } = asked;
    const err = unquoted(error, [...sent.strings, caller.client, caller.correlation ?? '']);
    log.error({ err, tool: name }, 'audit.append.failed');
    return answerError('audit-unavailable', {
      message: `the call could not be written to the audit, so ${consequence}`,
      next: "ask the operator to run `castellan doctor` on the daemon's host",
      cause: error,
    });
  };

  const begin = async (call: Call): Promise<void> => {
    try {
      await write(call, { outcome: 'begun', bytes: 0, ms: 0 });
    } catch (error) {
      throw unaudited(error, call, 'nothing was run');
    }
  };

  /** Until here the input is only carried; from here on it is free of what nobody could have guessed. */
  const look = async (call: Call): Promise<void> => {
    const { asked, sent } = call;
    const { name, caller, byProgram = false } = asked;
    guard.assertNotGuessing(caller.principal);
    if (supply !== undefined && !answeredBlind.has(name)) await supply.assertUsable();
    const labels = [caller.client, caller.correlation ?? ''];
    const guessable = guard.inspect(
      { name, principal: caller.principal, byProgram },
      { ...sent, text: [sent.text, ...labels].join('\n') },
    );
    call.input = asked.input;
    call.guessable = guessable;
  };

  const attempt = async (call: Call, work: Work): Promise<Attempt> => {
    const { asked, redactOwn } = call;
    try {
      assertScope(asked);
      await look(call);
      if (asked.effect !== 'read') await begin(call);
      const { text, structured, redactions } = await work(frozen(asked.caller.principal), redactOwn);
      const result = { text, isError: false, ...(structured === undefined ? {} : { structured }) };
      return { result, outcome: 'ok', ...(call.guessable ? { code: guessableInInput } : {}), redactions };
    } catch (error) {
      return failed(error instanceof CastellanError ? error : internalError(error, call, log), call);
    }
  };

  const audited = async (call: Call, tried: Attempt, ms: number): Promise<Attempt> => {
    const { outcome, code, result } = tried;
    try {
      const bytes = Buffer.byteLength(result.text);
      await write(call, { outcome, ...(code === undefined ? {} : { code }), bytes, ms });
      return tried;
    } catch (error) {
      return failed(unaudited(error, call, 'its answer is withheld'), call);
    }
  };

  return (asked, work) =>
    running.during(async () => {
      const started = performance.now();
      const sent = readSent(asked.input);
      const redactOwn = asked.byProgram === true ? redactor.agentText : redactor.echoing(sent.strings).text;
      const call: Call = { asked, sent, redactOwn, input: inputNotKept, guessable: false };
      const tried = await attempt(call, work);
      const ms = performance.now() - started;
      const { result, outcome, redactions } = await audited(call, tried, ms);
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

function internalError(error: unknown, { asked: { name }, sent }: Call, log: Log): CastellanError {
  const id = crypto.randomUUID().slice(0, 8);
  log.error({ err: unquoted(error, sent.strings), id, tool: name }, 'call.failed');
  return answerError('internal', {
    message: `${name} failed for a reason that is Castellan's own (id ${id})`,
    next: `ask the operator to look for id ${id} in the daemon's log`,
    cause: error,
  });
}

/** Refused for who asks or what was sent, not for how it went. */
const denials: ReadonlySet<string> = new Set(['scope-denied', 'secret-in-input', 'guessing']);

function outcomeOf(error: CastellanError): Outcome {
  if (denials.has(error.code)) return 'denied';
  return wasStopped(error) ? 'cancelled' : 'error';
}
