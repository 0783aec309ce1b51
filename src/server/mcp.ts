import {
  CLIENT_INFO_META_KEY,
  McpServer,
  type McpServerFactory,
  type ServerContext,
} from '@modelcontextprotocol/server';
import type { Principal } from '../kit/index.ts';
import { schemaOf } from './agents/prompt-arguments.ts';
import type { CallTool } from './call.ts';
import type { Build } from './handshake.ts';
import type { PromptDefinition, ResourceDefinition } from './offered.ts';
import type { ReadResource } from './read-resource.ts';
import type { Caller, Served, ServedTool } from './served.ts';
import { toWireTool, type WireTool } from './wire-tool.ts';

/**
 * The catalogue as an MCP server. One factory serves every transport and every protocol revision; it runs once a
 * connection (socket) or once a request (HTTP), so it only registers what was prepared beforehand.
 */
export interface McpOptions {
  readonly build: Build;
  readonly served: Served;
  readonly call: CallTool;
  readonly readResource: ReadResource;
  instructions(): string;
  readonly resources: readonly ResourceDefinition[];
  readonly prompts: readonly PromptDefinition[];
  /** Fires at shutdown: running calls end. */
  readonly closing: AbortSignal;
  /** Adds the protocol tests' fixtures. */
  decorate?(server: McpServer): void;
  /** Proves that a state a client sends back is one that was sealed here, and opens it; only the fixtures seal any. */
  verifyState?(state: string, context: ServerContext): Promise<unknown>;
}

export type FactoryFor = (principalOf: PrincipalOf) => McpServerFactory;
/** Read at each call from what the transport proved, never from what the client says. */
export type PrincipalOf = (context: ServerContext) => Principal;

/** What the lists may be cached for: the catalogue changes only with the daemon. */
const listCache = { ttlMs: 60_000, cacheScope: 'private' } as const;

export function createFactories(options: McpOptions): FactoryFor {
  const wireTools = [...options.served.tools.values()].map((served) => ({ served, wire: toWireTool(served.tool) }));
  return (principalOf) => () => {
    const server = new McpServer(
      { name: 'castellan', title: 'Castellan', version: options.build.version },
      {
        instructions: options.instructions(),
        capabilities: { tools: {}, resources: {}, prompts: {} },
        cacheHints: { 'tools/list': listCache, 'prompts/list': listCache, 'resources/list': listCache },
        ...(options.verifyState === undefined ? {} : { requestState: { verify: options.verifyState } }),
      },
    );
    for (const { served, wire } of wireTools) registerTool(server, served, wire, options, principalOf);
    for (const resource of options.resources) registerResource(server, resource, options, principalOf);
    for (const prompt of options.prompts) registerPrompt(server, prompt);
    options.decorate?.(server);
    return server;
  };
}

function registerTool(
  server: McpServer,
  served: ServedTool,
  wire: WireTool,
  options: McpOptions,
  principalOf: PrincipalOf,
): void {
  server.registerTool(
    wire.name,
    {
      title: wire.title,
      description: wire.description,
      inputSchema: checkedByCall(wire.inputSchema),
      ...(wire.outputSchema === undefined ? {} : { outputSchema: checkedByCall(wire.outputSchema) }),
      annotations: wire.annotations,
      ...(wire._meta === undefined ? {} : { _meta: wire._meta }),
    },
    async (input: unknown, context: ServerContext) => {
      const result = await options.call({
        served,
        input,
        caller: callerOf(server, context, principalOf),
        signal: AbortSignal.any([context.mcpReq.signal, options.closing]),
        progress: progressTo(context),
      });
      return {
        content: [{ type: 'text' as const, text: result.text }],
        ...(result.structured === undefined ? {} : { structuredContent: { ...result.structured } }),
        ...(result.isError ? { isError: true } : {}),
      };
    },
  );
}

/**
 * The SDK would refuse bad input before the call is seen, and so before it is audited. It gets a schema that shows the
 * shape and accepts everything; the call checks it, strictly.
 */
function checkedByCall(jsonSchema: Readonly<Record<string, unknown>>) {
  return {
    '~standard': {
      version: 1 as const,
      vendor: 'castellan',
      validate: (value: unknown) => ({ value }),
      jsonSchema: { input: () => ({ ...jsonSchema }), output: () => ({ ...jsonSchema }) },
    },
  };
}

function callerOf(server: McpServer, context: ServerContext, principalOf: PrincipalOf): Caller {
  const envelope: Readonly<Record<string, unknown>> = { ...context.mcpReq.envelope };
  const correlation = context.mcpReq._meta?.['claudecode/toolUseId'];
  return {
    principal: principalOf(context),
    client: clientLabel(envelope[CLIENT_INFO_META_KEY] ?? server.server.getClientVersion()),
    ...(typeof correlation === 'string' ? { correlation: correlation.slice(0, 100) } : {}),
  };
}

/** A label for the audit, never authority: the client says it of itself. */
function clientLabel(info: unknown): string {
  if (typeof info !== 'object' || info === null || !('name' in info) || !('version' in info)) return 'unnamed';
  return `${String(info.name)} ${String(info.version)}`.slice(0, 100);
}

function progressTo(context: ServerContext): (message: string, done?: number, total?: number) => void {
  const progressToken = context.mcpReq._meta?.progressToken;
  let reported = 0;
  return (message, done, total) => {
    if (progressToken === undefined) return;
    reported = Math.max(reported + 1, done ?? 0);
    const params = { progressToken, progress: reported, message, ...(total === undefined ? {} : { total }) };
    // A client that went away cannot be told of progress; the call itself ends by its signal.
    context.mcpReq.notify({ method: 'notifications/progress', params }).catch(() => undefined);
  };
}

function registerResource(
  server: McpServer,
  resource: ResourceDefinition,
  options: McpOptions,
  principalOf: PrincipalOf,
): void {
  const { title, description, mimeType } = resource;
  server.registerResource(resource.name, resource.uri, { title, description, mimeType }, async (uri, context) => {
    const text = await options.readResource({
      resource,
      caller: callerOf(server, context, principalOf),
      signal: AbortSignal.any([context.mcpReq.signal, options.closing]),
    });
    return { contents: [{ uri: uri.href, mimeType, text }] };
  });
}

function registerPrompt(server: McpServer, prompt: PromptDefinition): void {
  const { title, description } = prompt;
  const said = (given: Readonly<Record<string, unknown>>) => ({
    messages: [{ role: 'user' as const, content: { type: 'text' as const, text: prompt.text(textsOf(given)) } }],
  });
  if (prompt.arguments.length === 0) server.registerPrompt(prompt.name, { title, description }, () => said({}));
  else {
    const argsSchema = schemaOf(prompt.arguments);
    server.registerPrompt(prompt.name, { title, description, argsSchema }, (given) => said(given));
  }
}

function textsOf(given: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
}
