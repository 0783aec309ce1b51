import { expect, test } from 'vitest';
import { entryText } from './client-entry.ts';

test('the entry for any client starts the shim with its arguments', () => {
  expect(JSON.parse(entryText(['--config', '/srv/castellan.yaml', 'mcp']))).toEqual({
    mcpServers: {
      castellan: { type: 'stdio', command: 'castellan', args: ['--config', '/srv/castellan.yaml', 'mcp'] },
    },
  });
});
