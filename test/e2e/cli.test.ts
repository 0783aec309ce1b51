import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openRecordedApi, type RecordedApi } from '../recorded/api.ts';
import { readAll, ScratchCastellan } from './scratch-castellan.ts';

const colourStart = '\u001b';
const result = z.object({
  content: z.array(z.object({ type: z.literal('text'), text: z.string() })),
  isError: z.boolean(),
});
const finding = z.object({
  group: z.string(),
  check: z.string(),
  status: z.enum(['pass', 'fail', 'unknown']),
  detail: z.string(),
});

describe('the command line, with a recorded cluster', () => {
  const castellan = new ScratchCastellan();
  let api: RecordedApi;
  let config = '';
  beforeAll(async () => {
    api = await openRecordedApi();
    config = castellan.configure({ kubernetes: { kubeconfig: api.kubeconfig } });
  });
  afterAll(async () => {
    await castellan[Symbol.asyncDispose]();
    await api[Symbol.asyncDispose]();
  });
  const run = (...words: readonly string[]) => castellan.run(`--config=${config}`, ...words);

  it('calls a tool as an agent would, and only reads', async () => {
    const { code, stdout, stderr } = await run('call', 'kubectl_get', '--kind', 'pods');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^\d+ pods: \d+ with problems/);
    expect(stdout).toContain('CrashLoopBackOff');
    expect(stdout).not.toContain(colourStart);
    for (const canary of api.canaries) expect(stdout).not.toContain(canary);
    const sent = new Set(api.requests.map(({ method, url }) => (method === 'GET' ? 'GET' : `${method} ${url}`)));
    expect([...sent].sort()).toEqual([
      'GET',
      'POST /apis/authentication.k8s.io/v1/selfsubjectreviews',
      'POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      'POST /apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
    ]);
  });

  it('gives the whole result as JSON, and goes on from its cursor', async () => {
    const words = ['call', 'kubectl_get', '--kind', 'pods', '--view', 'names', '--limit', '2', '--json'];
    const first = result.parse(JSON.parse((await run(...words)).stdout)).content[0]?.text ?? '';
    const cursor = /next_cursor[ :=]+(\S+)/.exec(first)?.[1] ?? '';
    expect(first).toContain('showing 2/');
    const next = await run(...words, '--cursor', cursor);
    expect(next).toMatchObject({ code: 0, stdout: expect.stringContaining('showing 3–4 of') });
  });

  it.each([
    ['an object that is not there', ['--kind', 'pods', '--name', 'no-such', '--namespace', 'default'], 1, 'next:'],
    ['secrets', ['--kind', 'secrets'], 1, 'cluster-secret-refused'],
    ['a limit that is no number', ['--kind', 'pods', '--limit', 'many'], 1, 'input-invalid'],
    ['a flag no tool has', ['--kind', 'pods', '--namespce', 'x'], 2, 'Did you mean --namespace?'],
    ['no kind', [], 2, '--kind'],
  ])('says what is wrong: %s', async (_, words, expected, said) => {
    const { code, stdout, stderr } = await run('call', 'kubectl_get', ...words);
    expect(code).toBe(expected);
    expect(stdout + stderr).toContain(said);
    expect(stdout + stderr).not.toMatch(/\n {4}at /);
  });

  it('lists tools, and says of the daemon what it serves', async () => {
    expect((await run('tools')).stdout).toContain('kubectl_get');
    expect(JSON.parse((await run('tools', '--json')).stdout)).toContainEqual(
      expect.objectContaining({ name: 'kubectl_get' }),
    );
    expect((await run('status')).stdout).toMatch(/group {3}kubectl: .*\bkubectl_get\b/);
    expect(JSON.parse((await run('status', '--json')).stdout)).toMatchObject({ config, store: { state: 'open' } });
  });

  it('doctor says what is reachable, with which rights, and which boundary holds', async () => {
    const { code, stdout } = await run('doctor', '--json');
    const findings = z.array(finding).parse(JSON.parse(stdout));
    const told = new Map(findings.map(({ check, status, detail }) => [check, `${status}: ${detail}`]));
    expect(told.get('recorded: API server')).toMatch(/^pass: http:\/\/127\.0\.0\.1:\d+, v1\./);
    expect(told.get('recorded: who Castellan is')).toContain('system:serviceaccount:castellan:reader');
    expect(told.get('recorded: may not get secrets')).toMatch(/^pass/);
    expect(told.get('boundary')).toMatch(/^pass: (same user|separate user|separate pod)/);
    expect(told.get('daemon')).toMatch(/^pass: running, pid \d+/);
    expect(told.get('database')).toMatch(/^pass: embedded, open, vector yes/);
    expect(told.get('credentials beside Castellan')).toMatch(/^pass/);
    // Nobody configured a keep, a Vault or monitoring: that is told, and no fault.
    expect(findings.filter(({ status }) => status !== 'pass')).toMatchObject([
      { group: 'iac', check: 'configured' },
      { group: 'vault', check: 'configured' },
      { group: 'monitoring', check: 'configured' },
    ]);
    expect(code).toBe(0);
    const plain = (await run('doctor')).stdout;
    expect(plain).not.toContain(colourStart);
    expect(plain).toMatch(/^ok {7}castellan: /m);
  });

  it('doctor fails for a credential that may do more, for another configuration, and tells both first', async () => {
    api.allow = () => true;
    const other = castellan.configure({ kubernetes: { kubeconfig: api.kubeconfig } }, 'other.yaml');
    const { code, stdout } = await castellan.run(`--config=${other}`, 'doctor');
    expect(code).toBe(1);
    const lines = stdout.split('\n').filter((line) => /^\S/.test(line));
    const failed = lines.filter((line) => line.startsWith('FAIL'));
    expect(lines.slice(0, failed.length)).toEqual(failed);
    expect(failed.join('\n')).toContain(`it serves ${config}, and this command reads ${other}`);
    expect(failed.join('\n')).toMatch(/kubectl: .*may do more than look/);
    expect(stdout).toContain('→ use the read-only role in deploy/kubernetes/reader-role.yaml');
  });
});

