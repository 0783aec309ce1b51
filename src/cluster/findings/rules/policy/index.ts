import type { Rule } from '../../rule.ts';
import { anonymousBound } from './anonymous-bound.ts';
import { autoscalerAtMaximum } from './autoscaler-at-maximum.ts';
import { autoscalerNotScaling } from './autoscaler-not-scaling.ts';
import { autoscalerTargetMissing } from './autoscaler-target-missing.ts';
import { defaultAccountBound } from './default-account-bound.ts';
import { disruptionBudgetBlocksDrain } from './disruption-budget-blocks-drain.ts';
import { disruptionBudgetSelectsNothing } from './disruption-budget-selects-nothing.ts';
import { disruptionBudgetsOverlap } from './disruption-budgets-overlap.ts';
import { hostAccess } from './host-access.ts';
import { limitRangeConflict } from './limit-range-conflict.ts';
import { quotaPressure } from './quota-pressure.ts';
import { webhookUnreachable } from './webhook-unreachable.ts';
import { webhookWithoutCa } from './webhook-without-ca.ts';
import { wildcardRoleBound } from './wildcard-role-bound.ts';

export const policyRules: readonly Rule[] = [
  anonymousBound,
  autoscalerAtMaximum,
  autoscalerNotScaling,
  autoscalerTargetMissing,
  defaultAccountBound,
  disruptionBudgetBlocksDrain,
  disruptionBudgetSelectsNothing,
  disruptionBudgetsOverlap,
  hostAccess,
  limitRangeConflict,
  quotaPressure,
  webhookUnreachable,
  webhookWithoutCa,
  wildcardRoleBound,
];
