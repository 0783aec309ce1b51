import type { ServerResponse } from 'node:http';

/** What a model may say in one turn, and how the Messages API puts it on the wire. */
export type Reply =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool_use'; readonly id: string; readonly tool: string; readonly input: object };

export function send(response: ServerResponse, reply: Reply, { stream }: { readonly stream: boolean }): void {
  if (stream) sendEvents(response, reply);
  else {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(message(reply)));
  }
}

export function refuse(response: ServerResponse, status: number, type: string, why: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ type: 'error', error: { type, message: why } }));
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
function sendEvents(response: ServerResponse, reply: Reply): void {
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
