import { randomBytes } from 'node:crypto';
import { createRequestStateCodec, InMemoryServerEventBus } from '@modelcontextprotocol/server';
import { type Config, isLoopback } from '../../config/index.ts';
import { defineErrors, type Principal } from '../../kit/index.ts';
import type { ConformanceServing } from '../daemon.ts';
import { registerConformanceFixtures } from './fixtures.ts';
import { sessionfulHandler } from './legacy-sessions.ts';

const profileError = defineErrors({
  'conformance-refused': {
    audience: 'operator',
    meaning: 'The protocol test profile answers without tokens, so it serves nothing real and nobody beyond loopback.',
  },
});

/** May read what every server offers: its status. No tool of the catalogue is served beside, and fixtures need no scope. */
const principal: Principal = Object.freeze({
  agent: 'agent:conformance',
  human: 'human:nobody',
  via: 'conformance',
  scopes: Object.freeze(['read'] as const),
});

/**
 * How the daemon serves the protocol's test suite: the same stack, fixtures beside the empty catalogue, no tokens. Throws
 * `conformance-refused` for a configuration that names anything real or listens where others can reach it.
 */
export function conformanceProfile(config: Config): ConformanceServing {
  const reason = refusal(config);
  if (reason !== undefined) {
    throw profileError('conformance-refused', {
      message: `the conformance profile answers without tokens, and ${reason}`,
      next: 'start it with an empty castellan.yaml and a data directory of its own: --config and --home',
    });
  }
  const changes = new InMemoryServerEventBus();
  const state = createRequestStateCodec({ key: randomBytes(32) });
  return {
    authenticate: async () => principal,
    decorate: (server) => registerConformanceFixtures(server, { changes, state }),
    verifyState: state.verify,
    handlerFor: (factory, limits) => sessionfulHandler(factory, changes, limits),
  };
}

function refusal({ groups, groupsByDefault, database, http }: Config): string | undefined {
  const group = [...groups.keys()].find((key) => !groupsByDefault.includes(key));
  if (group !== undefined) return `the configuration names ${group}`;
  if (database.kind !== 'embedded') return 'the configuration names a database server';
  if (http === undefined) return 'the configuration has no HTTP listener';
  if (!isLoopback(http.host)) return `the configuration listens on ${http.host}, which is not loopback`;
  if (http.allowedHosts.length + http.allowedOrigins.length > 0) {
    return 'the configuration lets other hosts or origins in';
  }
  return undefined;
}
