import { type CastellanError, defineErrors, type JsonObject } from '../kit/index.ts';
import { type AnsweringDependencies, createAnswering, type Worked } from './answering.ts';
import { underDeadline } from './deadline.ts';
import { unseenValues } from './known-standing.ts';
import { parseInput } from './parse-input.ts';
import type { Caller, Served, ServedCommand } from './served.ts';

/**
 * Runs what an operator asks of the daemon by a command line of its own. All that holds for a tool holds for it; the answer
 * is data, redacted as an agent's words are: an agent of the same user can ask too.
 */
const commandError = defineErrors({
  'command-unknown': { audience: 'operator', meaning: 'The daemon knows no such command. Nothing was run.' },
});

export interface OperatorRequest {
  /** `memory.export` */
  readonly command: string;
  readonly input: unknown;
  readonly caller: Caller;
  readonly signal: AbortSignal;
  progress(told: OperatorProgress): void;
}

export interface OperatorProgress {
  readonly message: string;
  readonly done?: number;
  readonly total?: number;
}

/** Redacted. `notSeen`: what could not be masked or looked at, and why. */
export type OperatorReply =
  | { readonly answer: JsonObject; readonly notSeen?: string }
  | { readonly error: { readonly code: string; readonly message: string; readonly next: string } };

export interface OperatorDependencies extends AnsweringDependencies {
  readonly served: Pick<Served, 'commands'>;
  readonly deadlineMs?: number;
}

export type RunCommand = (request: OperatorRequest) => Promise<OperatorReply>;

/** Imports and re-embedding take their time; whoever no longer wants it hangs up. */
const commandDeadlineMs = 10 * 60_000;

/** What the audit calls a command whose name nobody here has given. */
const unnamed = 'operator.unknown';

export function createRunCommand(dependencies: OperatorDependencies): RunCommand {
  const { served, supply, now } = dependencies;
  const answering = createAnswering(dependencies);
  return async (request) => {
    const known = served.commands.get(request.command);
    const { name, effect } = known?.command ?? { name: unnamed, effect: 'read' as const };
    const asked = { name, effect, input: request.input, caller: request.caller, byProgram: true } as const;
    const result = await answering(asked, async (principal) => {
      if (known === undefined) throw unknownCommand(served);
      return work(known, request, principal, dependencies);
    });
    if (result.error !== undefined) return { error: result.error };
    const unseen = unseenValues(supply?.standing(now()));
    return {
      answer: result.structured ?? {},
      ...(unseen === undefined ? {} : { notSeen: `${unseen.what} (${unseen.why})` }),
    };
  };
}

async function work(
  { command, ...served }: ServedCommand,
  request: OperatorRequest,
  principal: Caller['principal'],
  { redactor, now, deadlineMs = commandDeadlineMs }: OperatorDependencies,
): Promise<Worked> {
  const input = parseInput(command.name, command.input, request.input);
  const progress = (message: string, done?: number, total?: number): void =>
    request.progress({
      message: redactor.agentText(message).text,
      ...(done === undefined ? {} : { done }),
      ...(total === undefined ? {} : { total }),
    });
  const answer = await underDeadline(command.name, { caller: request.signal, deadlineMs }, async (signal) => {
    const ports = await served.ports(signal);
    return command.run(input, { ports, principal, signal, now, progress });
  });
  const { value, counts } = redactor.value(answer, 'agent');
  return { text: JSON.stringify(value), structured: value, redactions: counts };
}

function unknownCommand({ commands }: Pick<Served, 'commands'>): CastellanError {
  return commandError('command-unknown', {
    message: 'the daemon knows no such command, or its group is not configured',
    next: `it knows ${[...commands.keys()].join(', ') || 'none'}; \`castellan status\` says which groups are there`,
  });
}
