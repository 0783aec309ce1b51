import {
  CLIENT_CAPABILITIES_META_KEY,
  type InputRequest,
  type InputRequests,
  inputRequired,
  inputResponse,
  type McpServer,
  type RequestStateCodec,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import { askDefaults, askEnums, askGreeting, askName, askRoots, askSampling, askText } from './questions.ts';

/**
 * Tools that cannot answer before the client has. Each returns what it asks for; a client of the newest revision calls
 * again with the responses, and for an older one the session asks and calls again by itself.
 */
export function registerExchangeFixtures(server: McpServer, state: RequestStateCodec): void {
  registerSingleQuestions(server);
  registerStatefulQuestions(server, state);
  server.registerTool(
    'test_input_required_result_capabilities',
    { description: 'Protocol fixture: asks only for what the client says it can do.' },
    (context: ServerContext) => {
      const capabilities = capabilitiesOf(server, context);
      const possible: InputRequests = {
        ...('sampling' in capabilities ? { greeting: askGreeting() } : {}),
        ...('elicitation' in capabilities ? { user_name: askName() } : {}),
        ...('roots' in capabilities ? { client_roots: askRoots() } : {}),
      };
      if (Object.keys(possible).length === 0 || allAnswered(context, possible)) return done('nothing left to ask');
      return inputRequired({ inputRequests: possible });
    },
  );
}

function registerSingleQuestions(server: McpServer): void {
  const withText = (name: string, argument: string, key: string, ask: (text: string) => InputRequest): void => {
    server.registerTool(
      name,
      {
        description: 'Protocol fixture: asks the client with the words it was given.',
        inputSchema: textInput(argument),
      },
      (input, context) => askOnce(context, key, ask(String(input[argument]))),
    );
  };
  withText('test_sampling', 'prompt', 'reply', askSampling);
  withText('test_elicitation', 'message', 'user', askText);

  const questions: Readonly<Record<string, readonly [key: string, ask: () => InputRequest]>> = {
    test_elicitation_sep1034_defaults: ['form', askDefaults],
    test_elicitation_sep1330_enums: ['form', askEnums],
    test_streaming_elicitation: ['user_name', askName],
    test_missing_capability: ['reply', () => askSampling('Needs sampling.')],
    test_input_required_result_elicitation: ['user_name', askName],
    test_input_required_result_sampling: ['capital_question', () => askSampling('What is the capital of France?')],
    test_input_required_result_list_roots: ['client_roots', askRoots],
  };
  for (const [name, [key, ask]] of Object.entries(questions)) {
    server.registerTool(name, { description: 'Protocol fixture: asks the client once.' }, (context: ServerContext) =>
      askOnce(context, key, ask()),
    );
  }
}

function registerStatefulQuestions(server: McpServer, state: RequestStateCodec): void {
  const rounds: Readonly<Record<string, readonly InputRequests[]>> = {
    test_input_required_result_request_state: [{ confirm: askText('Please confirm') }],
    test_input_required_result_tampered_state: [{ confirm: askText('Please confirm') }],
    test_input_required_result_multiple_inputs: [
      { user_name: askName(), greeting: askGreeting(), client_roots: askRoots() },
    ],
    test_input_required_result_multi_round: [
      { step1: askText('Step 1: What is your name?') },
      { step2: askText('Step 2: What is your favourite colour?') },
    ],
  };
  for (const [name, steps] of Object.entries(rounds)) {
    server.registerTool(
      name,
      { description: 'Protocol fixture: asks in rounds, and seals which one it is in.' },
      async (context: ServerContext) => {
        const round = sealedRound.safeParse(context.mcpReq.requestState());
        const reached = round.success && round.data.tool === name ? round.data.round : 0;
        const answered = round.success && allAnswered(context, steps[reached] ?? {});
        const next = steps[answered ? reached + 1 : reached];
        if (next === undefined) return done('state-ok');
        const requestState = await state.mint({ tool: name, round: answered ? reached + 1 : reached });
        return inputRequired({ inputRequests: next, requestState });
      },
    );
  }
}

/** What a sealed state holds; it reaches the tool only when its seal was whole. */
const sealedRound = z.strictObject({ tool: z.string(), round: z.int().min(0) });

function textInput(argument: string) {
  return z.strictObject({ [argument]: z.string().describe('the words to ask with') });
}

function askOnce(context: ServerContext, key: string, question: InputRequest) {
  const response = inputResponse(context.mcpReq.inputResponses, key);
  if (response.kind === 'missing') return inputRequired({ inputRequests: { [key]: question } });
  return done(`the client answered: ${JSON.stringify(response)}`);
}

function allAnswered(context: ServerContext, asked: InputRequests): boolean {
  return Object.keys(asked).every((key) => inputResponse(context.mcpReq.inputResponses, key).kind !== 'missing');
}

/** Said with each request in the newest revision, once a session before it. */
function capabilitiesOf(server: McpServer, context: ServerContext): object {
  const envelope: Readonly<Record<string, unknown>> = { ...context.mcpReq.envelope };
  const declared = envelope[CLIENT_CAPABILITIES_META_KEY] ?? server.server.getClientCapabilities();
  return typeof declared === 'object' && declared !== null ? declared : {};
}

function done(text: string) {
  return { content: [{ type: 'text' as const, text }] };
}
