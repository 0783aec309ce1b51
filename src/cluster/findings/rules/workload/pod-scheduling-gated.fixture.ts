import { fixtureNow } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';
import { pod } from '../../workload.fixture.ts';

const gated = (minutesOld: number) =>
  pod({
    minutesOld,
    phase: 'Pending',
    spec: { nodeName: undefined, schedulingGates: [{ name: 'example.net/wait' }] },
    status: { containerStatuses: [], conditions: [] },
  });

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'nobody has removed its gate',
      objects: [gated(10)],
      finds: [{ object: 'Pod shop/web-1', severity: 'warning', says: /^held by a scheduling gate$/ }],
    },
  ],
  green: [
    { because: 'the gate may still be removed', objects: [gated(2)] },
    { because: 'it has none', objects: [pod()] },
  ],
};
