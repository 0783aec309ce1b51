import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectVault } from '../../src/vault/index.ts';
import type { VaultSession } from '../../src/vault/port.ts';
import { describeWithLab } from '../../test/lab/use-lab.ts';
import { tellVault } from '../../test/lab/vault/vault-api.ts';
import { compare } from './compare.ts';
import { vaultConfig, vaultOptions } from './config.ts';
import { consumers } from './consumers.ts';
import { describe } from './describe.ts';
import { vault as group, portsOver } from './group.ts';
import { health } from './health.ts';
import type { VaultPorts } from './port.ts';
import { callTool, scriptedKeep } from './scripted-vault.fixture.ts';
import { search } from './search.ts';

await describeWithLab('the tools of secrets, against the lab’s Vault', (lab) => {
  const target = lab.vault;
  if (target === undefined) throw new Error(`lab ${lab.name} has no Vault`);
  const root = { addr: target.addr, token: readFileSync(target.rootTokenFile, 'utf8') };
  const path = `tools/${randomBytes(4).toString('hex')}`;
  const value = randomBytes(16).toString('hex');
  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const config = (file: string, strict = true) =>
    vaultConfig.parse({ address: target.addr, auth: { kind: 'token-file', file }, strict });

  let session: VaultSession;
  let ports: VaultPorts;
  beforeAll(async () => {
    await tellVault(root, 'POST', `secret/data/${path}`, { data: { password: value, user: 'mail' } });
    await tellVault(root, 'POST', `secret/data/${path}`, { data: { password: `${value}2`, user: 'mail' } });
    await tellVault(root, 'POST', `secret/metadata/${path}`, { custom_metadata: { owner: 'robin' } });
    const given = config(target.castellanTokenFile);
    session = await connectVault(vaultOptions(given), { log: quiet });
    ports = await portsOver(session, given, { keep: async () => scriptedKeep(() => ({})), cluster: undefined });
  });
  afterAll(() => session[Symbol.asyncDispose]());

  it('find a key by its name, and never show its value', async () => {
    const text = await callTool(search, ports, { words: `${path} password` });
    expect(text).toContain(`secret/${path}\tpassword\t2`);
    expect(text).not.toContain(value);
  });

  it('describe its versions and keys', async () => {
    const text = await callTool(describe, ports, { secret: `secret/${path}` });
    expect(text).toContain('version 2');
    expect(text).toContain('password  last changed: unknown');
    expect(text).toContain('owner: robin');
    expect(text).not.toContain(value);
  });

  it('tell when database passwords are rotated', async () => {
    const text = await callTool(consumers, ports, { rotation: true });
    expect(text).toMatch(/covers \d+ database password/);
    expect(text).not.toContain('NOT SEEN: static roles');
  });

  it('tell how it is, and that nothing is missing of our rights', async () => {
    const text = await callTool(health, ports);
    expect(text).toMatch(/ok\tleader\tanswers an authenticated read/);
    expect(text).toMatch(/ok\tour token/);
    expect(text).not.toContain('TOO MUCH');
  });

  it('compare nothing with a value', async () => {
    await expect(callTool(compare, ports, { left: `secret/${path}#password`, right: value })).rejects.toMatchObject({
      code: 'vault-compare-literal',
    });
  });

  it('refuse the token of root, or take it where strict is off and say so', async () => {
    const asRoot = {
      address: target.addr,
      auth: { kind: 'token-file', file: target.rootTokenFile },
      requiredPolicy: 'root',
    };
    await expect(group.connect(asRoot, {})).rejects.toMatchObject({ code: 'vault-token-too-strong' });
    const connection = await group.connect({ ...asRoot, strict: false }, {});
    expect(await callTool(search, connection.ports as VaultPorts)).toContain('TOKEN TOO STRONG');
    await connection[Symbol.asyncDispose]();
  });
});
