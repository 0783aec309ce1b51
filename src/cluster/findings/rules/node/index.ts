import type { Rule } from '../../rule.ts';

export const nodeRules: readonly Rule[] = [];
