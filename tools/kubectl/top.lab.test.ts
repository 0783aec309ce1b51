import { expect, it } from 'vitest';
import { describeWithLab, kubectlAs, leaksIn } from '../../test/lab/use-lab.ts';
import { callerOf } from './call.fixture.ts';
import { top } from './top.ts';

await describeWithLab('kubectl_top on a real metrics API', (lab) => {
  it('says of each pod what kubectl top says', async () => {
    await using caller = await callerOf(lab.kubeconfig.castellan, () => new Date(), top);
    const { text } = await caller.call({ sort: 'memory', limit: 500, budget: 24_000 });
    const { stdout } = await kubectlAs('admin', lab, ['top', 'pods', '-A', '--no-headers']);
    const theirs = stdout.split('\n').map((line) => line.trim().split(/\s+/));
    expect(theirs.length).toBeGreaterThan(50);
    const ours = new Map(
      text
        .split('\n')
        .map((line) => line.split('\t'))
        .map(([name = '', namespace = '', memory = '']) => [`${namespace}/${name}`, memory]),
    );
    const same = theirs.filter(([namespace, name, , memory = '']) => {
      const mine = ours.get(`${namespace}/${name}`);
      return mine !== undefined && Math.abs(Number.parseFloat(mine) - Number.parseFloat(memory)) <= 8;
    });
    expect(same.length / theirs.length).toBeGreaterThan(0.9);
    expect(text).not.toContain('USAGE UNKNOWN');
    expect(leaksIn(lab, text)).toEqual([]);
  });

  it('sums up the nodes, and finds the planted fault', async () => {
    await using caller = await callerOf(lab.kubeconfig.castellan, () => new Date(), top);
    const nodes = (await caller.call({ kind: 'nodes' })).text;
    expect(nodes).toMatch(/^3 nodes; memory [\d.]+Gi \(\d+%\) used/);
    const containers = (await caller.call({ kind: 'containers' })).text;
    expect(containers).toMatch(/killed for want of memory/);
    expect(containers).toMatch(/128Mi\/128Mi.*OOMKilled .* ago/);
  });
});
