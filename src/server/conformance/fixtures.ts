import type { InMemoryServerEventBus, McpServer, RequestStateCodec } from '@modelcontextprotocol/server';
import { registerContentFixtures } from './content-fixtures.ts';
import { registerExchangeFixtures } from './exchange-fixtures.ts';
import { registerOfferedFixtures } from './offered-fixtures.ts';
import { registerStreamFixtures } from './stream-fixtures.ts';

/**
 * Fixtures for the protocol's own test suite (`@modelcontextprotocol/conformance`), which calls tools, resources and
 * prompts of fixed names and expects fixed answers. They reach nothing: no port, no store, no file. The suite's scenarios
 * for the tasks extension are left out, because Castellan does not offer tasks.
 */
export interface FixtureSurroundings {
  /** Where open subscriptions hear that a list changed. */
  readonly changes: Pick<InMemoryServerEventBus, 'publish'>;
  /** Seals what a fixture must remember between two rounds of one exchange. */
  readonly state: RequestStateCodec;
}

export function registerConformanceFixtures(server: McpServer, surroundings: FixtureSurroundings): void {
  server.server.registerCapabilities({ logging: {}, completions: {}, resources: { subscribe: true } });
  registerContentFixtures(server);
  registerStreamFixtures(server, surroundings.changes);
  registerExchangeFixtures(server, surroundings.state);
  registerOfferedFixtures(server);
}
