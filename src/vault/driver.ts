import type { CastellanError } from '../kit/index.ts';
import { vaultError } from './errors.ts';
import type { VaultBody } from './port.ts';
import type { Received } from './sender.ts';

/**
 * node-vault, with everything taken from it that it could do harm with: it gets no token, no opened secret, no transport of
 * its own, nothing to print with, and what it would read from the environment is overwritten. What it puts together, an
 * address and a body, is compared and carried by us; answers reach it as successes, so that it makes no errors of them.
 */
export interface DriverCall {
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** Encoded, with the query, below /v1/. */
  readonly below: string;
  readonly body: VaultBody | undefined;
}

export type Driver = (call: DriverCall, send: (body: VaultBody | undefined) => Promise<Received>) => Promise<Received>;

/** What it hands to a transport. */
interface Handed {
  readonly uri?: unknown;
  readonly method?: unknown;
  readonly json?: VaultBody;
  readonly ticket?: object;
}

interface Waiting {
  readonly method: string;
  readonly uri: string;
  readonly send: (body: VaultBody | undefined) => Promise<Received>;
}

export function createDriver(origin: string): Driver {
  const waiting = new WeakMap<object, Waiting>();
  const carry = async ({ ticket, uri, method, json }: Handed) => {
    const call = ticket === undefined ? undefined : waiting.get(ticket);
    if (call === undefined || uri !== call.uri || method !== call.method) throw astray();
    // No path, because it takes any answer for a good one where the path looks like health.
    return { statusCode: 200, body: await call.send(json), request: { path: '' } };
  };
  // Loaded when Vault is first asked: it brings a good deal that most commands never need.
  let loading: ReturnType<typeof load> | undefined;
  const load = async () => {
    const { default: makeDriver } = await loadLibrary();
    const driver = makeDriver({
      endpoint: origin,
      apiVersion: 'v1',
      debug: () => undefined,
      commands: {},
      'request-promise': { defaults: () => carry },
    });
    return Object.assign(driver, { token: '', pathPrefix: '', namespace: '', endpoint: origin });
  };
  return async ({ method, below, body }, send) => {
    const ticket = {};
    waiting.set(ticket, { method, uri: `${origin}/v1/${below}`, send });
    try {
      const options = { path: `/${below}`, method, ticket, ...(body === undefined ? {} : { json: body }) };
      loading ??= load();
      return (await (await loading).request(options)) as Received;
    } finally {
      waiting.delete(ticket);
    }
  };
}

/** It takes its time on a busy machine: whoever is about to ask has it loaded before a deadline begins. */
export function loadLibrary() {
  return import('node-vault');
}

function astray(): CastellanError {
  return vaultError('vault-path-invalid', {
    message: 'the driver changed the address it was given, so nothing was sent',
    next: 'report it: a path with these characters is not understood',
  });
}
