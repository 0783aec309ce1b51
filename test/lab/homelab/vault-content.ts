import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { VaultEnv } from '../lab-env.ts';
import type { Canary } from '../sample/canaries.ts';
import { everyApp, type Stack, vaultPath } from './model.ts';

/**
 * What is in Vault: under secret/, one path an app and some that belong to nobody in particular; sixty keys. Most values are
 * secret, some are only settings that were put beside them, and those must not be mistaken for secrets.
 */
export type VaultContent = ReadonlyMap<string, Readonly<Record<string, string>>>;

/** A key an ExternalSecret asks for and Vault does not have. */
export const missingKey = { does: 'bank import', key: 'webhook_signing_key' } as const;

const settings: Readonly<Record<string, string>> = {
  host: 'relay.example.net',
  port: '587',
  username: 'house',
  region: 'eu-north-1',
};

const shared: Readonly<Record<string, readonly string[]>> = {
  'shared/smtp': ['host', 'port', 'username', 'password'],
  'shared/object-store': ['host', 'region', 'access_key', 'secret_key'],
  'shared/registry': ['host', 'username', 'password', 'dockerconfigjson'],
  'infra/router': ['admin_password', 'snmp_community'],
  'infra/hypervisor': ['root_password', 'api_token'],
  'infra/backup-host': ['host', 'username', 'ssh_private_key', 'encryption_passphrase'],
  'infra/dns-provider': ['api_token', 'account_id', 'webhook_secret'],
  'infra/ups': ['username', 'password'],
  'operators/robin': ['recovery_code', 'wireguard_private_key'],
};

export function drawVaultContent(stacks: readonly Stack[]): VaultContent {
  const apps = everyApp(stacks).flatMap(({ stack, app }) => {
    const keys = (app.secretKeys ?? []).filter((key) => app.does !== missingKey.does || key !== missingKey.key);
    return keys.length === 0 ? [] : [[vaultPath(stack, app), draw(keys)] as const];
  });
  return new Map([...apps, ...Object.entries(shared).map(([path, keys]) => [path, draw(keys)] as const)]);
}

function draw(keys: readonly string[]): Record<string, string> {
  return Object.fromEntries(keys.map((key) => [key, settings[key] ?? secretValue(key)]));
}

function secretValue(key: string): string {
  if (key.endsWith('private_key')) {
    return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  }
  if (key === 'dockerconfigjson') {
    const auth = Buffer.from(`house:${randomBytes(15).toString('base64url')}`).toString('base64');
    return JSON.stringify({ auths: { 'registry.example.net': { auth } } });
  }
  return randomBytes(18).toString('base64url');
}

/** The values that must never be seen, by where they are. */
export function vaultCanaries(content: VaultContent): readonly Canary[] {
  return [...content].flatMap(([path, keys]) =>
    Object.entries(keys)
      .filter(([key]) => settings[key] === undefined)
      .map(([key, value]) => ({ where: `Vault secret/${path}#${key}`, value })),
  );
}

/** Writes all of it; the first path twice, so that one has a history. */
export async function writeVaultContent(vault: VaultEnv, content: VaultContent): Promise<void> {
  const token = readFileSync(vault.rootTokenFile, 'utf8').trim();
  const post = async (path: string, body: object): Promise<void> => {
    const response = await fetch(`${vault.addr}/v1/secret/${path}`, {
      method: 'POST',
      headers: { 'x-vault-token': token },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok) throw new Error(`Vault refused secret/${path}: ${response.status} ${await response.text()}`);
  };
  const write = async ([path, data]: [string, Readonly<Record<string, string>>], index: number): Promise<void> => {
    const owner = path.split('/')[0] ?? '';
    await post(`metadata/${path}`, {
      custom_metadata: { owner, 'rotate-days': path.startsWith('infra/') ? '365' : '90' },
    });
    if (index === 0) await post(`data/${path}`, { data: draw(Object.keys(data)), options: { cas: 0 } });
    await post(`data/${path}`, { data, options: { cas: index === 0 ? 1 : 0 } });
  };
  await Promise.all([...content].map(write));
}
