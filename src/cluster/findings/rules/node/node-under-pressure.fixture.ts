import { fixtureNow } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';
import { minutesAgo, node } from '../../workload.fixture.ts';

const conditioned = (type: string, status = 'True') =>
  node({
    status: {
      conditions: [{ type, status, reason: 'Because', message: 'said so', lastTransitionTime: minutesAgo(7) }],
    },
  });

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'its disk is full',
      objects: [conditioned('DiskPressure')],
      finds: [{ object: 'Node n1', severity: 'warning', says: /^DiskPressure/ }],
    },
    {
      because: 'its memory is full',
      objects: [conditioned('MemoryPressure')],
      finds: [{ object: 'Node n1', severity: 'warning', says: /^MemoryPressure/ }],
    },
    {
      because: 'it has no process ids left',
      objects: [conditioned('PIDPressure')],
      finds: [{ object: 'Node n1', severity: 'warning', says: /^PIDPressure/ }],
    },
    {
      because: 'its pods have no network',
      objects: [conditioned('NetworkUnavailable')],
      finds: [{ object: 'Node n1', severity: 'critical', says: /^NetworkUnavailable/ }],
    },
    {
      because: 'a detector found its file system read-only',
      objects: [conditioned('ReadonlyFilesystem')],
      finds: [{ object: 'Node n1', severity: 'warning', says: /^a detector reports a problem of the node$/ }],
    },
  ],
  green: [
    { because: 'it has all it needs', objects: [node()] },
    { because: 'a pressure is over', objects: [conditioned('DiskPressure', 'False')] },
    {
      because: 'the kubelet does not report, which another rule tells',
      objects: [conditioned('DiskPressure', 'Unknown')],
    },
    { because: 'some conditions are good when they are true', objects: [conditioned('EtcdIsVoter')] },
  ],
};
