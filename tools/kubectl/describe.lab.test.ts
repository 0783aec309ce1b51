import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { CastellanError } from '../../src/kit/index.ts';
import { plantedFault } from '../../test/lab/homelab/planted.ts';
import { castellanRequests, describeWithLab, kubectlAs, leaksIn } from '../../test/lab/use-lab.ts';
import { callerOf } from './call.fixture.ts';
import { describe } from './describe.ts';

/** Faults that lie in one object; the others are questions about many. */
const told = [
  'memory-limit-too-low',
  'image-does-not-exist',
  'secret-key-missing',
  'route-without-service',
  'claim-without-backup',
  'certificate-expires',
  'changed-by-hand',
  'drain-blocked',
  'quota-full',
  'backup-suspended',
];

const names = z.object({
  items: z.array(
    z.object({ kind: z.string(), metadata: z.object({ name: z.string(), namespace: z.string().optional() }) }),
  ),
});

await describeWithLab('kubectl_describe on a real API server', (lab) => {
  const call = async (input: Readonly<Record<string, unknown>>) => {
    await using caller = await callerOf(lab.kubeconfig.castellan, () => new Date(), describe);
    return await caller.call(input);
  };
  const listed = async (kinds: string) => {
    const { stdout } = await kubectlAs('castellan', lab, ['get', kinds, '-A', '-o', 'json']);
    return names.parse(JSON.parse(stdout)).items;
  };

  it.each(told)('diagnoses %s in one call of at most 8 KB', async (id) => {
    const faults = z.array(plantedFault).parse(JSON.parse(readFileSync(lab.key ?? '', 'utf8')));
    const { object, must } = faults.find((fault) => fault.id === id) ?? expect.unreachable(`${id} is not planted`);
    const { text, bytes, truncated } = await call({
      target: `${object.kind}/${object.name}`,
      namespace: object.namespace,
    });
    // What stands in the repository is another group's to tell.
    for (const word of must.filter((one) => !one.endsWith('.tf'))) expect(text).toContain(word);
    expect(bytes).toBeLessThanOrEqual(8_000);
    expect(truncated).toBe(false);
  });

  it('says where a change went past its declaration, and what it changed', async () => {
    const faults = z.array(plantedFault).parse(JSON.parse(readFileSync(lab.key ?? '', 'utf8')));
    const { object } = faults.find(({ id }) => id === 'changed-by-hand') ?? expect.unreachable();
    const { text } = await call({ target: `deploy/${object.name}`, namespace: object.namespace });
    expect(text).toMatch(/by hand \(kubectl-edit\) .* ago; its next apply by Terraform/);
    expect(text).toMatch(/revision 1 → 2: spec\.containers\[\S+\]\.image: \S+ → \S+/);
  });

  it('shows none of the planted secrets, of no object, with reads alone', async () => {
    const since = new Date();
    await using caller = await callerOf(lab.kubeconfig.castellan, () => new Date(), describe);
    const answers: string[] = [];
    const kinds =
      'deploy,sts,ds,cj,job,svc,cm,pvc,externalsecret,certificate,ingressroute,ing,pdb,hpa,sa,resourcequota';
    for (const { kind, metadata } of [...(await listed(kinds)), ...(await listed('pv,no,ns'))]) {
      const place = { target: `${kind}/${metadata.name}`, namespace: metadata.namespace };
      try {
        answers.push((await caller.call({ ...place, budget: 24_000 })).text);
      } catch (error) {
        // Other tests take their objects away.
        if (!(error instanceof CastellanError) || error.code !== 'target-not-found') throw error;
      }
    }
    expect(answers.length).toBeGreaterThan(150);
    expect(leaksIn(lab, answers.join('\n')).map(({ where }) => where)).toEqual([]);
    const asked = castellanRequests(lab, since);
    expect(asked.filter(({ uri }) => /\/(?:secrets|exec|attach|portforward|proxy)(?:[/?]|$)/.test(uri))).toEqual([]);
    expect(
      asked.filter(({ verb, uri }) => verb === 'create' && !/\/selfsubject(?:access|rules)?reviews$/.test(uri)),
    ).toEqual([]);
  }, 180_000);

  it('means what kubectl rollout status means', async () => {
    await using caller = await callerOf(lab.kubeconfig.castellan, () => new Date(), describe);
    for (const { kind, metadata } of await listed('deploy,sts,ds')) {
      const place = [`${kind.toLowerCase()}/${metadata.name}`, '-n', metadata.namespace ?? ''];
      const kubectl = await kubectlAs('castellan', lab, ['rollout', 'status', ...place, '--watch=false']);
      const { text } = await caller.call({ target: `${kind}/${metadata.name}`, namespace: metadata.namespace });
      const [, ours = ''] = /## rollout\n(.*)/.exec(text) ?? [];
      const theirs = `${kubectl.stdout}${kubectl.stderr}`;
      const state = /exceeded its progress deadline/.test(theirs)
        ? 'failed'
        : /Waiting/i.test(theirs)
          ? 'waiting'
          : 'complete';
      const said = ours.startsWith('gave up') ? 'failed' : ours.startsWith('waiting') ? 'waiting' : 'complete';
      expect(`${metadata.name} ${said}`, theirs).toBe(`${metadata.name} ${state}`);
    }
  }, 180_000);
});
