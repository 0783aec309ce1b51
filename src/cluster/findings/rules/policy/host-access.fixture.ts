import type { JsonObject } from '../../../../kit/index.ts';
import { deployment, fixtureNow, make, owner, pod } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const web = (spec: JsonObject): JsonObject => deployment('shop/web', 'web', { template: { spec } });
const privileged = { containers: [{ name: 'main', securityContext: { privileged: true } }] };

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'a container is privileged, said once for the workload and its pod',
      objects: [
        web(privileged),
        pod('shop/web-1', 'web', {
          spec: privileged,
          metadata: { ownerReferences: owner('apps/v1', 'ReplicaSet', 'web-abc') },
        }),
      ],
      finds: [{ object: 'Deployment shop/web', severity: 'notice', says: /privileged$/ }],
    },
    {
      because: 'the whole disk of the node is mounted, and its network and processes are used',
      objects: [
        make('apps/v1 DaemonSet', 'watch/agent', {
          spec: {
            template: {
              spec: { hostNetwork: true, hostPID: true, volumes: [{ name: 'root', hostPath: { path: '/' } }] },
            },
          },
        }),
      ],
      finds: [
        {
          object: 'DaemonSet watch/agent',
          severity: 'notice',
          says: /the root of its disk, its network, its processes/,
        },
      ],
    },
    {
      because: 'somebody started such a pod by hand',
      objects: [pod('shop/debug', 'debug', { spec: privileged })],
      finds: [{ object: 'Pod shop/debug', severity: 'notice', says: /privileged/ }],
    },
  ],
  green: [
    {
      because: 'it reaches nothing',
      objects: [web({ containers: [{ name: 'main', securityContext: { privileged: false } }] })],
    },
    {
      because: 'one folder of the node is not the node',
      objects: [web({ volumes: [{ name: 'logs', hostPath: { path: '/var/log' } }] })],
    },
    {
      because: 'it is part of the cluster itself',
      objects: [
        make('apps/v1 DaemonSet', 'kube-system/proxy', { spec: { template: { spec: { hostNetwork: true } } } }),
      ],
    },
    {
      because: 'the node runs it, not the API server',
      objects: [
        pod('infra/static-n1', 'static', {
          spec: { hostNetwork: true },
          metadata: { ownerReferences: owner('v1', 'Node', 'n1') },
        }),
      ],
    },
  ],
};
