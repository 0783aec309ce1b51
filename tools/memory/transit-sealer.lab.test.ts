import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { vaultPolicy } from '../../src/cli/vault-policies.ts';
import { describeWithLab } from '../../test/lab/use-lab.ts';
import { askVault, tellVault, type VaultTarget } from '../../test/lab/vault/vault-api.ts';
import { memoryConfig } from './config.ts';
import { openSealer } from './sealer.ts';

const created = z.object({ auth: z.object({ client_token: z.string() }) });
const decrypted = z.object({ data: z.object({ plaintext: z.string() }) });

await describeWithLab('sealing memories with a real Vault', (lab) => {
  const { vault: at } = lab;
  if (at === undefined) throw new Error(`lab ${lab.name} is not whole`);
  const folder = mkdtempSync(join(tmpdir(), 'castellan-transit-'));
  const root: VaultTarget = { addr: at.addr, token: readFileSync(at.rootTokenFile, 'utf8') };
  const file = join(folder, 'token');
  let own: VaultTarget;
  let human: VaultTarget;

  const tokenOf = async (policy: string): Promise<VaultTarget> => {
    const options = { policies: [policy], no_parent: true, no_default_policy: true, period: '1h' };
    const made = created.parse(await tellVault(root, 'POST', 'auth/token/create', options));
    return { addr: at.addr, token: made.auth.client_token };
  };
  const open = (key = 'castellan-memories', from = file) => {
    const auth = { kind: 'token-file', file: from };
    return openSealer(memoryConfig.parse({ sensitive: { kind: 'transit', address: at.addr, auth, key } }));
  };

  beforeAll(async () => {
    await tellVault(root, 'POST', 'transit/keys/castellan-memories');
    await tellVault(root, 'PUT', 'sys/policies/acl/castellan-memories', { policy: vaultPolicy('memories') });
    await tellVault(root, 'PUT', 'sys/policies/acl/reads-memories', {
      policy: 'path "transit/decrypt/castellan-memories" { capabilities = ["update"] }',
    });
    own = await tokenOf('castellan-memories');
    human = await tokenOf('reads-memories');
    writeFileSync(file, own.token ?? '', { mode: 0o600 });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('closes a text that a human opens, and that its own token does not', async () => {
    await using sealing = open();
    const text = 'The spare key lies under the third pot. 🔑';
    const ciphertext = Buffer.from((await sealing.sealer?.seal(text, AbortSignal.timeout(10_000))) ?? []).toString();
    expect(ciphertext).toMatch(/^vault:v1:/);
    expect(ciphertext).not.toContain(Buffer.from(text).toString('base64'));
    expect(sealing.sealer?.name).toBe('transit:transit/castellan-memories');

    const path = 'transit/decrypt/castellan-memories';
    expect((await askVault(own, 'POST', path, { ciphertext })).status).toBe(403);
    const opened = decrypted.parse(await tellVault(human, 'POST', path, { ciphertext }));
    expect(Buffer.from(opened.data.plaintext, 'base64').toString()).toBe(text);
    expect(await sealing.finding()).toMatchObject({ status: 'pass' });
  });

  it.each([
    ['POST', 'transit/encrypt/castellan', { plaintext: 'eA==' }],
    ['POST', 'transit/encrypt/new-key', { plaintext: 'eA==' }],
    ['POST', 'transit/rewrap/castellan-memories', { ciphertext: 'vault:v1:x' }],
    ['POST', 'transit/datakey/plaintext/castellan-memories', {}],
    ['POST', 'transit/keys/castellan-memories/config', { exportable: true }],
    ['POST', 'transit/keys/castellan-memories/rotate', {}],
    ['GET', 'transit/keys/castellan-memories', undefined],
    ['GET', 'transit/export/encryption-key/castellan-memories', undefined],
    ['GET', 'secret/metadata/?list=true', undefined],
    ['GET', 'sys/mounts', undefined],
    ['POST', 'auth/token/create', {}],
  ] as const)('its token may nothing else: %s %s', async (method, path, body) => {
    expect((await askVault(own, method, path, body)).status).toBe(403);
  });

  it('takes no token that may more: neither root nor one that can open', async () => {
    for (const [name, token] of Object.entries({ root: root.token, human: human.token })) {
      const stronger = join(folder, name);
      writeFileSync(stronger, token ?? '', { mode: 0o600 });
      await using sealing = open('castellan-memories', stronger);
      const refused = sealing.sealer?.seal('The spare key lies under the third pot.', AbortSignal.timeout(10_000));
      await expect(refused, name).rejects.toMatchObject({ code: 'memory-unsealed' });
    }
  });

  it('stores nothing in plain when Vault refuses, and says what to look at', async () => {
    await using sealing = open('another-key');
    const refused = sealing.sealer?.seal('The spare key lies under the third pot.', AbortSignal.timeout(10_000));
    await expect(refused).rejects.toMatchObject({
      code: 'memory-unsealed',
      message: expect.stringContaining('vault-refused'),
    });
    await expect(refused).rejects.toMatchObject({ message: expect.not.stringContaining('third pot') });
    expect(await sealing.finding()).toMatchObject({ status: 'fail' });
  });
});
