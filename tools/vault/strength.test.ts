import { describe, expect, it } from 'vitest';
import { describe as describeTool } from './describe.ts';
import { vault as group, portsOver } from './group.ts';
import { callTool, portsOf, scriptedVault } from './scripted-vault.fixture.ts';
import { search } from './search.ts';

const config = (strict: boolean) =>
  group.config.parse({
    address: 'http://127.0.0.1:8200',
    auth: { kind: 'token-file', file: '/run/token' },
    strict,
  }) as Parameters<typeof portsOver>[1];
const connect = async (rights: Record<string, readonly string[]>, strict = true) => {
  const vault = scriptedVault();
  Object.assign(vault.rights, rights);
  return portsOver(vault, config(strict), { keep: undefined, cluster: undefined });
};

describe('a token is refused that', () => {
  it.each<[string, Record<string, readonly string[]>]>([
    ['reads every value', { 'secret/data/': ['read'] }],
    ['reads one secret, by its own name', { 'secret/data/apps/mail': ['read'] }],
    ['writes values', { 'secret/data/': ['create', 'update'] }],
    ['patches values', { 'secret/data/': ['patch'] }],
    ['deletes versions', { 'secret/delete/': ['update'] }],
    ['destroys versions', { 'secret/destroy/': ['update'] }],
    ['deletes metadata', { 'secret/metadata/': ['read', 'list', 'delete'] }],
    ['reads rotated passwords', { 'database/static-creds/': ['read'] }],
    ['mints database credentials', { 'database/creds/': ['read'] }],
    ['mints Kubernetes tokens of any role', { 'kubernetes/creds/': ['update'] }],
    ['writes policies', { 'sys/policies/acl/': ['update'] }],
    ['mounts engines', { 'sys/mounts/': ['create'] }],
    ['is root', { '': ['root'] }],
  ])('%s', async (_, rights) => {
    await expect(connect(rights)).rejects.toMatchObject({ code: 'vault-token-too-strong' });
  });
});

it('one that reads names and ages, and mints of one role, is taken', async () => {
  const rights = {
    'secret/metadata/': ['read', 'list'],
    'secret/subkeys/': ['read'],
    'kubernetes/creds/castellan-reader': ['update'],
  };
  const ports = await connect(rights);
  expect(ports.strength.examined).toBe(true);
  expect(ports.strength.notes()).toEqual([]);
});

it('without strict it is taken, and every answer says so', async () => {
  const ports = await connect({ 'secret/data/': ['read'] }, false);
  expect(await callTool(search, ports)).toContain(
    'TOKEN TOO STRONG (vault.strict is off): the daemon may read or write values of secret (read)',
  );
});

it('what is granted after the daemon connected is found with the names, and stops the answer', async () => {
  const vault = scriptedVault();
  const ports = portsOf({ vault });
  vault.rights['secret/data/'] = ['read'];
  await expect(callTool(search, ports)).rejects.toMatchObject({ code: 'vault-token-too-strong' });
});

it('a Vault that does not say what the token may do is asked nothing else', async () => {
  const vault = scriptedVault();
  const { ask } = vault;
  Object.assign(vault, {
    ask: async (request: Parameters<typeof ask>[0]) => {
      if (request.path.at(-1) === 'capabilities-self') return request.reply.parse({ data: {} });
      return ask.call(vault, request);
    },
  });
  await expect(callTool(search, portsOf({ vault }))).rejects.toMatchObject({ code: 'vault-reply-invalid' });
});

it('a Vault that is away when the daemon connects does not leave the token unweighed', async () => {
  const vault = scriptedVault();
  const mounts = vault.replies['GET sys/internal/ui/mounts'];
  vault.replies['GET sys/internal/ui/mounts'] = { code: 'vault-sealed' };
  vault.rights['secret/data/'] = ['read'];
  const ports = await portsOver(vault, config(true), { keep: undefined, cluster: undefined });
  await expect(callTool(search, ports)).rejects.toMatchObject({ code: 'vault-sealed' });
  if (mounts !== undefined) vault.replies['GET sys/internal/ui/mounts'] = mounts;
  const asked = { secret: 'secret/apps/mail' };
  await expect(callTool(describeTool, ports, asked)).rejects.toMatchObject({ code: 'vault-token-too-strong' });
});
