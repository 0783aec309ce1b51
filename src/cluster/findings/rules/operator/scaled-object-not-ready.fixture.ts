import type { JsonObject } from '../../../../kit/index.ts';
import { condition, fixtureNow, make } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const scaled = (...conditions: readonly JsonObject[]): JsonObject =>
  make('keda.sh/v1alpha1 ScaledObject', 'shop/web', { status: { conditions } });
const object = 'ScaledObject shop/web';
const ready = condition('Ready', 'True');

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'its trigger is wrong',
      objects: [scaled(condition('Ready', 'False', { reason: 'ScaledObjectCheckFailed' }))],
      finds: [{ object, severity: 'warning', says: /does not scale/ }],
    },
    {
      because: 'its source does not answer',
      objects: [scaled(ready, condition('Fallback', 'True'))],
      finds: [{ object, severity: 'warning', says: /fallback/ }],
    },
  ],
  green: [
    {
      because: 'it is ready, with nothing to do',
      objects: [scaled(ready, condition('Active', 'False'), condition('Fallback', 'False'))],
    },
    { because: 'somebody paused it', objects: [scaled(condition('Ready', 'False'), condition('Paused', 'True'))] },
    { because: 'it has just been made', objects: [scaled()] },
  ],
};
