import type { Rule } from '../../rule.ts';
import { nodeCordoned } from './node-cordoned.ts';
import { nodeNotReady } from './node-not-ready.ts';
import { nodePodsNearlyFull } from './node-pods-nearly-full.ts';
import { nodeUnderPressure } from './node-under-pressure.ts';
import { nodeVersionSkew } from './node-version-skew.ts';
import { schedulerSilent } from './scheduler-silent.ts';

export const nodeRules: readonly Rule[] = [
  nodeNotReady,
  nodeUnderPressure,
  schedulerSilent,
  nodePodsNearlyFull,
  nodeCordoned,
  nodeVersionSkew,
];
