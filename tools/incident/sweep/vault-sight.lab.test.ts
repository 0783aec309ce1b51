import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { vaultUnsealed } from '../../../src/incident/sweep/checks/vault-unsealed.ts';
import { sweep } from '../../../src/incident/sweep/sweep.ts';
import { connectVault } from '../../../src/vault/index.ts';
import { startOwnVault } from '../../../test/lab/secrets/own-vault.ts';
import { describeWithLab } from '../../../test/lab/use-lab.ts';
import { vaultSight } from './vault-sight.ts';

await describeWithLab('what a sweep sees of a real Vault', () => {
  const folder = mkdtempSync(join(tmpdir(), 'castellan-sweep-vault-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is whether it works: well, sealed, hung', async () => {
    await using own = await startOwnVault();
    const file = join(folder, 'token');
    writeFileSync(file, await own.token(['castellan-metadata']), { mode: 0o600 });
    const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
    await using vault = await connectVault(
      {
        address: own.addr,
        plainHttp: false,
        caFile: undefined,
        namespace: undefined,
        peers: [],
        auth: { kind: 'token-file', file, requiredPolicy: 'castellan-metadata' },
      },
      { log: quiet },
    );
    const swept = async () => {
      const at = new Date();
      const seen = await vaultSight(vault, AbortSignal.timeout(30_000));
      const sight = { at, failed: new Map(), samples: new Map(), vault: seen };
      const [result] = sweep(sight, { checks: [vaultUnsealed], without: [] }).checks;
      return [result?.status, seen.role, seen.token];
    };
    expect(await swept()).toEqual(['pass', 'active', 'alive']);
    await own.seal();
    expect(await swept()).toEqual(['fail', 'sealed', 'alive']);
    await own.unseal();
    await expect.poll(swept, { timeout: 30_000 }).toEqual(['pass', 'active', 'alive']);
    own.freeze();
    expect(await swept()).toEqual(['unknown', 'unreachable', 'alive']);
    own.thaw();
  });
});
