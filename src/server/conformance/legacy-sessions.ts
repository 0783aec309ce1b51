import { randomUUID } from 'node:crypto';
import {
  createMcpHandler,
  type InMemoryServerEventBus,
  isLegacyRequest,
  type McpServerFactory,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import type { HttpHandler, HttpHandlerLimits } from '../http/http-listener.ts';

/**
 * The revisions before 2026-07-28 ask a client questions over a session: a stream the server may send requests on. The
 * product serves those revisions without sessions, because nothing in it asks a client anything; the fixtures do ask.
 */
const mostSessions = 100;

export function sessionfulHandler(
  factory: McpServerFactory,
  bus: InMemoryServerEventBus,
  limits: HttpHandlerLimits,
): HttpHandler {
  const { maxRequestBodySize, onerror } = limits;
  const modern = createMcpHandler(factory, { legacy: 'reject', bus, maxRequestBodySize, onerror });
  const sessions = new Map<string, WebStandardStreamableHTTPServerTransport>();

  const open = async (...[request, given]: Parameters<HttpHandler['fetch']>): Promise<Response> => {
    if (sessions.size >= mostSessions) await oldest(sessions)?.close();
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void sessions.set(id, transport),
      maxRequestBodySize,
    });
    const server = await factory({ era: 'legacy', requestInfo: request });
    await server.connect(transport);
    const closed = transport.onclose;
    transport.onclose = () => {
      if (transport.sessionId !== undefined) sessions.delete(transport.sessionId);
      closed?.();
    };
    const response = await transport.handleRequest(request, given);
    // A first request that opened no session was refused, and nobody can come back for it.
    if (transport.sessionId === undefined) await transport.close();
    return response;
  };

  return {
    fetch: async (request, given) => {
      if (!(await isLegacyRequest(request, given?.parsedBody, { maxRequestBodySize }))) {
        return modern.fetch(request, given);
      }
      const id = request.headers.get('mcp-session-id');
      if (id === null) return open(request, given);
      const session = sessions.get(id);
      return session === undefined ? noSuchSession() : session.handleRequest(request, given);
    },
    close: async () => {
      for (const session of [...sessions.values()]) await session.close();
      await modern.close();
    },
  };
}

function oldest<Value>(map: ReadonlyMap<string, Value>): Value | undefined {
  return map.values().next().value;
}

function noSuchSession(): Response {
  const error = { code: -32001, message: 'there is no such session' };
  return Response.json({ jsonrpc: '2.0', id: null, error }, { status: 404 });
}
