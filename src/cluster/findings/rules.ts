import type { Rule } from './rule.ts';
import { networkRules } from './rules/network/index.ts';
import { nodeRules } from './rules/node/index.ts';
import { operatorRules } from './rules/operator/index.ts';
import { policyRules } from './rules/policy/index.ts';
import { storageRules } from './rules/storage/index.ts';
import { workloadRules } from './rules/workload/index.ts';

/** Every rule there is. */
export const allRules: readonly Rule[] = [
  ...workloadRules,
  ...nodeRules,
  ...networkRules,
  ...storageRules,
  ...policyRules,
  ...operatorRules,
];
