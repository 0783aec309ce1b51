import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { plantedFault } from '../../test/lab/homelab/planted.ts';
import { castellanRequests, describeWithLab, leaksIn, sampleOf } from '../../test/lab/use-lab.ts';
import { callerOf } from './call.fixture.ts';
import { resolve } from './resolve.ts';

await describeWithLab('app_resolve on a real API server', (lab) => {
  const planted = z.array(plantedFault).parse(JSON.parse(readFileSync(lab.key ?? '', 'utf8')));
  const place = (id: string) => planted.find((fault) => fault.id === id)?.object ?? expect.unreachable(id);

  it('finds every app by its name, in at most 2 KB, with reads alone', async () => {
    const since = new Date();
    await using caller = await callerOf(lab.kubeconfig.castellan, undefined, resolve);
    const answers: string[] = [];
    for (const { name, namespace } of sampleOf(lab).apps) {
      const { text, bytes } = await caller.call({ target: name });
      expect(text).toContain(`resolved: ${name} → ${namespace}/deploy/${name}`);
      expect(text).toMatch(/^(?:\| )?service\t/m);
      expect(bytes).toBeLessThanOrEqual(2_000);
      answers.push(text);
    }
    expect(answers.length).toBeGreaterThan(20);
    expect(leaksIn(lab, answers.join('\n'))).toEqual([]);
    const asked = castellanRequests(lab, since);
    expect(asked.filter(({ verb, uri }) => !['get', 'list'].includes(verb) && !/\/selfsubject/.test(uri))).toEqual([]);
    expect(asked.filter(({ uri }) => /\/secrets/.test(uri))).toEqual([]);
  });

  it('goes from a host to the Service that is not there', async () => {
    await using caller = await callerOf(lab.kubeconfig.castellan, undefined, resolve);
    const { name, namespace } = place('route-without-service');
    for (const target of [name, `${name}.example.net`, `${namespace}/ingressroute/${name}`]) {
      const { text } = await caller.call({ target });
      expect(text).toMatch(/host\t\S+\.example\.net\tno such service: \S+/);
      expect(text).toContain('1 problem');
    }
  });

  it('says why an app has too few pods, and who manages it', async () => {
    await using caller = await callerOf(lab.kubeconfig.castellan, undefined, resolve);
    const { text } = await caller.call({ target: place('quota-full').name });
    expect(text).toMatch(/2\/3 ready.*managed by Terraform.*exceeded quota/);
  });
});
