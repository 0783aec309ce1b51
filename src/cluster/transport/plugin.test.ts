import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { execa } from 'execa';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CastellanError } from '../../kit/index.ts';
import { type ClusterInfo, type Plugin, type PluginCredential, runPlugin } from './plugin.ts';

const apiVersion = 'client.authentication.k8s.io/v1';
const token = randomBytes(24).toString('base64url');
const cluster: ClusterInfo = { server: 'https://192.0.2.10:6443', 'tls-server-name': 'api.example.net' };

function credential(status: unknown, said: Readonly<Record<string, string>> = {}): string {
  return JSON.stringify({ kind: 'ExecCredential', apiVersion, status, ...said });
}

/** A program in a folder of its own, and how to run it. */
function program(script: string): {
  readonly folder: string;
  run(more?: Partial<Plugin>, limitMs?: number): Promise<PluginCredential>;
} {
  const folder = mkdtempSync(join(tmpdir(), 'castellan-plugin-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const command = join(folder, 'log-in');
  writeFileSync(command, `#!/bin/sh\ncd "$(dirname "$0")"\n${script}\n`, { mode: 0o700 });
  const plugin = { command, args: [], env: {}, apiVersion, provideClusterInfo: false };
  return { folder, run: (more = {}, limitMs) => runPlugin({ ...plugin, ...more }, cluster, limitMs) };
}

async function failureOf(work: Promise<unknown>): Promise<CastellanError> {
  const error: unknown = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (!(error instanceof CastellanError)) throw new Error('it gave no error of ours', { cause: error });
  expect(error.code).toBe('cluster-credential-failed');
  expect(error.next).toContain('castellan init kubernetes');
  expect(inspect(error, { depth: 9 })).not.toContain(token);
  return error;
}

describe('a credential plugin', () => {
  it('gives a token and when it ends', async () => {
    const { run } = program('echo "$1"');
    const given = await run({ args: [credential({ token, expirationTimestamp: '2099-01-01T00:00:00Z' })] });
    expect(given.token?.reveal()).toBe(token);
    expect(given.expires?.getUTCFullYear()).toBe(2099);
    expect((await run({ args: [credential({ token })] })).expires).toBeUndefined();
  });

  it('gives a certificate with its key, and neither alone', async () => {
    const { run } = program('echo "$1"');
    const pair = { clientCertificateData: 'certificate', clientKeyData: 'key' };
    expect(await run({ args: [credential(pair)] })).toMatchObject({
      token: undefined,
      cert: 'certificate',
      key: 'key',
    });
    await failureOf(run({ args: [credential({ token, clientCertificateData: 'certificate' })] }));
  });

  it('is told what kubectl would tell it, and of the cluster when the kubeconfig says so', async () => {
    const { folder, run } = program(`echo "$KUBERNETES_EXEC_INFO" > info; echo "$PROFILE $PATH" > env; echo "$1"`);
    const args = [credential({ token })];
    const info = (): unknown => JSON.parse(readFileSync(join(folder, 'info'), 'utf8'));
    await run({ args, env: { PROFILE: 'home' } });
    expect(info()).toEqual({ kind: 'ExecCredential', apiVersion, spec: { interactive: false } });
    expect(readFileSync(join(folder, 'env'), 'utf8').trim()).toBe(`home ${process.env['PATH']}`);
    await run({ args, provideClusterInfo: true });
    expect(info()).toMatchObject({ spec: { interactive: false, cluster } });
  });

  it('that fails is named, with its end and without its words', async () => {
    const { run } = program(`echo ${token}; echo ${token} >&2; exit 7`);
    expect((await failureOf(run({ args: [token] }))).message).toBe('the credential plugin log-in ended with code 7');
    expect((await failureOf(run({ command: '/nonexistent/log-in' }))).message).toContain('could not be run (ENOENT)');
    expect((await failureOf(program('kill -9 $$').run())).message).toContain('was ended by SIGKILL');
  });

  it.each([
    ['nothing', ''],
    ['what is no JSON', `token: ${token}`],
    ['no status', credential(undefined)],
    ['an empty token', credential({ token: '' })],
    ['neither token nor certificate', credential({})],
    ['another version', credential({ token }, { apiVersion: 'client.authentication.k8s.io/v1beta1' })],
    ['another kind', credential({ token }, { kind: 'TokenReview' })],
    ['a date that is none', credential({ token, expirationTimestamp: 'soon' })],
  ])('that prints %s is an error that does not repeat it', async (_, printed) => {
    const { run } = program('echo "$1"');
    expect((await failureOf(run({ args: [printed] }))).message).toContain(`printed no ExecCredential of ${apiVersion}`);
  });

  it('that asks somebody gets no answer', async () => {
    expect((await failureOf(program('read -r password || exit 3').run())).message).toContain('ended with code 3');
  });

  it('that waits is ended, with everything it started', async () => {
    const { folder, run } = program('(sleep 60 & echo $! > pid; wait) & wait');
    const begun = Date.now();
    expect((await failureOf(run({}, 700))).message).toBe('the credential plugin log-in gave nothing within 0.7 s');
    expect(Date.now() - begun).toBeLessThan(20_000);
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
    await expect.poll(() => existsSync(`/proc/${pid}/fd/0`)).toBe(false);
  });

  it('that prints more than an answer has is an error', async () => {
    const { run } = program(`head -c 2000000 /dev/zero | tr '\\0' ' '; echo "$1"`);
    await failureOf(run({ args: [credential({ token })] }));
    await failureOf(program(`yes ${token}`).run());
  });

  it('has its words nowhere in the output of Castellan', async () => {
    const { folder, run } = program(`echo ${token} >&2; exit 1`);
    await failureOf(run());
    const plugin = { command: join(folder, 'log-in'), args: [], env: {}, apiVersion, provideClusterInfo: false };
    const script = `import { runPlugin } from ${JSON.stringify(new URL('./plugin.ts', import.meta.url).href)};
      await runPlugin(${JSON.stringify(plugin)}, { server: '' }).catch(({ code }) => console.log(code));`;
    const { stdout, stderr } = await execa(process.execPath, ['--input-type=module', '--eval', script]);
    expect({ stdout, stderr }).toEqual({ stdout: 'cluster-credential-failed', stderr: '' });
  });
});
