import { expect, it } from 'vitest';
import { describeWithLab, kubectlAs } from '../../test/lab/use-lab.ts';
import { callerOf } from './call.fixture.ts';
import { explain } from './explain.ts';

await describeWithLab('kubectl_explain on a real API server', (lab) => {
  it('names the fields kubectl explain names', async () => {
    await using caller = await callerOf(lab.kubeconfig.castellan, () => new Date(), explain);
    for (const [kind, path] of [
      ['deployments', 'spec'],
      ['pods', 'spec.containers'],
      ['cronjobs', 'spec.jobTemplate.spec'],
      ['ingressroutes', 'spec'],
      ['certificates', 'spec.issuerRef'],
      ['nodes', 'status'],
    ] as const) {
      const { text } = await caller.call({ kind, path, budget: 24_000 });
      const ours = [...text.matchAll(/^(?:\| )?([a-z][\w$-]*)\t/gm)].map(([, name]) => name ?? '');
      const { stdout } = await kubectlAs('admin', lab, ['explain', `${kind}.${path}`]);
      const theirs = [...stdout.matchAll(/^ {2}(\S+)\t</gm)].map(([, name]) => name ?? '');
      expect(theirs.length, `${kind}.${path}`).toBeGreaterThan(0);
      expect([...ours].sort(), `${kind}.${path}`).toEqual([...theirs].sort());
    }
  });

  it('lists every kind kubectl api-resources lists, but Secrets', async () => {
    await using caller = await callerOf(lab.kubeconfig.castellan, () => new Date(), explain);
    const { text } = await caller.call({ budget: 24_000 });
    const { stdout } = await kubectlAs('admin', lab, ['api-resources', '-o', 'name', '--verbs=list']);
    const missing = stdout.split('\n').filter((id) => !text.includes(`\n${id}\t`));
    expect(missing).toEqual(['secrets']);
  });

  it('knows what the credential may', async () => {
    await using caller = await callerOf(lab.kubeconfig.castellan, () => new Date(), explain);
    for (const [kind, verb] of [
      ['pods', 'list'],
      ['deploy', 'watch'],
      ['pods', 'delete'],
      ['flowschemas', 'list'],
    ] as const) {
      const { stdout } = await kubectlAs('castellan', lab, ['auth', 'can-i', verb, kind, '--all-namespaces']);
      const { text } = await caller.call({ kind, verb });
      expect(text.startsWith(stdout.trim() === 'yes' ? 'allowed' : 'not allowed'), `${verb} ${kind}: ${stdout}`).toBe(
        true,
      );
    }
  });
});
