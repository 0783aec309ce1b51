import { setTimeout as sleep } from 'node:timers/promises';
import type { InMemoryServerEventBus, McpServer, ServerContext } from '@modelcontextprotocol/server';

/** How long the suite asks a tool to wait between two of its messages. */
const pauseMs = 50;

/** Tools that say something before they answer: progress, log messages, changed lists. */
export function registerStreamFixtures(server: McpServer, changes: Pick<InMemoryServerEventBus, 'publish'>): void {
  server.registerTool(
    'test_tool_with_progress',
    { description: 'Protocol fixture: reports progress three times.' },
    async (context: ServerContext) => {
      const progressToken = context.mcpReq._meta?.progressToken;
      for (const progress of [0, 50, 100]) {
        if (progress > 0) await sleep(pauseMs, undefined, { signal: context.mcpReq.signal });
        if (progressToken === undefined) continue;
        await context.mcpReq.notify({
          method: 'notifications/progress',
          params: { progressToken, progress, total: 100 },
        });
      }
      return { content: [{ type: 'text', text: 'reported' }] };
    },
  );
  for (const name of ['test_tool_with_logging', 'test_logging_tool']) {
    server.registerTool(
      name,
      { description: 'Protocol fixture: sends three log messages.' },
      async (context: ServerContext) => {
        for (const [index, message] of logMessages.entries()) {
          if (index > 0) await sleep(pauseMs, undefined, { signal: context.mcpReq.signal });
          await context.mcpReq.log('info', message);
        }
        return { content: [{ type: 'text', text: 'logged' }] };
      },
    );
  }
  for (const [name, kind] of triggers) {
    server.registerTool(name, { description: 'Protocol fixture: says that a list changed.' }, () => {
      changes.publish({ kind });
      return { content: [{ type: 'text', text: 'published' }] };
    });
  }
}

const logMessages = ['Tool execution started', 'Tool processing data', 'Tool execution completed'];
const triggers = [
  ['test_trigger_tool_change', 'tools_list_changed'],
  ['test_trigger_prompt_change', 'prompts_list_changed'],
] as const;
