import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { Secret } from '../kit/index.ts';
import { connectVault } from './connect.ts';
import { clientOf, keptLog } from './hostile.fixture.ts';
import type { VaultSession } from './port.ts';
import { openScriptedVault, type ScriptedVault, wrappedOnly } from './scripted-vault.fixture.ts';
import { type ContractedVault, vaultContract } from './vault.contract.ts';

let scripted: ScriptedVault;
let vault: VaultSession;
let folder: string;
let wrapping: ReturnType<typeof clientOf>;
beforeAll(async () => {
  scripted = await openScriptedVault();
  folder = await mkdtemp(join(tmpdir(), 'castellan-vault-'));
  await writeFile(join(folder, 'token'), scripted.root);
  const { origin } = scripted.server;
  wrapping = clientOf(origin, new Secret(scripted.token(wrappedOnly)));
  const auth = { kind: 'token-file', file: join(folder, 'token'), requiredPolicy: 'root' } as const;
  const options = { address: origin, plainHttp: false, caFile: undefined, namespace: undefined, peers: [], auth };
  vault = await connectVault(options, { log: keptLog() });
});
afterAll(async () => {
  await vault[Symbol.asyncDispose]();
  await wrapping.sender[Symbol.asyncDispose]();
  await scripted[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

vaultContract('the scripted Vault', (): ContractedVault => ({ vault, wrapping: wrapping.client }));
