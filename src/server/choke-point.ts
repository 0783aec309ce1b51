import type { JSONRPCMessage, McpHttpHandler, Transport } from '@modelcontextprotocol/server';
import { redactFrame } from '../redaction/frame.ts';
import type { Redactor } from '../redaction/redactor.ts';

/**
 * The choke point: every frame of every transport passes here last, whatever produced it: answers, errors, progress,
 * resources, prompts. Answers were redacted before they were cut, by whose words they are; this pass catches what took another
 * way. Nobody knows here who wrote what, so it is all taken for an agent's words: a mask answers no guess.
 */
export function redactingTransport(transport: Transport, redactor: Redactor): Transport {
  const send = transport.send.bind(transport);
  transport.send = (message, options) => send(redactFrame(redactor, message), options);
  return transport;
}

export function redactingHandler(
  handler: Pick<McpHttpHandler, 'fetch'>,
  redactor: Redactor,
): Pick<McpHttpHandler, 'fetch'> {
  return {
    fetch: async (request, options) => redactResponse(await handler.fetch(request, options), redactor),
  };
}

async function redactResponse(response: Response, redactor: Redactor): Promise<Response> {
  if (response.body === null) return response;
  const type = response.headers.get('content-type') ?? '';
  const headers = new Headers(response.headers);
  headers.delete('content-length');
  const { status, statusText } = response;
  if (type.startsWith('text/event-stream')) {
    return new Response(response.body.pipeThrough(redactEvents(redactor)), { status, statusText, headers });
  }
  const body = await response.text();
  return new Response(redactBody(body, redactor), { status, statusText, headers });
}

/** A body that is not JSON-RPC is redacted as text. */
function redactBody(body: string, redactor: Redactor): string {
  const message = parseMessage(body);
  return message === undefined ? redactor.agentText(body).text : JSON.stringify(redactFrame(redactor, message));
}

/** Server-sent events, one at a time: an event is held until its blank line has arrived. */
function redactEvents(redactor: Redactor): TransformStream<Uint8Array, Uint8Array> {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  let held = '';
  return new TransformStream({
    transform(chunk, controller) {
      held += decoder.decode(chunk, { stream: true });
      const end = held.lastIndexOf('\n\n');
      if (end === -1) return;
      const events = held.slice(0, end).split('\n\n');
      held = held.slice(end + 2);
      for (const event of events) controller.enqueue(encoder.encode(`${redactEvent(event, redactor)}\n\n`));
    },
    flush(controller) {
      if (held !== '') controller.enqueue(encoder.encode(redactEvent(held, redactor)));
    },
  });
}

function redactEvent(event: string, redactor: Redactor): string {
  const lines = event.split('\n');
  const data = lines.filter((line) => line.startsWith('data:')).map((line) => line.slice(5).replace(/^ /, ''));
  const others = lines.filter((line) => !line.startsWith('data:'));
  if (data.length === 0) return event;
  return [
    ...others,
    ...redactBody(data.join('\n'), redactor)
      .split('\n')
      .map((line) => `data: ${line}`),
  ].join('\n');
}

function parseMessage(text: string): JSONRPCMessage | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'jsonrpc' in value ? (value as JSONRPCMessage) : undefined;
  } catch {
    // Not JSON: the caller redacts it as text instead.
    return undefined;
  }
}
