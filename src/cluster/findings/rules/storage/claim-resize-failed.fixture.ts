import type { JsonObject } from '../../../../kit/index.ts';
import { ago, condition, fixtureNow, make } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const claim = (status: JsonObject): JsonObject =>
  make('v1 PersistentVolumeClaim', 'shop/data', { status: { phase: 'Bound', ...status } });
const object = 'PersistentVolumeClaim shop/data';

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'the driver refuses the size',
      objects: [claim({ conditions: [condition('ControllerResizeError', 'True', { message: 'quota of the array' })] })],
      finds: [{ object, severity: 'warning', says: /cannot grow/ }],
    },
    {
      because: 'the size is known to be impossible',
      objects: [claim({ allocatedResourceStatuses: { storage: 'ControllerResizeInfeasible' } })],
      finds: [{ object, severity: 'warning', says: /cannot grow/ }],
    },
    {
      because: 'no pod has started since the disk grew',
      objects: [claim({ conditions: [condition('FileSystemResizePending', 'True')] })],
      finds: [{ object, severity: 'notice', says: /when a pod starts/ }],
    },
  ],
  green: [
    { because: 'it never grew', objects: [claim({})] },
    { because: 'it is growing', objects: [claim({ allocatedResourceStatuses: { storage: 'NodeResizeInProgress' } })] },
    {
      because: 'its disk grew a minute ago',
      objects: [
        claim({
          conditions: [condition('FileSystemResizePending', 'True', { lastTransitionTime: ago(1, 'minutes') })],
        }),
      ],
    },
  ],
};
