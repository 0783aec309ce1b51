import { fixtureNow } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';
import { minutesAgo, owner, pod } from '../../workload.fixture.ts';

const evicted = {
  phase: 'Failed',
  status: {
    reason: 'Evicted',
    message: 'The node was low on resource: memory.',
    conditions: [{ type: 'DisruptionTarget', status: 'True', lastTransitionTime: minutesAgo(20) }],
    containerStatuses: [],
  },
};
const ended = {
  containerStatus: { state: { terminated: { exitCode: 1, reason: 'Error', finishedAt: minutesAgo(30) } } },
};
const alone = { ownerReferences: undefined };

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'it was evicted and nobody owns it',
      objects: [pod({ ...evicted, metadata: alone })],
      finds: [{ object: 'Pod shop/web-1', severity: 'critical', says: /^Evicted; nothing replaces it$/ }],
    },
    {
      because: 'it was evicted, and its controller makes another',
      objects: [pod(evicted)],
      finds: [{ object: 'Pod shop/web-1', severity: 'notice', says: /^Evicted; its controller replaces it$/ }],
    },
    {
      because: 'it was started by hand and ended badly',
      objects: [pod({ ...ended, phase: 'Failed', metadata: alone })],
      finds: [{ object: 'Pod shop/web-1', severity: 'warning', says: /^exit 1; nothing replaces it$/ }],
    },
  ],
  green: [
    { because: 'it runs', objects: [pod()] },
    { because: 'it ended well', objects: [pod({ phase: 'Succeeded', metadata: alone })] },
    {
      because: 'its Job tells about it',
      objects: [pod({ ...ended, phase: 'Failed', metadata: { ownerReferences: [owner('Job', 'import')] } })],
    },
    { because: 'it is being deleted', objects: [pod({ ...evicted, metadata: { deletionTimestamp: minutesAgo(1) } })] },
  ],
};
