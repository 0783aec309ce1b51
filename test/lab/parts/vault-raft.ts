import { mkdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Lab } from '../lab.ts';
import { type VaultProcess, writePolicies, writeToken } from '../vault/castellan-token.ts';
import { askVault, tellVault, type VaultTarget } from '../vault/vault-api.ts';
import type { Part } from './part.ts';

const initialised = z.object({ keys_base64: z.tuple([z.string()]), root_token: z.string() });

/** A second Vault, for what one in memory cannot show: storage, a leader, and a seal that tests may close and open. */
export const vaultRaft: Part = {
  name: 'vault-raft',
  programs: ['vault'],
  needs: [],
  ports: ['vault-raft', 'vault-raft-cluster'],
  async prepare(lab) {
    mkdirSync(lab.path('vault-raft', 'data'), { recursive: true, mode: 0o700 });
    const address = (port: string) => `127.0.0.1:${lab.port(port)}`;
    const config = {
      storage: { raft: { path: lab.path('vault-raft', 'data'), node_id: 'lab', performance_multiplier: 1 } },
      listener: {
        tcp: {
          address: address('vault-raft'),
          cluster_address: address('vault-raft-cluster'),
          tls_cert_file: lab.pki('vault.crt'),
          tls_key_file: lab.pki('vault.key'),
          telemetry: { unauthenticated_metrics_access: true },
        },
      },
      api_addr: vaultRaftAddress(lab),
      cluster_addr: `https://${address('vault-raft-cluster')}`,
      telemetry: { disable_hostname: true, prometheus_retention_time: '24h' },
      disable_mlock: true,
    };
    writeFileSync(lab.path('vault-raft', 'config.json'), JSON.stringify(config));
  },
  command(lab) {
    return { file: lab.program('vault'), args: ['server', `-config=${lab.path('vault-raft', 'config.json')}`] };
  },
  /** Before `settle` there is nothing in it yet; afterwards it has to be unsealed and lead. */
  async ready(lab) {
    try {
      const { status } = await askVault(target(lab), 'GET', 'sys/health');
      return status === 200 || status === 501;
    } catch {
      return false; // Not listening yet, or not ours.
    }
  },
  async settle(lab) {
    const made = initialised.parse(
      await tellVault(target(lab), 'POST', 'sys/init', { secret_shares: 1, secret_threshold: 1 }),
    );
    const [key] = made.keys_base64;
    writeFileSync(unsealKeyFile(lab), key, { mode: 0o600 });
    writeFileSync(rootTokenFile(lab), made.root_token, { mode: 0o600 });
    await tellVault(target(lab), 'POST', 'sys/unseal', { key });
    for (let left = 300; (await askVault(target(lab), 'GET', 'sys/health')).status !== 200; left--) {
      if (left === 0) throw new Error('vault-raft was unsealed and never became the leader of its one node');
      await sleep(50, undefined, { signal: lab.signal });
    }
    const root = { ...target(lab), token: made.root_token };
    await Promise.all([
      tellVault(root, 'POST', 'sys/mounts/secret', { type: 'kv', options: { version: '2' } }),
      writePolicies(root),
    ]);
    const token = (who: VaultProcess) => writeToken(root, who, tokenFile(lab, who));
    await Promise.all([token('castellan'), token('castellan-fingerprinter'), token('castellan-keep')]);
  },
  env(lab) {
    return {
      vaultRaft: {
        addr: vaultRaftAddress(lab),
        caFile: lab.pki('ca.crt'),
        rootTokenFile: rootTokenFile(lab),
        castellanTokenFile: tokenFile(lab, 'castellan'),
        fingerprinterTokenFile: tokenFile(lab, 'castellan-fingerprinter'),
        requestsTokenFile: tokenFile(lab, 'castellan-keep'),
        unsealKeyFile: unsealKeyFile(lab),
      },
    };
  },
};

function target(lab: Lab): VaultTarget {
  return { addr: vaultRaftAddress(lab), caFile: lab.pki('ca.crt'), signal: lab.signal };
}

function vaultRaftAddress(lab: Lab): string {
  return `https://127.0.0.1:${lab.port('vault-raft')}`;
}

function rootTokenFile(lab: Lab): string {
  return lab.path('vault-raft', 'root-token');
}

function tokenFile(lab: Lab, who: VaultProcess): string {
  return lab.path('vault-raft', `${who}-token`);
}

function unsealKeyFile(lab: Lab): string {
  return lab.path('vault-raft', 'unseal-key');
}
