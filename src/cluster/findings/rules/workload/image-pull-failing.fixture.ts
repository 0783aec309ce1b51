import { fixtureNow } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';
import { minutesAgo, pod, replicaSet, warning } from '../../workload.fixture.ts';

const waiting = (reason: string) => ({ state: { waiting: { reason, message: 'Back-off pulling image' } } });

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'the tag was never pushed',
      objects: [
        pod({ phase: 'Pending', containerStatus: waiting('ImagePullBackOff') }),
        warning('Failed', 'Failed to pull image "registry.example.net/web:1.2.3": manifest unknown'),
      ],
      finds: [{ object: 'Pod shop/web-1', severity: 'critical', says: /^ImagePullBackOff: there is no such image$/ }],
    },
    {
      because: 'the registry wants a login, and what came last only repeats that it failed',
      objects: [
        pod({ phase: 'Pending', containerStatus: waiting('ErrImagePull') }),
        warning('Failed', 'Failed to pull image "registry.example.net/web:1.2.3": 401 Unauthorized'),
        { ...warning('Failed', 'Error: ErrImagePull'), lastTimestamp: minutesAgo(0) },
      ],
      finds: [
        {
          object: 'Pod shop/web-1',
          severity: 'critical',
          says: /^ErrImagePull: the registry refuses the credentials$/,
        },
      ],
    },
    {
      because: 'it fails for the new pod of a rollout while the old one serves',
      objects: [replicaSet, pod(), pod({ name: 'web-2', phase: 'Pending', containerStatus: waiting('ErrImagePull') })],
      finds: [{ object: 'Pod shop/web-2', severity: 'warning', says: /ErrImagePull/ }],
    },
    {
      because: 'its name is no image’s name',
      objects: [pod({ phase: 'Pending', containerStatus: waiting('InvalidImageName') })],
      finds: [{ object: 'Pod shop/web-1', severity: 'critical', says: /InvalidImageName/ }],
    },
    {
      because: 'its signature is not accepted',
      objects: [pod({ phase: 'Pending', containerStatus: waiting('SignatureValidationFailed') })],
      finds: [{ object: 'Pod shop/web-1', severity: 'critical', says: /^its image is refused$/ }],
    },
  ],
  green: [
    { because: 'it was pulled', objects: [pod()] },
    { because: 'it is being pulled', objects: [pod({ containerStatus: waiting('ContainerCreating') })] },
    { because: 'it crashes', objects: [pod({ containerStatus: waiting('CrashLoopBackOff') })] },
    {
      because: 'an old event tells of a pull that has worked since',
      objects: [pod(), warning('Failed', 'Failed to pull image "registry.example.net/web:1.2.3": timeout')],
    },
  ],
};
