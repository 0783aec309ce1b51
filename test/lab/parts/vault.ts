import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { Lab } from '../lab.ts';
import { type VaultProcess, writePolicies, writeToken } from '../vault/castellan-token.ts';
import { setUpHomelab } from '../vault/homelab-setup.ts';
import { askVault, tellVault, type VaultTarget } from '../vault/vault-api.ts';
import type { Part } from './part.ts';

/** The Vault of the home: unsealed, in memory, with key-value secrets at secret/. */
export const vault: Part = {
  name: 'vault',
  programs: ['vault', 'kubectl'],
  needs: ['kube-apiserver', 'postgres', 'oidc'],
  ports: ['vault'],
  async prepare(lab) {
    mkdirSync(lab.path('vault'), { mode: 0o700 });
    // Not in the form of Vault's own tokens, which no one else may choose.
    writeFileSync(rootTokenFile(lab), `root-${randomBytes(18).toString('base64url')}`, { mode: 0o600 });
    // It would listen for others of its kind on the next port up, which may be somebody else's.
    writeFileSync(lab.path('vault', 'config.json'), JSON.stringify({ disable_clustering: true }));
  },
  command(lab) {
    return {
      file: lab.program('vault'),
      args: [
        'server',
        '-dev',
        '-dev-no-store-token',
        `-dev-listen-address=127.0.0.1:${lab.port('vault')}`,
        `-config=${lab.path('vault', 'config.json')}`,
      ],
      env: { VAULT_DEV_ROOT_TOKEN_ID: readFileSync(rootTokenFile(lab), 'utf8') },
    };
  },
  /** Only this lab's Vault knows this lab's token. */
  async ready(lab) {
    try {
      return (await askVault(asRoot(lab), 'GET', 'auth/token/lookup-self')).status === 200;
    } catch {
      return false; // Not listening yet.
    }
  },
  async settle(lab) {
    const root = asRoot(lab);
    await tellVault(root, 'POST', 'sys/audit/file', {
      type: 'file',
      options: { file_path: lab.path('vault', 'audit.log'), mode: '0600' },
    });
    await writePolicies(root);
    const token = (who: VaultProcess) => writeToken(root, who, tokenFile(lab, who));
    await Promise.all([
      token('castellan'),
      token('castellan-fingerprinter'),
      token('castellan-keep'),
      setUpHomelab(lab, root),
    ]);
  },
  env(lab) {
    return {
      vault: {
        addr: vaultAddress(lab),
        rootTokenFile: rootTokenFile(lab),
        castellanTokenFile: tokenFile(lab, 'castellan'),
        fingerprinterTokenFile: tokenFile(lab, 'castellan-fingerprinter'),
        requestsTokenFile: tokenFile(lab, 'castellan-keep'),
        audit: lab.path('vault', 'audit.log'),
      },
    };
  },
};

function asRoot(lab: Lab): VaultTarget {
  return { addr: vaultAddress(lab), token: readFileSync(rootTokenFile(lab), 'utf8'), signal: lab.signal };
}

function vaultAddress(lab: Lab): string {
  return `http://127.0.0.1:${lab.port('vault')}`;
}

function rootTokenFile(lab: Lab): string {
  return lab.path('vault', 'root-token');
}

function tokenFile(lab: Lab, who: VaultProcess): string {
  return lab.path('vault', `${who}-token`);
}
