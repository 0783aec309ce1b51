import {
  type Answer,
  budgets,
  type Cursors,
  type Principal,
  type Redact,
  type RenderedAnswer,
  renderAnswer,
} from '../kit/index.ts';
import { type AnsweringDependencies, type CallResult, createAnswering } from './answering.ts';
import { callDeadlineMs, underDeadline } from './deadline.ts';
import { unseenValues } from './known-standing.ts';
import { parseInput } from './parse-input.ts';
import type { Caller, ServedTool } from './served.ts';

/** The work of one tool call, within what holds for every answer: input → cursor → run under a deadline → redact and cut. */
export interface CallRequest {
  readonly served: ServedTool;
  readonly input: unknown;
  readonly caller: Caller;
  readonly signal: AbortSignal;
  progress(message: string, done?: number, total?: number): void;
}

export interface CallDependencies extends AnsweringDependencies {
  readonly cursors: Cursors;
  readonly deadlineMs?: number;
}

export type CallTool = (request: CallRequest) => Promise<CallResult>;

export function createCallTool(dependencies: CallDependencies): CallTool {
  const answering = createAnswering(dependencies);
  return async (request) => {
    const { input, caller } = request;
    const { name, effect } = request.served.tool;
    return answering({ name, effect, input, caller }, (principal, redactOwn) =>
      runTool(request, { principal, redactOwn }, dependencies),
    );
  };
}

async function runTool(
  { served, ...request }: CallRequest,
  { principal, redactOwn }: { readonly principal: Principal; readonly redactOwn: Redact },
  { cursors, redactor, supply, now, deadlineMs = callDeadlineMs }: CallDependencies,
): Promise<RenderedAnswer> {
  const { tool } = served;
  const input = parseInput(tool.name, tool.input, request.input);
  const cursor = typeof input['cursor'] === 'string' ? input['cursor'] : undefined;
  const page = cursors.pageFor({ tool: tool.name, input, principal }, cursor, now());
  const room = typeof input['budget'] === 'number' ? input['budget'] : budgets.standard;

  const answer = await underDeadline(tool.name, { caller: request.signal, deadlineMs }, async (signal) => {
    const ports = await served.ports(signal);
    return tool.run(input, {
      ports,
      principal,
      signal,
      now,
      progress: (message, done, total) => request.progress(redactOwn(message).text, done, total),
      page,
      room,
    });
  });
  assertKind(tool.name, tool.output !== undefined, answer);
  return renderAnswer(marked(answer, unseenValues(supply?.standing(now()))), {
    budget: room,
    redact: redactor.text,
    redactAgent: redactor.agentText,
    redactOwn,
  });
}

/** What could not be masked is said in the frame of each answer, before what the tool itself did not see. */
function marked(answer: Answer, unseen: ReturnType<typeof unseenValues>): Answer {
  if (unseen === undefined) return answer;
  const { coverage } = answer;
  return { ...answer, coverage: { ...coverage, missing: [unseen, ...(coverage.missing ?? [])] } };
}

/** A record without a schema, or a schema without a record, would be served wrongly: a fault of the tool. */
function assertKind(toolName: string, hasSchema: boolean, answer: Answer): void {
  if (hasSchema !== (answer.kind === 'record')) {
    throw new TypeError(`${toolName} answered with a ${answer.kind}, which does not fit its output schema`);
  }
}
