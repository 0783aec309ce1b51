import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { describeWithLab, kubectlAs } from '../../../test/lab/use-lab.ts';
import { CastellanError } from '../../kit/index.ts';
import { silent } from '../../redaction/no-redaction.fixture.ts';
import { type ClusterConnection, connectCluster } from '../connect.ts';

const { signal } = new AbortController();

/** Accounts of a namespace that lives as long as this file, each with the shipped role and one right more. */
await describeWithLab('the self-check on a real API server', (lab) => {
  const home = `castellan-rights-${randomBytes(4).toString('hex')}`;
  const elsewhere = `${home}-b`;
  const folder = mkdtempSync(join(tmpdir(), 'castellan-rights-'));

  const kubectl = async (...args: readonly string[]): Promise<string> => {
    const { ok, stdout, stderr } = await kubectlAs('admin', lab, args);
    if (!ok) throw new Error(stderr);
    return stdout.trim();
  };
  beforeAll(async () => {
    for (const namespace of [home, elsewhere]) await kubectl('create', 'namespace', namespace);
    const group = `--group=system:serviceaccounts:${home}`;
    await kubectl('create', 'clusterrolebinding', home, '--clusterrole=castellan-reader', group);
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await kubectl('delete', 'clusterrolebinding', home);
    await kubectl('delete', 'namespace', home, elsewhere, '--wait=false');
  });

  /** An account with one rule more in a namespace, and a kubeconfig for it. */
  async function account(name: string, namespace?: string, rule: readonly string[] = []): Promise<string> {
    await kubectl('create', 'serviceaccount', name, `--namespace=${home}`);
    if (namespace !== undefined) {
      await kubectl('create', 'role', name, `--namespace=${namespace}`, ...rule);
      const bound = [`--role=${name}`, `--serviceaccount=${home}:${name}`];
      await kubectl('create', 'rolebinding', name, `--namespace=${namespace}`, ...bound);
    }
    const token = await kubectl('create', 'token', name, `--namespace=${home}`);
    const config = parse(readFileSync(lab.kubeconfig.castellan, 'utf8'));
    config.users[0].user = { token };
    const file = join(folder, `${name}.yaml`);
    writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
    return file;
  }

  const connect = (kubeconfig: string): Promise<ClusterConnection> =>
    connectCluster({ kubeconfig, deadlineMs: 10_000 }, { redactor: silent });

  async function refusalOf(kubeconfig: string): Promise<string> {
    try {
      await using connection = await connect(kubeconfig);
      return `${connection.reader.context} was let in`;
    } catch (error) {
      if (error instanceof CastellanError && error.code === 'cluster-overprivileged') return error.message;
      throw error;
    }
  }

  it('passes the shipped role whole, with what the cluster gives every account', async () => {
    await using connection = await connect(await account('plain'));
    const findings = await connection.probe(signal);
    expect(findings.filter(({ status }) => status !== 'pass')).toEqual([]);
    expect(findings.at(-1)?.detail).toMatch(/^rules of \d{2,} namespaces reviewed$/);
  });

  it.each([
    ['patch deployments.apps', 'patch', ['--verb=patch', '--resource=deployments.apps']],
    ['get secrets', 'one-secret', ['--verb=get', '--resource=secrets', '--resource-name=tls']],
    ['* configmaps', 'any-verb', ['--verb=*', '--resource=configmaps']],
    ['create pods/exec', 'exec', ['--verb=create', '--resource=pods/exec']],
    ['get pods/exec', 'exec-by-get', ['--verb=get', '--resource=pods/exec']],
    ['impersonate serviceaccounts', 'be-another', ['--verb=impersonate', '--resource=serviceaccounts']],
    ['create serviceaccounts/token', 'mint', ['--verb=create', '--resource=serviceaccounts/token']],
  ])('refuses an account that may %s in its own namespace alone', async (right, name, rule) => {
    const kubeconfig = await account(name, home, rule);
    await expect.poll(() => refusalOf(kubeconfig)).toContain(`(${right} in namespace ${home})`);
  });

  it('refuses an account for a right in any other namespace, soon after it let it in', async () => {
    const kubeconfig = await account('far', elsewhere, ['--verb=delete', '--resource=pods']);
    await expect
      .poll(() =>
        kubectl(
          'auth',
          'can-i',
          'delete',
          'pods',
          `--namespace=${elsewhere}`,
          `--as=system:serviceaccount:${home}:far`,
        ),
      )
      .toBe('yes');
    await using connection = await connect(kubeconfig);
    const read = () =>
      connection.reader.kind('pods', signal).then(
        () => 'read',
        (error: unknown) => String(error),
      );
    await expect.poll(read).toContain(`delete pods in namespace ${elsewhere}`);
    await kubectl('delete', 'rolebinding', 'far', `--namespace=${elsewhere}`);
    await expect.poll(read).toBe('read');
  });

  it('refuses the administrator, in few words', async () => {
    const message = await refusalOf(lab.kubeconfig.admin);
    expect(message).toContain('(get secrets; list secrets; create pods; ');
    expect(message).toContain('; and 3 more)');
  });
});
