import { expect, it } from 'vitest';
import { connectCluster } from '../../src/cluster/index.ts';
import type { Tool } from '../../src/kit/index.ts';
import { silent } from '../../src/redaction/no-redaction.fixture.ts';
import { castellanRequests, describeWithLab, leaksIn, sampleOf } from '../../test/lab/use-lab.ts';
import { noChronicle } from './call.fixture.ts';
import { kubectl } from './group.ts';
import { callHostile, isAllowedRequest } from './hostile.fixture.ts';
import type { KubectlPorts } from './port.ts';

await describeWithLab('hostile arguments, on a real API server', (lab) => {
  it('leave nothing in its audit log but reads, and show no secret', async () => {
    const kubeconfig = lab.kubeconfig.castellan;
    await using connection = await connectCluster({ kubeconfig, deadlineMs: 10_000 }, { redactor: silent });
    const sample = sampleOf(lab);
    const truths = ['pods', 'deploy', 'configmaps', 'nodes', 'externalsecrets', 'spec', 'data', ...sample.namespaces];
    const since = new Date();
    const told = await callHostile({
      tools: kubectl.tools.map((tool) => tool as Tool<KubectlPorts>),
      ports: { cluster: connection.reader, chronicle: noChronicle },
      truths: [
        ...truths,
        ...Object.values(sample.faults).flatMap(({ name, namespace }) => [name, `${namespace}/pod/${name}`]),
      ],
      runs: 30,
    });
    const methods: Readonly<Record<string, string>> = { get: 'GET', list: 'GET', watch: 'GET', create: 'POST' };
    const refused = castellanRequests(lab, since).filter(
      ({ verb, uri }) => !isAllowedRequest(methods[verb] ?? verb, uri),
    );
    expect(refused).toEqual([]);
    expect(told.length).toBeGreaterThan(100);
    expect(leaksIn(lab, told.join('\n')).map(({ where }) => where)).toEqual([]);
  });
});
