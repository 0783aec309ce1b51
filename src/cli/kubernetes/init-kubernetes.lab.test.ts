import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { castellanRequests, describeWithLab, kubectlAs } from '../../../test/lab/use-lab.ts';
import { catalogue } from '../../../tools/catalogue.ts';
import { connectCluster } from '../../cluster/index.ts';
import { createRedactor } from '../../redaction/index.ts';
import { buildProgram } from '../program.ts';
import { runCommand } from '../run-command.ts';

/** The lab has the account already, by the same file: what is applied here changes nothing for the tests beside it. */
await describeWithLab('castellan init kubernetes on a real API server', (lab) => {
  const folder = mkdtempSync(join(tmpdir(), 'castellan-access-lab-'));
  const kubeconfig = join(folder, 'home', 'kubeconfig');
  afterAll(() => rmSync(folder, { recursive: true }));

  async function run(admin: string, ...words: readonly string[]): Promise<{ code: number; text: string }> {
    const said: string[] = [];
    const say = (line: string): void => {
      said.push(line);
    };
    const terminal = { out: say, err: say, colour: false, interactive: false };
    const path = [dirname(lab.kubectl), '/usr/bin', '/bin'].join(delimiter);
    const environment = { HOME: folder, PATH: path, KUBECONFIG: admin, KUBECACHEDIR: '/dev/null' };
    const context = { terminal, environment, cwd: folder, groups: catalogue };
    const all = ['--home', join(folder, 'home'), 'init', 'kubernetes', ...words];
    return { code: await runCommand(buildProgram(context), all, terminal), text: said.join('\n') };
  }

  it('applies the role with the administrator’s kubectl, and Castellan reads with what it wrote', async () => {
    const { code, text } = await run(lab.kubeconfig.admin, '--yes');
    expect({ code, text }).toEqual({ code: 0, text: expect.stringContaining('it reads, and can do nothing else') });
    expect(readdirSync(dirname(kubeconfig)).sort()).toEqual(['kubeconfig', `kubeconfig.${lab.context.admin}.token`]);
    const since = new Date();
    await using connection = await connectCluster({ kubeconfig, deadlineMs: 10_000 }, { redactor: createRedactor() });
    const { signal } = new AbortController();
    const pods = await connection.reader.kind('pods', signal);
    expect((await connection.reader.list(pods, { shape: 'metadata', signal })).objects.length).toBeGreaterThan(10);
    expect((await connection.probe(signal)).filter(({ status }) => status !== 'pass')).toEqual([]);
    await expect.poll(() => castellanRequests(lab, since).length).toBeGreaterThan(5);
  });

  it('wrote what kubectl takes too, and nothing of the administrator’s', async () => {
    const text = readFileSync(kubeconfig, 'utf8');
    expect(text).not.toContain('client-key');
    const who = ['auth', 'whoami', '--output=jsonpath={.status.userInfo.username}'];
    const { stdout } = await kubectlAs('admin', lab, [`--kubeconfig=${kubeconfig}`, ...who]);
    expect(stdout).toBe('system:serviceaccount:castellan:castellan');
    const secrets = await kubectlAs('admin', lab, [`--kubeconfig=${kubeconfig}`, 'get', 'secrets', '--all-namespaces']);
    expect(secrets.ok).toBe(false);
  });

  it('makes another token, and says that the role is the same', async () => {
    const token = join(dirname(kubeconfig), `kubeconfig.${lab.context.admin}.token`);
    const before = readFileSync(token, 'utf8');
    expect((await run(lab.kubeconfig.admin, '--yes')).text).toContain('init-login-exists');
    const { code, text } = await run(lab.kubeconfig.admin, '--yes', '--renew', '--days', '2');
    expect({ code, text }).toEqual({
      code: 0,
      text: expect.stringContaining('castellan-reader is there already, the same'),
    });
    expect(readFileSync(token, 'utf8')).not.toBe(before);
    expect(text).not.toContain(before.trim());
  });

  it('says what is missing when the context may not', async () => {
    const { code, text } = await run(lab.kubeconfig.castellan, '--yes');
    expect(code).toBe(1);
    expect(text).toMatch(/kubectl: Error from server \(Forbidden\)/);
    expect(text).toMatch(/error kubectl-forbidden: .*\nnext: use a context that may make/);
  });
});
