import type { JsonObject } from '../../../../kit/index.ts';
import { condition, fixtureNow, make } from '../../manifest.fixture.ts';
import type { RuleFixture } from '../../rule.fixture.ts';

const plan = (phase: string, approved: boolean, conditions: readonly JsonObject[] = []): JsonObject =>
  make('operators.coreos.com/v1alpha1 InstallPlan', 'ops/install-x1', {
    spec: { approved },
    status: { phase, conditions },
  });
const object = 'InstallPlan ops/install-x1';

export const fixture: RuleFixture = {
  now: fixtureNow,
  red: [
    {
      because: 'it failed',
      objects: [plan('Failed', true, [condition('Installed', 'False', { reason: 'InstallComponentFailed' })])],
      finds: [{ object, severity: 'warning', says: /failed/ }],
    },
    {
      because: 'nobody has approved it',
      objects: [plan('RequiresApproval', false)],
      finds: [{ object, severity: 'notice', says: /waits for an approval/ }],
    },
  ],
  green: [
    { because: 'it is done, or at work', objects: [plan('Complete', true), plan('Installing', true)] },
    { because: 'it was approved a moment ago', objects: [plan('RequiresApproval', true)] },
  ],
};
