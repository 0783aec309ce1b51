import type { Rule } from '../../rule.ts';

export const operatorRules: readonly Rule[] = [];
