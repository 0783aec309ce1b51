import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { describeWithLab, kubectlAs } from '../../../test/lab/use-lab.ts';
import { credentialSource } from './credential.ts';
import { inClusterLogin, type Login, readKubeconfig } from './kubeconfig.ts';
import { createTransport, type Transport } from './transport.ts';

const { signal } = new AbortController();
const self = z.object({ status: z.object({ userInfo: z.object({ username: z.string() }) }) });

/** Every way a kubeconfig logs in, and what rotates under it, against a real API server. */
await describeWithLab('a login at a real API server', (lab) => {
  const home = `castellan-login-${randomBytes(4).toString('hex')}`;
  const folder = mkdtempSync(join(tmpdir(), 'castellan-login-'));
  const given = parse(readFileSync(lab.kubeconfig.castellan, 'utf8')).clusters[0].cluster;
  let now = Date.now();

  const kubectl = async (...args: readonly string[]): Promise<string> => {
    const { ok, stdout, stderr } = await kubectlAs('admin', lab, args);
    if (!ok) throw new Error(stderr);
    return stdout;
  };
  beforeAll(async () => {
    await kubectl('create', 'namespace', home);
    for (const name of ['one', 'two']) await kubectl('create', 'serviceaccount', name, `--namespace=${home}`);
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await kubectl('delete', 'namespace', home, '--wait=false');
  });
  const tokenOf = (account: string) => kubectl('create', 'token', account, `--namespace=${home}`);
  const nameOf = (account: string): string => `system:serviceaccount:${home}:${account}`;

  async function loginOf(user: object, cluster: object = {}): Promise<Login> {
    const file = join(folder, 'config');
    const config = {
      'current-context': 'lab',
      contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'me' } }],
      clusters: [{ name: 'lab', cluster: { ...given, ...cluster } }],
      users: [{ name: 'me', user }],
    };
    writeFileSync(file, JSON.stringify(config));
    return readKubeconfig(file, undefined);
  }
  const open = (login: Login): Transport =>
    createTransport({
      login,
      credential: credentialSource(login, () => now),
      deadlineMs: 10_000,
      ceilingBytes: 1_000_000,
    });
  const who = async (transport: Transport): Promise<string> =>
    self.parse(await transport.review('self', {}, signal)).status.userInfo.username;

  it('by a token file goes on with the token it is rotated to', async () => {
    writeFileSync(join(folder, 'token'), await tokenOf('one'));
    await using transport = open(await loginOf({ tokenFile: 'token' }));
    expect(await who(transport)).toBe(nameOf('one'));
    writeFileSync(join(folder, 'token'), await tokenOf('two'));
    expect(await who(transport)).toBe(nameOf('one'));
    now += 61_000;
    expect(await who(transport)).toBe(nameOf('two'));
  });

  it('by a token file that was refused goes on as soon as the file is right', async () => {
    writeFileSync(join(folder, 'token'), 'ended');
    await using transport = open(await loginOf({ tokenFile: 'token' }));
    await expect(who(transport)).rejects.toMatchObject({ code: 'cluster-unauthorized' });
    writeFileSync(join(folder, 'token'), await tokenOf('one'));
    now += 11_000;
    expect(await who(transport)).toBe(nameOf('one'));
  });

  it('of a pod is read from where the kubelet keeps it', async () => {
    const mount = join(folder, 'serviceaccount');
    mkdirSync(mount);
    writeFileSync(join(mount, 'ca.crt'), Buffer.from(given['certificate-authority-data'], 'base64'));
    writeFileSync(join(mount, 'token'), await tokenOf('one'));
    const login = inClusterLogin(mount);
    // The name in the certificate is the one a pod asks for; only the address is the lab's.
    await using transport = open({ ...login, server: new URL(lab.server), serverName: login.server.hostname });
    expect(await who(transport)).toBe(nameOf('one'));
  });

  it('by a plugin is renewed when it ends and when it is refused', async () => {
    const credential = (token: string, expirationTimestamp?: string): void =>
      writeFileSync(
        join(folder, 'answer'),
        JSON.stringify({
          kind: 'ExecCredential',
          apiVersion: 'client.authentication.k8s.io/v1',
          status: { token: token.trim(), expirationTimestamp },
        }),
      );
    writeFileSync(join(folder, 'log-in'), '#!/bin/sh\ncat "$(dirname "$0")/answer"\n');
    chmodSync(join(folder, 'log-in'), 0o700);
    credential(await tokenOf('one'), new Date(now + 120_000).toISOString());
    await using transport = open(await loginOf({ exec: { command: './log-in' } }));
    expect(await who(transport)).toBe(nameOf('one'));
    credential('ended');
    expect(await who(transport)).toBe(nameOf('one'));
    now += 111_000;
    await expect(who(transport)).rejects.toMatchObject({ code: 'cluster-unauthorized' });
    credential(await tokenOf('two'));
    now += 11_000;
    expect(await who(transport)).toBe(nameOf('two'));
  });

  it('by a client certificate goes on with the one it is rotated to', async () => {
    const certificate = async (name: string): Promise<void> => {
      const request = join(folder, `${name}.csr`);
      const key = join(folder, `${name}.key`);
      const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
      await execa('openssl', ['req', '-new', ...made, '-subj', `/CN=${home}:${name}`, '-keyout', key, '-out', request]);
      const manifest = join(folder, `${name}.json`);
      const spec = {
        request: readFileSync(request).toString('base64'),
        signerName: 'kubernetes.io/kube-apiserver-client',
        usages: ['client auth'],
      };
      const metadata = { name: `${home}-${name}` };
      writeFileSync(
        manifest,
        JSON.stringify({ apiVersion: 'certificates.k8s.io/v1', kind: 'CertificateSigningRequest', metadata, spec }),
      );
      await kubectl('create', '--filename', manifest);
      await kubectl('certificate', 'approve', metadata.name);
      const signed = () => kubectl('get', 'csr', metadata.name, '--output=jsonpath={.status.certificate}');
      await expect.poll(signed).not.toBe('');
      writeFileSync(join(folder, 'client.crt'), Buffer.from(await signed(), 'base64'));
      writeFileSync(join(folder, 'client.key'), readFileSync(key));
      await kubectl('delete', 'csr', metadata.name);
    };
    await certificate('one');
    await using transport = open(await loginOf({ 'client-certificate': 'client.crt', 'client-key': 'client.key' }));
    expect(await who(transport)).toBe(`${home}:one`);
    await certificate('two');
    expect(await who(transport)).toBe(`${home}:one`);
    now += 61_000;
    expect(await who(transport)).toBe(`${home}:two`);
  });

  it('holds the server to the name the kubeconfig gives it, and to its authority', async () => {
    const token = (await tokenOf('one')).trim();
    await using named = open(await loginOf({ token }, { 'tls-server-name': 'kubernetes.default.svc' }));
    expect(await who(named)).toBe(nameOf('one'));
    await using foreign = open(await loginOf({ token }, { 'tls-server-name': 'api.example.net' }));
    await expect(who(foreign)).rejects.toMatchObject({
      code: 'cluster-unreachable',
      message: expect.stringContaining('ERR_TLS_CERT_ALTNAME_INVALID'),
    });
    await using unproven = open(await loginOf({ token }, { 'certificate-authority-data': undefined }));
    await expect(who(unproven)).rejects.toMatchObject({ code: 'cluster-unreachable' });
  });
});
