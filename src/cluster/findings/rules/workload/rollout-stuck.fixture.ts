import { fixtureNow } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';
import { minutesAgo, type Parts, workload } from '../../workload.fixture.ts';

const conditions = [
  {
    type: 'Progressing',
    status: 'False',
    reason: 'ProgressDeadlineExceeded',
    message: 'ReplicaSet "web-7f" has timed out progressing.',
    lastTransitionTime: minutesAgo(30),
  },
];
const stuck = ({ metadata, spec, status }: Parts = {}) =>
  workload('Deployment', { metadata, spec, status: { conditions, ...status } });

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'the new pods do not come up and the old ones serve',
      objects: [stuck()],
      finds: [{ object: 'Deployment shop/web', severity: 'warning', says: /^rollout stuck$/ }],
    },
    {
      because: 'nothing serves',
      objects: [stuck({ status: { availableReplicas: undefined } })],
      finds: [{ object: 'Deployment shop/web', severity: 'critical', says: /rollout stuck/ }],
    },
  ],
  green: [
    { because: 'it is done', objects: [workload('Deployment')] },
    {
      because: 'it is going on',
      objects: [
        stuck({ status: { conditions: [{ type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated' }] } }),
      ],
    },
    { because: 'it is parked', objects: [stuck({ spec: { replicas: 0 } })] },
    { because: 'it is being deleted', objects: [stuck({ metadata: { deletionTimestamp: minutesAgo(1) } })] },
  ],
};
