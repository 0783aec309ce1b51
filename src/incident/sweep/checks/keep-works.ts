import type { Check } from '../port.ts';
import { found, unknown } from '../results.ts';

export const keepWorks: Check = {
  id: 'keep-works',
  title: 'The keep works, and nobody applies past it',
  needs: ['keep'],
  look({ keep }) {
    if (keep === undefined) return unknown('nobody looked');
    const foreign = keep.foreign.map(({ stack, at, what }) => `${stack} was applied by other hands at ${at}: ${what}`);
    const warn = [
      ...(keep.frozenSince === undefined ? [] : [`frozen since ${keep.frozenSince}`]),
      ...keep.problems,
      ...foreign,
      ...(keep.boundary === 'same user' ? ['it runs as the same user as the agents'] : []),
    ];
    return found({ warn }, keep.boundary, 'change_status');
  },
};
