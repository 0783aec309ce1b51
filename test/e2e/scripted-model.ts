import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { readAll } from './scratch-castellan.ts';

/**
 * A model that follows a script, behind the Messages API on loopback: it calls the tools it was told to call, one a turn,
 * and then says its last words. What the client showed it after each call is kept for the test to look at.
 */
export interface ScriptedCall {
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface ScriptedModel extends AsyncDisposable {
  readonly url: string;
  /** What came back of the n-th call, as the model sees it: JSON of the result's content. */
  readonly seen: readonly string[];
  /** Names of the tools that were offered with the first request. */
  readonly offered: readonly string[];
  /** JSON of the messages of each request that had tools. */
  readonly conversations: readonly string[];
}

const block = z.looseObject({ type: z.string() });
const request = z.object({
  messages: z.array(z.object({ role: z.string(), content: z.union([z.string(), z.array(block)]) })),
  tools: z.array(z.looseObject({ name: z.string().optional() })).default([]),
  stream: z.boolean().default(false),
});
type Request = z.output<typeof request>;
type Reply =
  | { readonly type: 'text'; readonly text: string }
  | ({ readonly type: 'tool_use'; id: string } & ScriptedCall);

export const lastWords = 'The script is over.';

export async function scriptedModel(script: readonly ScriptedCall[]): Promise<ScriptedModel> {
  const seen: string[] = [];
  const offered: string[] = [];
  const conversations: string[] = [];

  const replyTo = ({ messages, tools }: Request): Reply => {
    // Requests without tools are the client's own errands: titles, summaries.
    if (tools.length === 0) return { type: 'text', text: 'ok' };
    if (offered.length === 0) offered.push(...tools.flatMap(({ name }) => name ?? []));
    conversations.push(JSON.stringify(messages));
    const results = messages.flatMap(({ content }) =>
      typeof content === 'string' ? [] : content.filter(({ type }) => type === 'tool_result'),
    );
    seen.splice(0, seen.length, ...results.map((result) => JSON.stringify(result['content'])));
    const call = script[results.length];
    if (call === undefined) return { type: 'text', text: lastWords };
    return { type: 'tool_use', id: `toolu_script_${results.length}`, ...call };
  };

  const answer = async (given: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readAll(given);
    if (given.method !== 'POST' || (!(given.url ?? '').startsWith('/v1/messages?') && given.url !== '/v1/messages')) {
      response.writeHead(404, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ type: 'error', error: { type: 'not_found_error', message: 'not in the script' } }));
      return;
    }
    const asked = request.parse(JSON.parse(body));
    if (asked.stream) stream(response, replyTo(asked));
    else {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(message(replyTo(asked))));
    }
  };

  const server = createServer((given, response) => {
    answer(given, response).catch((error: unknown) => {
      response.writeHead(500);
      response.end(String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    offered,
    conversations,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function message(reply: Reply) {
  return {
    id: 'msg_script',
    type: 'message',
    role: 'assistant',
    model: 'scripted',
    content:
      reply.type === 'text' ? [reply] : [{ type: reply.type, id: reply.id, name: reply.tool, input: reply.input }],
    stop_reason: reply.type === 'text' ? 'end_turn' : 'tool_use',
    stop_sequence: null,
    usage: { input_tokens: 1, output_tokens: 1 },
  };
}

/** The same message as server-sent events: opened empty, filled by one delta, closed. */
function stream(response: ServerResponse, reply: Reply): void {
  const whole = message(reply);
  const [empty, delta] =
    reply.type === 'text'
      ? [
          { type: 'text', text: '' },
          { type: 'text_delta', text: reply.text },
        ]
      : [
          { type: 'tool_use', id: reply.id, name: reply.tool, input: {} },
          { type: 'input_json_delta', partial_json: JSON.stringify(reply.input) },
        ];
  const events: readonly { readonly type: string }[] = [
    { type: 'message_start', ...{ message: { ...whole, content: [], stop_reason: null } } },
    { type: 'content_block_start', ...{ index: 0, content_block: empty } },
    { type: 'content_block_delta', ...{ index: 0, delta } },
    { type: 'content_block_stop', ...{ index: 0 } },
    {
      type: 'message_delta',
      ...{ delta: { stop_reason: whole.stop_reason, stop_sequence: null }, usage: whole.usage },
    },
    { type: 'message_stop' },
  ];
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const event of events) response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  response.end();
}