describe('the daemon in the foreground', () => {
  const castellan = new ScratchCastellan();
  afterAll(() => castellan[Symbol.asyncDispose]());

  it('says what is configured, what is not and how to add it, and ends with the signal', async () => {
    const daemon = await castellan.serve();
    await expect.poll(() => daemon.printed.join('\n')).toContain('`castellan init` finds what is here');
    expect(daemon.printed.join('\n')).toMatch(/not configured: kubectl .*\n +add to castellan\.yaml: kubernetes:/);
    // Stopped in the middle of making its database, it would finish that first.
    await expect.poll(() => daemon.printed.join('\n'), { timeout: 60_000 }).toContain('database.migrated');
    await daemon.stop();
    expect(daemon.printed.at(-1)).toContain('daemon.stopped');
  });

  it('says in words that its address is taken', async () => {
    const { url, stop } = await castellan.serve();
    const { host } = new URL(url);
    const other = new ScratchCastellan();
    const child = other.start('serve', [], { CASTELLAN_HTTP_LISTEN: host });
    const said = await readAll(child.stderr);
    expect(said).toContain(`error http-not-listening: the HTTP listener could not take ${host} (EADDRINUSE)`);
    expect(said).not.toMatch(/\n {4}at /);
    await other[Symbol.asyncDispose]();
    await stop();
  });

  it('ends after an error nobody caught, which it tells without the secret in it', async () => {
    const token = `hvs.${randomBytes(24).toString('base64url')}`;
    const fixture = pathToFileURL(join(import.meta.dirname, 'crash-on-signal.fixture.ts')).href;
    const child = castellan.start('serve', [], { NODE_OPTIONS: `--import=${fixture}`, SECRET_OF_THE_TEST: token });
    const said = readAll(child.stderr);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    await expect.poll(() => castellan.daemon(), { timeout: 20_000 }).toBeDefined();
    child.kill('SIGUSR2');
    expect(await ended).toBe(1);
    expect(await said).toMatch(/"msg":"daemon\.crashed"/);
    expect(await said).toContain('a driver gave up on «redacted:');
    expect(await said).not.toContain(token);
    expect(readFileSync(join(castellan.home, 'daemon.lock'), 'utf8')).toContain(`"pid":${child.pid}`);
    // What it left behind keeps nobody out.
    await (await castellan.serve()).stop();
  });
});
