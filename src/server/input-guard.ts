import { type CastellanError, defineErrors, type Principal, principalId } from '../kit/index.ts';
import type { KnownValues } from '../redaction/known/known-values.ts';
import { shownLabel } from '../redaction/known/label.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { Sent } from './sent.ts';

/**
 * What comes in, looked at for what Vault keeps before anything is run.
 *
 *  class a     nobody guesses it: whoever sends it has it, so the call is refused and the operator told. The answer does not say which it is.
 *  class b, c  can be guessed, so nothing an agent can see may depend on it: not the answer, not a metric (agents may read those), not the
 *              time. It is told in the audit row of the call alone.
 *  guessing    a principal that was refused too often is refused unseen for a while: then its answers depend on nothing it sends
 */
const guardError = defineErrors({
  'secret-in-input': {
    audience: 'agent',
    meaning: 'The call held a value that Vault keeps. Nothing was run; the operator was told.',
  },
  guessing: {
    audience: 'agent',
    meaning:
      'Too many calls of this principal held values that Vault keeps, so its calls are refused for a while, unseen.',
  },
  'input-overfull': {
    audience: 'agent',
    meaning: 'The call holds more names and values than one call may. Nothing was run.',
  },
});

/** Refusals of one principal within an hour that are still taken for accidents. */
const mostRefused = 10;
const hourMs = 3_600_000;
/** More than any tool takes. Redaction follows no more than this through an answer, to tell what was repeated from what was found. */
const mostSent = 200;
/** References named in one line of the log. */
const mostLabels = 10;

/** Of an audit row whose call held what may have been a guess. */
export const guessableInInput = 'known-value-in-input';

export interface InputGuard {
  /** Before the input is looked at. Errors: `guessing`. */
  assertNotGuessing(principal: Principal): void;
  /** Lets everything pass while nothing is known. Errors: `input-overfull`, `secret-in-input`. True when a value that could be guessed stands in it. */
  inspect(call: InspectedCall, sent: Sent): boolean;
}

export interface InspectedCall {
  readonly name: string;
  readonly principal: Principal;
  /** What is sent is not followed through an answer: any number of values may be sent. */
  readonly byProgram: boolean;
}

export interface InputGuardOptions {
  readonly known: Pick<KnownValues, 'hits' | 'generation'>;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly now: () => Date;
}

export function createInputGuard({ known, metrics, log, now }: InputGuardOptions): InputGuard {
  /** When the last of each principal's calls were refused; principals are as many as there are tokens. */
  const refusals = new Map<string, readonly number[]>();

  const withinTheHour = (principal: Principal): readonly number[] => {
    const since = now().getTime() - hourMs;
    return (refusals.get(principalId(principal)) ?? []).filter((at) => at > since);
  };

  return {
    assertNotGuessing: (principal) => {
      const within = withinTheHour(principal);
      if (within.length <= mostRefused) return;
      metrics.inputRefused('guessing');
      throw guessing();
    },
    inspect: ({ name, principal, byProgram }, sent) => {
      const secrets = known.hits(sent.text, 'agent').filter((hit) => hit.class === 'a');
      if (secrets.length > 0) {
        refusals.set(principalId(principal), [...withinTheHour(principal), now().getTime()].slice(-mostRefused - 1));
        metrics.inputRefused('secret-in-input');
        const labels = secrets.slice(0, mostLabels).map(({ label }) => shownLabel([label]));
        log.warn({ tool: name, principal: principalId(principal), found: labels }, 'input.secret');
        throw secretInInput(name);
      }
      if (!byProgram && known.generation !== undefined && sent.strings.length > mostSent) {
        throw guardError('input-overfull', {
          message: `${name} was not run: the call holds more than ${mostSent} different names and values`,
          next: 'ask for less at a time',
        });
      }
      return known.hits(sent.text, 'others').some((hit) => hit.class !== 'a');
    },
  };
}

function secretInInput(name: string): CastellanError {
  return guardError('secret-in-input', {
    message: `${name} was not run: the call held a value that Vault keeps, and no value may pass through here`,
    next: 'refer to it as vault://mount/path#key, or ask a human by secret_request; the operator was told',
  });
}

function guessing(): CastellanError {
  return guardError('guessing', {
    message: 'nothing was run: too many calls of yours held values that Vault keeps',
    next: 'wait an hour; refer to secrets as vault://mount/path#key',
  });
}
