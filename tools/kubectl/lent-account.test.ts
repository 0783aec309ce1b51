import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Reach } from '../../src/kit/index.ts';
import { silent } from '../../src/redaction/no-redaction.fixture.ts';
import type { VaultSession } from '../../src/vault/index.ts';
import { openRecordedApi, type RecordedApi } from '../../test/recorded/api.ts';
import { noDatabase } from './call.fixture.ts';
import { kubectl } from './group.ts';

let api: RecordedApi;
/** What Vault was asked, path and body. */
let asked: { path: string; body: unknown }[];
beforeEach(async () => {
  api = await openRecordedApi();
  asked = [];
  // What the kubeconfig itself has is worth nothing.
  const text = await readFile(api.kubeconfig, 'utf8');
  expect(text).toContain(api.token);
  await writeFile(api.kubeconfig, text.replaceAll(api.token, 'worth-nothing'));
});
afterEach(() => api[Symbol.asyncDispose]());

const lease = randomBytes(12).toString('hex');

/** Lends the token the recorded API takes. */
function vault(answer: () => unknown = () => minted()): Reach<VaultSession> {
  const session: VaultSession = {
    address: 'http://192.0.2.1:8200',
    ask: async (request) => {
      asked.push({ path: request.path.join('/'), body: request.body });
      return request.reply.parse(request.path.includes('revoke') ? undefined : answer());
    },
    standing: () => expect.unreachable(),
    job: () => expect.unreachable(),
    [Symbol.asyncDispose]: async () => undefined,
  };
  return async () => session;
}

function minted() {
  const data = {
    service_account_token: api.token,
    service_account_name: 'reader',
    service_account_namespace: 'castellan',
  };
  return { lease_id: lease, lease_duration: 3_600, data };
}

const wanted = { role: 'reader', namespace: 'castellan' };
const connect = (config: object, reach: Reach<VaultSession> | undefined) =>
  kubectl.connect({ kubeconfig: api.kubeconfig, ...config }, { redactor: silent, database: noDatabase, vault: reach });
const probed = async (connection: Awaited<ReturnType<typeof connect>>) => connection.probe(AbortSignal.timeout(5_000));

describe('a cluster that is read with a token lent by Vault', () => {
  it('is connected with it alone, says so, and gives it back', async () => {
    const connection = await connect({ vault: wanted }, vault());
    const findings = await probed(connection);
    expect(findings.filter(({ status }) => status !== 'pass')).toEqual([]);
    expect(findings.at(-1)).toMatchObject({
      check: 'token lent by Vault',
      detail: expect.stringContaining('good until'),
    });
    expect(asked).toEqual([
      { path: 'kubernetes/creds/reader', body: { kubernetes_namespace: 'castellan', ttl: '3600s' } },
    ]);
    await connection[Symbol.asyncDispose]();
    expect(asked.at(-1)).toMatchObject({ path: 'sys/leases/revoke' });
    expect(JSON.stringify(findings)).not.toContain(api.token);
  });

  it('is not read where the lent account may do more than look, and the token is given back', async () => {
    api.allow = () => true;
    await expect(connect({ vault: wanted }, vault())).rejects.toMatchObject({ code: 'cluster-overprivileged' });
    expect(asked.map(({ path }) => path)).toEqual(['kubernetes/creds/reader', 'sys/leases/revoke']);
  });

  it('is connected while Vault is away, and says why nothing is known', async () => {
    const away: Reach<VaultSession> = async () => Promise.reject(new Error('away'));
    await using connection = await connect({ vault: wanted }, away);
    const findings = await probed(connection);
    expect(findings[0]).toMatchObject({ status: 'unknown' });
    expect(findings.at(-1)).toMatchObject({
      status: 'unknown',
      next: expect.stringContaining('kubernetes/creds/reader'),
    });
    expect(api.requests).toEqual([]);
  });

  it('needs a Vault', async () => {
    await expect(connect({ vault: wanted }, undefined)).rejects.toMatchObject({ code: 'kubernetes-config-invalid' });
  });

  it.each([{ contexts: ['a'] }, { inCluster: true }, { inCluster: true, kubeconfig: undefined }])(
    'is one cluster: not %j',
    async (more) => {
      const connecting = connect({ vault: wanted, ...more }, vault());
      await expect(connecting).rejects.toMatchObject({ code: 'kubernetes-config-invalid' });
    },
  );

  it.each([
    { role: 'a/../b' },
    { namespace: '' },
    { minutes: 1 },
    { mount: '../secret' },
    { mount: '/kubernetes' },
    { token: 'x' },
  ])('refuses the configuration %j', (more) => {
    const { success } = kubectl.config.safeParse({ kubeconfig: '/a', vault: { ...wanted, ...more } });
    expect(success).toBe(false);
  });
});
