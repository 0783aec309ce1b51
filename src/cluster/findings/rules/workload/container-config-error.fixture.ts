import { fixtureNow } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';
import { pod } from '../../workload.fixture.ts';

const waiting = (message: string, reason = 'CreateContainerConfigError') =>
  pod({ phase: 'Pending', containerStatus: { state: { waiting: { reason, message } } } });
const critical = (says: RegExp) => [{ object: 'Pod shop/web-1', severity: 'critical', says }] as const;

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'a ConfigMap is missing',
      objects: [waiting('configmap "web-settings" not found')],
      finds: critical(/^container cannot be created: a ConfigMap it refers to does not exist$/),
    },
    {
      because: 'a Secret is missing',
      objects: [waiting('secret "web-login" not found')],
      finds: critical(/a Secret it refers to does not exist/),
    },
    {
      because: 'a key of a Secret is missing',
      objects: [waiting("couldn't find key signing in Secret shop/web-login")],
      finds: critical(/a key it takes from a Secret does not exist/),
    },
    {
      because: 'a key of a ConfigMap is missing',
      objects: [waiting("couldn't find key mode in ConfigMap shop/web-settings")],
      finds: critical(/a key it takes from a ConfigMap does not exist/),
    },
    {
      because: 'it must not run as root',
      objects: [waiting('container has runAsNonRoot and image will run as root')],
      finds: critical(/it would run as root/),
    },
    {
      because: 'the runtime refuses it for another reason',
      objects: [waiting('the mount path is taken', 'CreateContainerError')],
      finds: critical(/CreateContainerError$/),
    },
  ],
  green: [
    { because: 'it runs', objects: [pod()] },
    { because: 'it crashes', objects: [waiting('back-off', 'CrashLoopBackOff')] },
  ],
};
