import { keepPort } from '../../src/change/wire/keep-port.ts';
import { clusterPort } from '../../src/cluster/index.ts';
import { CastellanError, defineGroup, ifConfigured, provide } from '../../src/kit/index.ts';
import { connectVault, vaultPort } from '../../src/vault/index.ts';
import { createAllowance } from './allowance.ts';
import { lokiAudit } from './audit-reads.ts';
import { compare } from './compare.ts';
import { type VaultConfig, vaultConfig, vaultOptions } from './config.ts';
import { consumers } from './consumers.ts';
import { describe } from './describe.ts';
import { health } from './health.ts';
import { openNames } from './inventory.ts';
import { knownValuesOf } from './known-values.ts';
import type { VaultPorts } from './port.ts';
import { probeVault } from './probe.ts';
import { request } from './request.ts';
import { search } from './search.ts';
import { createStrength } from './strength.ts';

export const vault = defineGroup({
  name: 'vault',
  summary:
    'Vault or OpenBao without a value: names, ages, consumers, comparisons of references, health; humans are asked for the rest',
  prefixes: ['vault', 'secret'],
  configKey: 'vault',
  config: vaultConfig,
  howToConfigure:
    'vault: { address: https://vault.example.net:8200, auth: { kind: token-file, file: /path/to/token } } (its policy: `castellan vault policy`)',
  routing: [
    'where a password, token or key is kept → vault_search, never vault kv get',
    'keys of a secret, when one changed, its rotation, text that uses it → vault_describe before raw vault kv metadata get',
    'who uses a secret, what breaks when it is rotated, unused and broken ones → vault_consumers before it is changed',
    'whether a Kubernetes Secret or another path has the same value, whether pods need a restart → vault_compare, never by reading both',
    'sealed, hung, 403, what our token may → vault_health before raw vault status',
    'a value itself (the password of an app), a new value, a kubeconfig → secret_request asks a human; no tool shows one',
  ],
  requires: { keep: ifConfigured(keepPort), cluster: ifConfigured(clusterPort) },
  provides: [vaultPort.name],
  tools: [compare, consumers, describe, health, request, search],
  async connect(config, { keep, cluster }) {
    const session = await connectVault(vaultOptions(config), { log: quiet });
    try {
      const ports = await portsOver(session, config, { keep, cluster });
      return {
        ports,
        provides: [provide(vaultPort, session)],
        probe: (signal) => probeVault(ports, new Date(), signal),
        [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
      };
    } catch (error) {
      await session[Symbol.asyncDispose]();
      throw error;
    }
  },
});

/** What the session would log it says in its standing, which vault_health and doctor show. */
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

const weighingMs = 20_000;

export async function portsOver(
  session: VaultPorts['vault'],
  config: VaultConfig,
  lent: Pick<VaultPorts, 'keep' | 'cluster'>,
): Promise<VaultPorts> {
  const { strict, address, caFile, plainHttp, audit } = config;
  const strength = createStrength(session, strict);
  const names = openNames({ vault: session, strength });
  const nodes = config.nodes.length === 0 ? [address] : config.nodes;
  try {
    await names.inventory(AbortSignal.timeout(weighingMs));
  } catch (error) {
    // A Vault that is away comes back; until its token was weighed, every tool that asks it weighs it first.
    if (!(error instanceof CastellanError) && !isTimeout(error)) throw error;
  }
  strength.assertFit();
  return {
    vault: session,
    nodes: nodes.map((node) => ({ address: node, caFile, plainHttp })),
    names,
    strength,
    comparisons: createAllowance(),
    knownValues: knownValuesOf(lent.keep),
    audit: audit === undefined ? undefined : lokiAudit(audit),
    ...lent,
  };
}

function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'TimeoutError';
}
