import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { silent } from '../../src/redaction/no-redaction.fixture.ts';
import { connectVault } from '../../src/vault/index.ts';
import { describeWithLab } from '../../test/lab/use-lab.ts';
import { tellVault } from '../../test/lab/vault/vault-api.ts';
import { noDatabase } from './call.fixture.ts';
import { kubectl } from './group.ts';

await describeWithLab('a cluster read with a token that Vault lends', (lab) => {
  const { vault: at } = lab;
  if (at === undefined) throw new Error(`lab ${lab.name} has no Vault`);
  const auth = { kind: 'token-file', file: at.rootTokenFile, requiredPolicy: 'root' } as const;
  const options = { address: at.addr, plainHttp: false, caFile: undefined, namespace: undefined, peers: [], auth };
  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const wanted = { role: 'castellan', namespace: 'castellan', minutes: 15 };

  it('needs no credential of its own, and is checked like every other', async () => {
    await using session = await connectVault(options, { log: quiet });
    const required = { redactor: silent, database: noDatabase, vault: async () => session };
    // This kubeconfig's own user may write: with it nothing would be read.
    const config = { kubeconfig: lab.kubeconfig.applier };
    await expect(kubectl.connect(config, required)).rejects.toMatchObject({ code: 'cluster-overprivileged' });
    await using connection = await kubectl.connect({ ...config, vault: wanted }, required);
    const findings = await connection.probe(AbortSignal.timeout(20_000));
    expect(findings.filter(({ status }) => status !== 'pass')).toEqual([]);
    expect(JSON.stringify(findings)).toContain('system:serviceaccount:castellan:castellan');
  });

  it('is not read where the account that is lent may write', async () => {
    await using session = await connectVault(options, { log: quiet });
    const root = { addr: at.addr, token: readFileSync(at.rootTokenFile, 'utf8') };
    const role = `writer-${randomBytes(4).toString('hex')}`;
    await tellVault(root, 'POST', `kubernetes/roles/${role}`, {
      service_account_name: 'vault',
      allowed_kubernetes_namespaces: ['kube-system'],
    });
    const required = { redactor: silent, database: noDatabase, vault: async () => session };
    const vault = { role, namespace: 'kube-system', minutes: 15 };
    const connecting = kubectl.connect({ kubeconfig: lab.kubeconfig.castellan, vault }, required);
    await expect(connecting).rejects.toMatchObject({ code: 'cluster-overprivileged' });
    await tellVault(root, 'DELETE', `kubernetes/roles/${role}`);
  });
});
