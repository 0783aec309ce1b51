import { fixtureNow } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';
import { minutesAgo, type PodParts, pod, warning } from '../../workload.fixture.ts';

const creating = { state: { waiting: { reason: 'ContainerCreating' } } };
const starting = (parts: PodParts = {}) => pod({ phase: 'Pending', containerStatus: creating, ...parts });
const critical = (says: RegExp) => [{ object: 'Pod shop/web-1', severity: 'critical', says }] as const;

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'its containers are not made',
      objects: [starting({ minutesOld: 10 })],
      finds: critical(/^pending: its containers are not made$/),
    },
    {
      because: 'a volume cannot be mounted, two minutes on',
      objects: [
        starting({ minutesOld: 2 }),
        warning('FailedMount', 'MountVolume.SetUp failed for volume "settings": configmap "web-settings" not found'),
      ],
      finds: critical(/^cannot start: a volume cannot be mounted$/),
    },
    {
      because: 'its network cannot be made',
      objects: [starting({ minutesOld: 3 }), warning('FailedCreatePodSandBox', 'failed to setup network')],
      finds: critical(/^cannot start: its network or sandbox cannot be made$/),
    },
    {
      because: 'no scheduler has looked at it',
      objects: [
        starting({
          minutesOld: 10,
          spec: { nodeName: undefined },
          status: { conditions: [], containerStatuses: [] },
        }),
      ],
      finds: critical(/no scheduler has looked at it/),
    },
    {
      because: 'an init container does not end',
      objects: [
        starting({
          minutesOld: 20,
          spec: { initContainers: [{ name: 'wait', image: 'registry.example.net/wait:1' }] },
          status: { initContainerStatuses: [{ name: 'wait', state: { running: { startedAt: minutesAgo(19) } } }] },
        }),
      ],
      finds: critical(/an init container does not end/),
    },
  ],
  green: [
    { because: 'it runs', objects: [pod()] },
    { because: 'it has only just begun', objects: [starting({ minutesOld: 2 })] },
    {
      because: 'a mount failed at first, and half a minute is nothing',
      objects: [starting({ minutesOld: 0.5 }), warning('FailedMount', 'not yet')],
    },
    {
      because: 'its image is another rule’s',
      objects: [starting({ containerStatus: { state: { waiting: { reason: 'ImagePullBackOff' } } } })],
    },
    {
      because: 'it is unschedulable, which is another rule’s',
      objects: [
        starting({ status: { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }] } }),
      ],
    },
  ],
};
