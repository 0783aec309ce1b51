import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClusterConnection, connectCluster } from '../../src/cluster/index.ts';
import type { Tool } from '../../src/kit/index.ts';
import { silent } from '../../src/redaction/no-redaction.fixture.ts';
import { openRecordedApi, type RecordedApi } from '../../test/recorded/api.ts';
import { noChronicle } from './call.fixture.ts';
import { kubectl } from './group.ts';
import { callHostile, isAllowedRequest } from './hostile.fixture.ts';
import type { KubectlPorts } from './port.ts';

let api: RecordedApi;
let connection: ClusterConnection;
beforeAll(async () => {
  api = await openRecordedApi();
  connection = await connectCluster({ kubeconfig: api.kubeconfig, deadlineMs: 5_000 }, { redactor: silent });
});
afterAll(async () => {
  await connection[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
});

describe('hostile arguments', () => {
  it.each(kubectl.tools.map((tool) => ({ name: tool.name, tool: tool as Tool<KubectlPorts> })))(
    '$name asks for nothing but what may be read, and shows no secret',
    async ({ tool }) => {
      const names = ['pods', 'deployments', 'configmaps', 'services', 'nodes', 'namespaces'].flatMap((resource) =>
        api.objects(resource).map(({ metadata }) => metadata.name),
      );
      const before = api.requests.length;
      const truths = ['pods', 'deploy', 'configmaps', 'externalsecrets', 'nodes', 'spec', 'data', 'status', ...names];
      const told = await callHostile({
        tools: [tool],
        ports: { cluster: connection.reader, chronicle: noChronicle },
        truths,
        runs: 150,
      });
      const refused = api.requests.slice(before).filter(({ method, url }) => !isAllowedRequest(method, url));
      expect(refused.map(({ method, url }) => `${method} ${url}`)).toEqual([]);
      expect(api.requests.slice(before).filter(({ headers }) => headers.upgrade !== undefined)).toEqual([]);
      expect(told.length).toBeGreaterThanOrEqual(150);
      const text = told.join('\n');
      const spellings = [...api.canaries, api.token].flatMap((value) => [
        value,
        Buffer.from(value).toString('base64').replace(/=+$/, ''),
        encodeURIComponent(value),
      ]);
      expect(spellings.filter((spelling) => text.includes(spelling))).toEqual([]);
    },
  );
});
